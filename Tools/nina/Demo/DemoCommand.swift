import LinuxIO
import LinuxProcesses
import NINATransport
import ToolSupport
import WiFiNINA

/// `nina demo`: an emulator, and a web site served through it.
struct DemoCommand {
    private var port: UInt16 = 80
    private var seconds: Int?
    private var isQuiet = false
    private var idleSeconds = 5
    private var emulatorOptions: [String] = []
    /// An existing coprocessor to use instead of an emulator.
    private var transport: Transport?

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(DemoOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .seconds: seconds = try arguments.number(1...86_400)
            case .port: port = UInt16(try arguments.number(1...65_535))
            case .quiet: isQuiet = true
            case .idle: idleSeconds = try arguments.number(1...3600)
            case .maxSockets, .address, .reportAddress, .overflow, .logLevel:
                emulatorOptions += [option.rawValue, try arguments.value()]
            case .transport: transport = try Transport(parsing: try arguments.value())
            }
        }
        // An environment variable that is set but empty counts as not set.
        let isChosen = transport != nil
        if !isChosen, Environment.value("NINA_TRANSPORT")?.isEmpty == false { transport = try .standard() }
        guard transport == nil || emulatorOptions.isEmpty else {
            throw UsageError(
                "\(emulatorOptions[0]) is for the demo's own emulator, but \(isChosen ? "--transport" : "NINA_TRANSPORT") "
                    + "names a coprocessor")
        }
    }

    func run() throws {
        Signals.catchEndRequests()
        let hostPort = EmulatorProcess.hostPort(port)
        let control = "unix:\(try Transport.makePrivateFolder())/\(Environment.processID)-control.sock"
        let emulator =
            transport == nil
            ? try EmulatorProcess(
                ["--log-level", "warning"] + emulatorOptions
                    + ["--port-map", "\(port)=\(hostPort)", "--control", control]) : nil
        defer { emulator?.stop() }
        let watch = emulator == nil ? nil : try WatchThread(ControlPlace(control))
        defer { watch?.stop() }
        guard let transport = transport ?? emulator?.transport else { return }
        let wifi = WiFi(link: try transport.open())
        defer { wifi.end() }
        let station = DemoStation(wifi) { StandardOutput.write($0) }
        try station.join()
        let address = try url(wifi, emulator == nil ? port : hostPort)
        let isQuiet = isQuiet
        var served = 0
        let module: DemoModule =
            switch transport {
            case .unix: emulator.map { .ownEmulator(pid: $0.pid) } ?? .socket
            case .spi: .wires
            }
        let site = DemoSite(module, watch: watch?.address)
        let server = try DemoServer(wifi, port: port, site: site, idle: .seconds(idleSeconds)) { event in
            if case .served = event { served += 1 }
            if !isQuiet { StandardOutput.write(Self.line(event)) }
        }
        StandardOutput.write(
            """
            A host program speaks NINA SPI frames over \(transport)
            to \(module) (firmware \(printable(try wifi.firmwareVersion()))).

            Open  \(address)  in a browser. Ctrl-C ends it.
            \(watch.map { "Watch \($0.address) shows the frames that carry it.\n" } ?? "")

            """)
        let end = seconds.map { MonotonicClock.nanoseconds() + UInt64($0) * 1_000_000_000 } ?? .max
        while !Signals.wasEndRequested, MonotonicClock.nanoseconds() < end { try station.turn(server) }
        try server.end()
        StandardOutput.write("\nserved \(served) requests, at most \(server.mostOpen) connections open at once\n")
    }

    /// The address at which this machine's browser reaches the server.
    private func url(_ wifi: WiFi, _ port: UInt16) throws -> String {
        let address = try wifi.localIP()
        return port == 80 ? "http://\(address)/" : "http://\(address):\(port)/"
    }

    private static func line(_ event: DemoServer.Event) -> String {
        switch event {
        case .opened(let port, let open): "connection from port \(port), \(open) open\n"
        case .served(let path, let status, let bytes): "  \(status)  \(path)  \(bytes) bytes\n"
        case .closed(let port, let open): "connection from port \(port) has ended, \(open) open\n"
        }
    }
}
