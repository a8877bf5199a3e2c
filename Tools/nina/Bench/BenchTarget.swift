import LinuxIO
import NINATransport
import NINAWire
import WiFiNINA

/// The coprocessors that are measured: those of an emulator of its own, or of `--transport`.
final class BenchTarget {
    let transport: Transport
    private let emulator: EmulatorProcess?

    /// - Parameters:
    ///   - options: those of an emulator of its own.
    ///   - number: distinguishes emulators that run at the same time.
    init(_ chosen: Transport?, emulator options: [String] = [], number: Int = 0) throws {
        if let chosen {
            transport = chosen
            emulator = nil
        } else {
            let path = "\(try Transport.makePrivateFolder())/\(Environment.processID)-\(number).sock"
            let own = try EmulatorProcess(["--log-level", "error"] + options, socketPath: path)
            transport = own.transport
            emulator = own
        }
    }

    func stop() { emulator?.stop() }

    /// A module on wires: there is one, and this machine is not its network.
    var isWired: Bool {
        switch transport {
        case .unix: false
        case .spi: true
        }
    }

    /// For a bench with clients outside, or with more than one host.
    func requireEmulator(for what: String) throws {
        guard !isWired else {
            throw LeftOut("\(what) needs clients in the module's network and two hosts: only with an emulator")
        }
    }

    /// The memory of the emulator, in bytes.
    func residentBytes() throws -> Int {
        guard let emulator, let bytes = emulator.residentBytes else {
            throw ToolError("cannot read the emulator's memory")
        }
        return bytes
    }

    /// A host that has not joined a network.
    func idleHost() throws -> WiFi { WiFi(link: try transport.open(timeout: .seconds(30))) }

    /// A host that has joined the network.
    func host(_ family: SocketFamily) throws -> WiFi {
        let wifi = try idleHost()
        wifi.socketFamily = family
        try wifi.begin("lab-net", passphrase: "correct-horse")
        return wifi
    }

    /// A host for tasks that has joined the network.
    func module(_ family: SocketFamily) throws -> WiFiModule {
        let module = WiFiModule(on: try transport.openThread())
        try Outcome.ofTask {
            await module.perform { $0.socketFamily = family }
            try await module.begin("lab-net", passphrase: "correct-horse")
        }
        return module
    }
}

/// Sockets of the world outside.
enum Outside {
    /// How long a client outside waits for an answer.
    static let patience: UInt64 = 10_000_000_000

    /// A blocking connection to a coprocessor's server.
    static func connect(to place: IPv4Endpoint) throws -> FileDescriptor {
        do throws(LinuxError) {
            let socket = try TCPSocket.connect(to: place)
            let deadline = MonotonicClock.deadline(after: 2_000_000_000)
            _ = try DescriptorWait.wait(socket.rawValue, for: .writable, deadline: deadline)
            if let errno = TCPSocket.connectResult(socket.rawValue) { throw LinuxError("connect", errno, "\(place)") }
            try BlockingMode.set(socket.rawValue)
            try TCPSocket.setReceiveTimeout(socket.rawValue, patience)
            return socket
        } catch {
            throw LeftOut("the coprocessor's server is not reached from here: \(error)")
        }
    }
}

extension WiFiServer {
    /// Waits for a client, which must have sent something where the firmware wants that.
    func acceptWaiting(_ wifi: WiFi) throws -> WiFiClient {
        let deadline = MonotonicClock.deadline(after: Outside.patience)
        while MonotonicClock.nanoseconds() < deadline {
            if let client = try accept() { return client }
            try wifi.waitForActivity(.milliseconds(100))
        }
        throw ToolError("a coprocessor's client was not accepted")
    }
}
