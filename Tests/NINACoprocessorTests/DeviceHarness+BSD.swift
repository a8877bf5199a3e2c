import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// A harness whose commands are typed values and whose sockets are numbers.
extension DeviceHarness {
    static let nobody = IPv4Address(10, 9, 9, 9)

    /// Runs a command until it is answered.
    func run<C: Command>(_ command: C) throws -> C.Reply {
        try FrameReader.reply(to: C.self, in: exchange(Self.frame(command))[...])
    }

    /// Starts a command that has to wait.
    func startWaiting(_ command: some Command) throws { #expect(try start(Self.frame(command)) == nil) }

    /// The reply of the waiting command; nil while there is none.
    func finish<C: Command>(_ command: C.Type) throws -> C.Reply? {
        try finish().map { try FrameReader.reply(to: C.self, in: $0[...]) }
    }

    private static func frame(_ command: some Command) throws -> [UInt8] {
        var writer = FrameWriter()
        try writer.write(command)
        return Array(writer.frame)
    }

    func socket(_ type: UInt8 = 1) throws -> SocketNumber {
        try run(BSDSocket(type: type, protocolNumber: 0)).socket
    }

    func errno() throws -> UInt8 { try run(BSDErrno()).errno }
    func close(_ socket: SocketNumber) throws -> UInt8 { try run(BSDClose(socket: socket)).value }
    func bind(_ socket: SocketNumber, _ port: UInt16) throws -> UInt8 {
        try run(BSDBind(socket: socket, port: port)).value
    }
    func listen(_ socket: SocketNumber, _ backlog: UInt8 = 4) throws -> UInt8 {
        try run(BSDListen(socket: socket, backlog: backlog)).value
    }
    func connect(_ socket: SocketNumber, to endpoint: Endpoint) throws -> UInt8 {
        try run(BSDConnect(socket: socket, address: endpoint.address, port: endpoint.port)).value
    }
    func send(_ socket: SocketNumber, _ data: [UInt8]) throws -> UInt16 {
        try run(BSDSend(socket: socket, data: data[...])).count
    }
    func receive(_ socket: SocketNumber, _ size: UInt16 = 4076) throws -> [UInt8] {
        Array(try run(BSDRecv(socket: socket, size: size)).data)
    }
    func send(_ socket: SocketNumber, _ data: [UInt8], to endpoint: Endpoint) throws -> UInt16 {
        try run(BSDSendto(socket: socket, address: endpoint.address, port: endpoint.port, data: data[...])).count
    }
    func poll(_ socket: SocketNumber) throws -> UInt8 { try run(BSDPoll(socket: socket)).events }
    func set(_ socket: SocketNumber, _ option: UInt32, _ value: [UInt8]) throws -> UInt8 {
        try run(BSDSetsockopt(socket: socket, option: option, value: value[...])).value
    }
    func option(_ socket: SocketNumber, _ option: UInt32, _ size: UInt8 = 8) throws -> [UInt8] {
        Array(try run(BSDGetsockopt(socket: socket, option: option, size: size)).value)
    }
    func setNonblocking(_ socket: SocketNumber, _ value: UInt8 = 1) throws {
        let reply = try run(BSDIoctl(socket: socket, request: BSDIoctl.fionbio, value: [value, 0, 0, 0]))
        #expect(reply.value == [value, 0, 0, 0])
    }

    func setNonblockingIfOpen(_ socket: SocketNumber, _ value: UInt8) throws {
        _ = try run(BSDIoctl(socket: socket, request: BSDIoctl.fionbio, value: [value, 0, 0, 0]))
    }

    /// A connected socket, and its peer.
    func connected(_ port: UInt16 = 7) throws -> (SocketNumber, VirtualPeer) {
        let endpoint = Endpoint(address: Self.outside, port: port)
        let listener = network.listen(at: endpoint)
        let socket = try self.socket()
        #expect(try connect(socket, to: endpoint) == 1)
        return (socket, try #require(listener.accepted.last))
    }

    /// A listening socket.
    func listening(_ port: UInt16 = 80) throws -> SocketNumber {
        let socket = try self.socket()
        #expect(try bind(socket, port) == 1)
        #expect(try listen(socket) == 1)
        return socket
    }
}
