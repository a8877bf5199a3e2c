import LinuxIO
import NINALink
import NINAWire
import Testing

/// A host that sends one command after another, for commands that the library has no method for.
final class CommandHost {
    let link: any Link
    private var writer = FrameWriter()

    init(_ link: any Link) { self.link = link }

    private func deadline(_ seconds: UInt64) -> MonotonicInstant {
        link.now.advanced(byNanoseconds: seconds * 1_000_000_000)
    }

    func run<C: Command>(_ command: C) throws -> C.Reply {
        try writer.write(command)
        try link.sendCommand(writer.frame, until: deadline(20))
        return try FrameReader.reply(
            to: C.self, in: try link.receiveReply(expecting: C.opcode, until: deadline(20)))
    }

    func acknowledge<C: Command>(_ command: C) throws -> Bool where C.Reply == Acknowledgement {
        try run(command).value == 1
    }

    /// Waits for IRQ. Returns false when it does not rise within this many milliseconds.
    func waitForInterrupt(milliseconds: UInt64 = 10_000) throws -> Bool {
        try link.waitForInterrupt(until: link.now.advanced(byNanoseconds: milliseconds * 1_000_000))
    }

    // MARK: Station

    /// Waits until a join has ended, and returns its status.
    func joinResult() throws -> ConnectionStatus {
        let end = deadline(10)
        while true {
            let status = try run(GetConnStatus()).status
            if status != .noSSIDAvailable || link.now > end { return status }
            try link.sleep(until: link.now.advanced(byNanoseconds: 5_000_000))
        }
    }

    func join() throws {
        #expect(
            try acknowledge(
                SetPassphrase(ssid: ArraySlice("lab-net".utf8), passphrase: ArraySlice("correct-horse".utf8))))
        let status = try joinResult()
        try #require(status == .connected)
    }

    var address: IPv4Address {
        get throws { try run(GetIPAddr()).address }
    }

    // MARK: Datagrams

    func serve(_ port: UInt16, group: IPv4Address? = nil, slot: UInt8 = 0) throws -> Bool {
        var command = StartServer()
        command.port = port
        command.address = group
        command.socket = SocketNumber(rawValue: slot)
        command.type = group == nil ? .udp : .udpMulticast
        return try acknowledge(command)
    }

    func setDestination(_ address: IPv4Address, _ port: UInt16, slot: UInt8 = 0) throws -> Bool {
        var command = StartClient()
        command.address = address
        command.port = port
        command.socket = SocketNumber(rawValue: slot)
        command.type = .udp
        return try run(command).isConnected
    }

    /// Sends one datagram, in as many commands as needed.
    func send(_ bytes: ArraySlice<UInt8>, slot: UInt8 = 0) throws -> Bool {
        let socket = SocketNumber(rawValue: slot)
        return try acknowledge(InsertDatabuf(socket: socket, data: bytes)) && acknowledge(SendUDP(socket: socket))
    }

    /// The next available datagram; nil when there is none.
    func receive(slot: UInt8 = 0) throws -> [UInt8]? {
        let socket = SocketNumber(rawValue: slot)
        let count = try run(AvailData(socket: socket)).value
        guard count > 0 else { return nil }
        return Array(try run(GetDatabuf(socket: socket, size: count)).data)
    }

    func remote(slot: UInt8 = 0) throws -> IPv4Endpoint {
        let reply = try run(GetRemoteData(socket: SocketNumber(rawValue: slot)))
        return IPv4Endpoint(address: reply.address.rawValue, port: reply.port)
    }
}

extension EmulatorUnderTest {
    /// A host that has joined the network.
    func commandHost(joined: Bool = true) throws -> CommandHost {
        let host = CommandHost(try transport.open())
        if joined { try host.join() }
        return host
    }
}
