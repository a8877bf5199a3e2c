import LinuxIO
import LinuxProcesses
import NINATransport
import NINAWire
import WiFiNINA

/// Many coprocessors in one emulator process, each with a server and a connected client that exchange data.
struct FleetBench {
    private struct Member {
        let wifi: WiFi
        let server: WiFiServer
        let client: WiFiClient
        let peer: SharedDescriptor
    }

    /// A descriptor held by reference, so that arrays can store it.
    private final class SharedDescriptor {
        let descriptor: FileDescriptor
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    let count: Int
    private static let message = Array("a line from each of them\n".utf8)
    private static let rounds = 20

    func run() throws -> FleetFigures {
        _ = Limits.raiseOpenFiles()
        let emulator = try EmulatorProcess(["--log-level", "error", "--wifi-delay", "0"])
        defer { emulator.stop() }
        let before = try memory(emulator)
        let idle = try (0..<count).map { _ in WiFi(link: try emulator.transport.open(timeout: .seconds(30))) }
        var figures = FleetFigures(count: count)
        figures.bytesPerIdle = max(0, try memory(emulator) - before) / count
        let members = try idle.map { try populate($0) }
        figures.bytesPerBusy = max(0, try memory(emulator) - before) / count
        let first = members.reduce(0) { $0 + $1.wifi.commandCount }
        let start = MonotonicClock.nanoseconds()
        for _ in 0..<Self.rounds {
            for member in members { try exchange(member) }
        }
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        figures.commandsPerSecond = Double(members.reduce(0) { $0 + $1.wifi.commandCount } - first) / seconds
        figures.served = members.count
        for member in members { member.wifi.end() }
        return figures
    }

    private func memory(_ emulator: EmulatorProcess) throws -> Int {
        guard let bytes = ProcessTimes.residentBytes(pid: emulator.pid) else {
            throw ToolError("cannot read the emulator's memory")
        }
        return bytes
    }

    /// A server, an external client, and the connection between them.
    private func populate(_ wifi: WiFi) throws -> Member {
        try wifi.begin("open-net")
        let server = WiFiServer(wifi, port: 8081)
        try server.begin()
        let place = IPv4Endpoint(address: try wifi.localIP().rawValue, port: 8081)
        let peer = SharedDescriptor(try TCPSocket.connect(to: place))
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while MonotonicClock.nanoseconds() < deadline {
            if let client = try server.accept() {
                return Member(wifi: wifi, server: server, client: client, peer: peer)
            }
            try wifi.waitForActivity(.milliseconds(100))
        }
        throw ToolError("a coprocessor's client was not accepted")
    }

    /// Sends a line in each direction.
    private func exchange(_ member: Member) throws {
        let number = member.peer.descriptor.rawValue
        guard Self.message.withUnsafeBytes({ TCPSocket.send(number, $0) }) == .sent(Self.message.count) else {
            throw ToolError("a client cannot send")
        }
        var bytes: [UInt8] = []
        while bytes.count < Self.message.count {
            guard try member.client.waitForBytes(.seconds(10)) > 0 else { throw ToolError("a connection has ended") }
            bytes += try member.client.read(4096)
        }
        guard bytes == Self.message else { throw ToolError("a coprocessor received wrong bytes") }
        try member.client.writeAll(bytes)
        _ = try DescriptorWait.wait(
            number, for: .readable, deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
        var reply = [UInt8](repeating: 0, count: 64)
        guard reply.withUnsafeMutableBytes({ TCPSocket.receive(number, into: $0) }) == .received(bytes.count) else {
            throw ToolError("a client got no answer")
        }
    }
}

/// The results of the fleet bench.
struct FleetFigures {
    let count: Int
    var served = 0
    var bytesPerIdle = 0
    var bytesPerBusy = 0
    var commandsPerSecond = 0.0

    var table: String {
        """
        \(count) coprocessors in one process, \(served) served
        \(bytesPerIdle) bytes of memory for each idle one
        \(bytesPerBusy) bytes for each with a server and a client
        \(Int(commandsPerSecond)) commands per second in total

        """
    }

    var json: String {
        """
        {"coprocessors": \(count), "served": \(served), "bytes_per_idle": \(bytesPerIdle), \
        "bytes_per_busy": \(bytesPerBusy), "commands_per_s": \(Int(commandsPerSecond))}

        """
    }
}
