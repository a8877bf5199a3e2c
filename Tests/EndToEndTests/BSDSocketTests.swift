import TestPeers
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing

/// BSD sockets of an emulator process with real connections, through plain frames.
@Suite(.timeLimit(.minutes(10))) struct BSDSocketTests {
    private func run<C: Command>(_ command: C, _ link: any Link) throws -> C.Reply {
        var writer = FrameWriter()
        try writer.write(command)
        let deadline = link.now.advanced(by: .seconds(20))
        try link.sendCommand(Array(writer.frame), until: deadline)
        return try FrameReader.reply(to: C.self, in: try link.receiveReply(expecting: C.opcode, until: deadline))
    }

    private func join(_ link: any Link) throws -> IPv4Address {
        let ssid = Array("lab-net".utf8)[...]
        _ = try run(SetPassphrase(ssid: ssid, passphrase: Array("correct-horse".utf8)[...]), link)
        let deadline = link.now.advanced(by: .seconds(10))
        while try run(GetConnStatus(), link).status != .connected {
            try #require(link.now < deadline)
            try link.sleep(until: link.now.advanced(by: .milliseconds(5)))
        }
        return try run(GetIPAddr(), link).address
    }

    private func socket(_ type: UInt8, port: UInt16, _ link: any Link) throws -> SocketNumber {
        let socket = try run(BSDSocket(type: type, protocolNumber: 0), link).socket
        #expect(try run(BSDBind(socket: socket, port: port), link).value == 1)
        return socket
    }

    /// Accepts an external peer, which then resets the connection.
    private func acceptOneThatResets(
        _ server: SocketNumber, _ address: IPv4Address, _ link: any Link
    ) throws -> SocketNumber {
        let peer = try TCPPeer(address, port: 8080)
        let socket = try run(BSDAccept(socket: server), link).socket
        try peer.reset()
        return socket
    }

    @Test func twoCoprocessorsConverse() throws {
        let emulator = try EmulatorUnderTest()
        let one = try emulator.transport.open()
        let two = try emulator.transport.open()
        let address = try join(one)
        let other = try join(two)

        // A working server, and a client that blocks until it is answered.
        let server = try socket(1, port: 8080, one)
        #expect(server.rawValue == 54)
        #expect(try run(BSDListen(socket: server, backlog: 4), one).value == 1)
        let client = try run(BSDSocket(type: 1, protocolNumber: 0), two).socket
        #expect(try run(BSDConnect(socket: client, address: address, port: 8080), two).value == 1)
        let accepted = try run(BSDAccept(socket: server), one)
        #expect(accepted.socket.rawValue == 55)
        #expect(accepted.address == other)
        let bytes = pattern(7, count: 4000)
        for _ in 0..<50 {
            #expect(try run(BSDSend(socket: client, data: bytes[...]), two).count == 4000)
            var received: [UInt8] = []
            while received.count < bytes.count {
                let piece = try run(BSDRecv(socket: accepted.socket, size: 4076), one).data
                guard !piece.isEmpty else { break }
                received += piece
            }
            #expect(received == bytes)
        }
        #expect(try run(BSDPoll(socket: client), two).events == 2)
        #expect(try run(BSDClose(socket: accepted.socket), one).value == 1)
        #expect(try run(BSDRecv(socket: client, size: 10), two).data.isEmpty)
        #expect(try run(BSDErrno(), two).errno == 128)

        // A refused connection, and an external peer.
        let refused = try run(BSDSocket(type: 1, protocolNumber: 0), two).socket
        #expect(try run(BSDConnect(socket: refused, address: address, port: 8081), two).value == 0)
        #expect(try run(BSDErrno(), two).errno == 104)
        let outside = try TCPPeer(address, port: 8080)
        let guest = try run(BSDAccept(socket: server), one)
        #expect(guest.port == outside.port)
        try outside.send([1, 2, 3])
        #expect(try run(BSDRecv(socket: guest.socket, size: 10), one).data == [1, 2, 3])
        #expect(try run(BSDSend(socket: guest.socket, data: [4, 5]), one).count == 2)
        #expect(try run(BSDClose(socket: guest.socket), one).value == 1)
        #expect(try outside.read() == [4, 5])

        // A reset is not an end of the stream.
        let abandoned = try acceptOneThatResets(server, address, one)
        #expect(try run(BSDRecv(socket: abandoned, size: 10), one).data.isEmpty)
        #expect(try run(BSDErrno(), one).errno == 104)
        #expect(try run(BSDPoll(socket: abandoned), one).events == 7)

        // Datagrams.
        let first = try socket(2, port: 5000, one)
        let second = try socket(2, port: 5000, two)
        let sent = try run(BSDSendto(socket: first, address: other, port: 5000, data: [6, 7, 8]), one)
        #expect(sent.count == 3)
        let datagram = try run(BSDRecvfrom(socket: second, size: 2), two)
        #expect(datagram == BSDRecvfrom.Reply(address: address, port: 5000, data: [6, 7]))

        // A wait that ends by its time-out.
        let timeout: [UInt8] = [0, 0, 0, 0, 0x50, 0xC3, 0, 0]
        #expect(try run(BSDSetsockopt(socket: second, option: 0x1006, value: timeout[...]), two).value == 1)
        #expect(try run(BSDRecvfrom(socket: second, size: 2), two).data.isEmpty)
        #expect(try run(BSDErrno(), two).errno == 11)
        #expect(try !one.interruptLevel())
    }
    @Test func aResetEndsACommandThatWaits() throws {
        let emulator = try EmulatorUnderTest()
        let link = try emulator.transport.open()
        let address = try join(link)
        let server = try socket(1, port: 8080, link)
        #expect(try run(BSDListen(socket: server, backlog: 4), link).value == 1)
        let deadline = link.now.advanced(by: .seconds(20))
        var writer = FrameWriter()
        try writer.write(BSDAccept(socket: server))
        try link.sendCommand(Array(writer.frame), until: deadline)
        try link.reset(until: deadline)
        #expect(try run(BSDErrno(), link).errno == 0)
        #expect(try run(BSDPoll(socket: server), link).events == 0)
        #expect(throws: LinuxError.self) { try TCPPeer(address, port: 8080) }
        // The number and the port are free again.
        #expect(try socket(1, port: 8080, link) == server)
        #expect(try run(BSDListen(socket: server, backlog: 4), link).value == 1)
        _ = try TCPPeer(address, port: 8080)
        #expect(try run(BSDAccept(socket: server), link).socket.rawValue == 55)
    }
}
