import LinuxIO
import NINAWire
import WiFiNINA

/// Requests per second of a web server behind a coprocessor, one connection for each, written in both ways of the
/// library: as a loop that blocks, and with tasks.
struct HTTPBench: Bench {
    let options: BenchOptions
    private static let rounds = 5
    private static let clients = [1, 8, 64]
    private static let ports: (blocking: UInt16, tasks: UInt16) = (8080, 8081)

    var emptyReport: BenchReport { BenchReport(name: "http", title: "A page of a web server, one connection each") }

    /// The results of one server with a number of clients.
    private struct Case {
        let clients: Int
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
        let server = WiFiServer(wifi, port: Self.ports.blocking)
        try server.begin()
        let blockingPlace = IPv4Endpoint(address: try wifi.localIP().rawValue, port: Self.ports.blocking)
        let module = try target.module(options.family)
        defer { try? Outcome.ofTask { await module.close() } }
        let tasksPlace = try Self.serve(module)
        // Reports that a server cannot be reached before any time is spent.
        for place in [blockingPlace, tasksPlace] { try Outside.connect(to: place).close() }

        var blocking = Self.clients.map { Case(clients: $0) }
        var tasks = blocking
        let slice = options.slice(2 * Self.clients.count * Self.rounds)
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            for (index, clients) in Self.clients.enumerated() {
                let load = HTTPLoad(place: blockingPlace, clients: clients, nanoseconds: slice)
                let work = try Outcome.ofThread { try load.run() }
                try Self.serve(wifi, server, until: work)
                let blocked = try work.wait(nanoseconds: Outside.patience)
                let other = HTTPLoad(place: tasksPlace, clients: clients, nanoseconds: slice)
                let awaited = try Outcome.ofThread { try other.run() }.wait(nanoseconds: slice + 2 * Outside.patience)
                guard number > 0 else { continue }
                blocking[index].add(blocked)
                tasks[index].add(awaited)
            }
        }
        return report(blocking, tasks)
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
    /// - Returns: where it is.
    private static func serve(_ module: WiFiModule) throws -> IPv4Endpoint {
        try Outcome.ofTask {
            let server = try await module.listen(port: ports.tasks)
            Task.detached {
                try await server.serve { client in
                    _ = try await client.read()
                    try await client.print(HTTPLoad.page)
                }
            }
            return IPv4Endpoint(address: try await module.localIP().rawValue, port: ports.tasks)
        }
    }

    private func report(_ blocking: [Case], _ tasks: [Case]) -> BenchReport {
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
        for (first, second) in zip(blocking, tasks) {
            for (name, one) in [("blocking", first), ("async", second)] {
                let latency = one.samples.summary
                let ratios = zip(one.rates, first.rates).map { $0 / $1 }
                table.rows.append([
                    .count(one.clients), .text(name), .number(Spread(one.rates).median), .number(latency.p50),
                    .number(latency.p99), .number(latency.longest), .number(Spread(ratios).median),
                    .count(latency.count),
                ])
            }
        }
        report.table = table
        report.meanings = [
            "a request: connect, ask, receive \(HTTPLoad.page.utf8.count) bytes and the end of the stream",
            "over blocking: at 1, tasks cost no more than a loop that blocks",
        ]
        return report
    }
}
