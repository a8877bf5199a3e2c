import LinuxIO
import NINAWire
import WiFiNINA

/// Requests per second of a web server behind a coprocessor, one connection for each, written in the ways of the
/// library: as a loop that blocks, with tasks, and with tasks on the module's own thread.
struct HTTPBench: Bench {
    let options: BenchOptions
    private static let rounds = 5
    private static let clients = [1, 8, 64]
    private static let port: UInt16 = 8080

    /// How the server is written.
    private enum Style: String, CaseIterable {
        case blocking
        case tasks = "async"
        case tasksOfModule = "1 thread"
    }

    var emptyReport: BenchReport { BenchReport(name: "http", title: "A page of a web server, one connection each") }

    /// The results of one server with a number of clients.
    private struct Case {
        let clients: Int
        let style: Style
        var rates: [Double] = []
        var samples = Samples()

        mutating func add(_ result: HTTPLoad.Result) {
            rates.append(result.requestsPerSecond)
            samples.append(contentsOf: result.samples)
        }
    }

    func run() throws -> BenchReport {
        let target = try BenchTarget(options.transport)
        defer { target.stop() }
        try target.requireEmulator(for: "--http")
        let wifi = try target.host(options.family)
        defer { wifi.end() }
        let server = WiFiServer(wifi, port: Self.port)
        try server.begin()
        var places = [Style.blocking: IPv4Endpoint(address: try wifi.localIP().rawValue, port: Self.port)]
        // Each server has a coprocessor of its own: a task that waits for a client asks when IRQ is high for another server.
        var modules: [WiFiModule] = []
        defer { for module in modules { try? Outcome.ofTask { await module.close() } } }
        for style in [Style.tasks, .tasksOfModule] {
            let module = try target.module(options.family)
            modules.append(module)
            places[style] = try Self.serve(module, preferring: style == .tasks ? nil : module.taskExecutor)
        }
        // Reports that a server cannot be reached before any time is spent.
        for place in places.values { try Outside.connect(to: place).close() }

        var cases = Self.clients.flatMap { clients in Style.allCases.map { Case(clients: clients, style: $0) } }
        let slice = options.slice(cases.count * Self.rounds)
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            for index in cases.indices {
                let style = cases[index].style
                guard let place = places[style] else { continue }
                let load = HTTPLoad(place: place, clients: cases[index].clients, nanoseconds: slice)
                let work = try Outcome.ofThread { try load.run() }
                if style == .blocking { try Self.serve(wifi, server, until: work) }
                let result = try work.wait(nanoseconds: slice + 2 * Outside.patience)
                if number > 0 { cases[index].add(result) }
            }
        }
        return report(cases)
    }

    /// The server of a program that blocks.
    private static func serve(_ wifi: WiFi, _ server: WiFiServer, until load: Outcome<HTTPLoad.Result>) throws {
        while !load.isSet {
            try wifi.waitForActivity(.milliseconds(20))
            while let client = try server.available() {
                do {
                    _ = try client.read(4096)
                    try client.print(HTTPLoad.page)
                } catch {}  // The client says what it misses.
                try client.stop()
            }
        }
    }

    /// The server of a program with tasks.
    /// - Parameter executor: runs the tasks; nil for Swift's own threads.
    /// - Returns: where it is.
    private static func serve(_ module: WiFiModule, preferring executor: (any TaskExecutor)?) throws -> IPv4Endpoint {
        try Outcome.ofTask {
            let server = try await module.listen(port: port)
            Task.detached(executorPreference: executor) {
                try await server.serve { client in
                    _ = try await client.read()
                    try await client.print(HTTPLoad.page)
                }
            }
            return IPv4Endpoint(address: try await module.localIP().rawValue, port: port)
        }
    }

    private func report(_ cases: [Case]) -> BenchReport {
        var report = emptyReport
        var table = BenchTable(
            key: "http",
            columns: [
                .init(key: "clients", title: "clients"), .init(key: "server", title: "server"),
                .init(key: "requests_per_s", title: "requests", unit: "per s"),
                .init(key: "p50_us", title: "median", unit: "us"),
                .init(key: "p99_us", title: "99 % within", unit: "us"),
                .init(key: "longest_us", title: "longest", unit: "us"),
                .init(key: "requests_over_blocking", title: "over", unit: "blocking"),
                .init(key: "requests", title: "requests", unit: "in all"),
            ])
        for one in cases {
            let latency = one.samples.summary
            let first = cases.first { $0.clients == one.clients && $0.style == .blocking }
            let ratios = zip(one.rates, first?.rates ?? []).map { $0 / $1 }
            table.rows.append([
                .count(one.clients), .text(one.style.rawValue), .number(Spread(one.rates).median), .number(latency.p50),
                .number(latency.p99), .number(latency.longest), .number(Spread(ratios).median), .count(latency.count),
            ])
        }
        report.table = table
        report.meanings = [
            "a request: connect, ask, receive \(HTTPLoad.page.utf8.count) bytes and the end of the stream",
            "over blocking: at 1, tasks cost no more than a loop that blocks",
            "1 thread: async, its tasks on the module's thread, not on Swift's",
        ]
        return report
    }
}
