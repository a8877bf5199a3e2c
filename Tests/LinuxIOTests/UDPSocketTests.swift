import Glibc
import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(10))) struct UDPSocketTests {
    private let anyPort = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0)
    private let group: UInt32 = 0xEFFF_0101
    private let loopbackBroadcast: UInt32 = 0x7FFF_FFFF

    private func send(_ socket: borrowing FileDescriptor, _ bytes: [UInt8], to endpoint: IPv4Endpoint) -> Errno? {
        let number = socket.rawValue
        return bytes.withUnsafeBytes { UDPSocket.send(number, $0, to: endpoint) }
    }

    private func receive(_ socket: borrowing FileDescriptor, _ size: Int = 2000) -> (UDPSocket.Receipt, [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: size)
        let number = socket.rawValue
        let receipt = bytes.withUnsafeMutableBytes { UDPSocket.receive(number, into: $0) }
        guard case .received(let count, _, _) = receipt else { return (receipt, []) }
        return (receipt, Array(bytes[..<min(count, size)]))
    }

    @Test func sendsAndReceives() throws {
        let server = try UDPSocket.open(on: anyPort)
        let client = try UDPSocket.open(on: IPv4Endpoint(address: 0x7F00_0002, port: 0))
        let place = IPv4Endpoint(address: anyPort.address, port: try UDPSocket.localPort(server.rawValue))
        let sender = IPv4Endpoint(address: 0x7F00_0002, port: try UDPSocket.localPort(client.rawValue))
        #expect(fcntl(server.rawValue, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(server.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        #expect(receive(server).0 == .wouldBlock)
        for bytes in [[1, 2, 3], [], Array(repeating: 7, count: 1472)] as [[UInt8]] {
            #expect(send(client, bytes, to: place) == nil)
        }
        try waitUntilReady(server.rawValue, .readable)
        var (receipt, bytes) = receive(server)
        #expect(receipt == .received(3, from: sender, to: 0) && bytes == [1, 2, 3])
        (receipt, bytes) = receive(server)
        #expect(receipt == .received(0, from: sender, to: 0))
        // The excess is lost, and does not appear in the next datagram.
        (receipt, bytes) = receive(server, 10)
        #expect(receipt == .received(10, from: sender, to: 0) && bytes == Array(repeating: 7, count: 10))
        #expect(receive(server).0 == .wouldBlock)
        #expect(send(server, [5], to: sender) == nil)
        try waitUntilReady(client.rawValue, .readable)
        #expect(receive(client).0 == .received(1, from: place, to: 0))
    }

    @Test func failuresAreReported() throws {
        let one = try UDPSocket.open(on: anyPort)
        let place = IPv4Endpoint(address: anyPort.address, port: try UDPSocket.localPort(one.rawValue))
        #expect(errno { () throws(LinuxError) in _ = try UDPSocket.open(on: place) } == .addressInUse)
        let elsewhere = IPv4Endpoint(address: 0xC000_0201, port: 0)
        #expect(errno { () throws(LinuxError) in _ = try UDPSocket.open(on: elsewhere) } == .addressNotAvailable)
        #expect(send(one, Array(repeating: 0, count: 70_000), to: place) == .messageTooLong)
        let number = one.rawValue
        let noGroup = errno { () throws(LinuxError) in
            try UDPSocket.join(number, group: 0x0A00_0001, interface: 0x7F00_0001)
        }
        #expect(noGroup == .invalidArgument)
        one.close()
    }

    @Test func groupsOnTheLoopbackInterface() throws {
        let first = try UDPSocket.open(on: IPv4Endpoint(address: group, port: 0), isShared: true)
        let port = try UDPSocket.localPort(first.rawValue)
        let place = IPv4Endpoint(address: group, port: port)
        let second = try UDPSocket.open(on: place, isShared: true)
        // Both on addresses that coprocessors have.
        try UDPSocket.join(first.rawValue, group: group, interface: 0x7F01_0001)
        try UDPSocket.join(second.rawValue, group: group, interface: 0x7F01_0101)
        let sender = try UDPSocket.open(on: IPv4Endpoint(address: 0x7F01_0201, port: 0))
        try UDPSocket.setMulticastInterface(sender.rawValue, 0x7F01_0201)
        #expect(send(sender, [1, 2], to: place) == nil)
        let from = IPv4Endpoint(address: 0x7F01_0201, port: try UDPSocket.localPort(sender.rawValue))
        try waitUntilReady(first.rawValue, .readable)
        #expect(receive(first) == (.received(2, from: from, to: 0), [1, 2]))
        try waitUntilReady(second.rawValue, .readable)
        #expect(receive(second) == (.received(2, from: from, to: 0), [1, 2]))
        // Another group on that port does not reach them.
        #expect(send(sender, [3], to: IPv4Endpoint(address: group + 1, port: port)) == nil)
        #expect(receive(first).0 == .wouldBlock)
    }

    @Test func broadcastsReachSharedSockets() throws {
        let everywhere = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: 0), isShared: true)
        try UDPSocket.reportDestination(everywhere.rawValue)
        let port = try UDPSocket.localPort(everywhere.rawValue)
        let own = IPv4Endpoint(address: 0x7F01_0001, port: port)
        let bound = try UDPSocket.open(on: own, isShared: true)
        let another = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: port), isShared: true)
        let sender = try UDPSocket.open(on: IPv4Endpoint(address: 0x7F01_0201, port: 0))
        let from = IPv4Endpoint(address: 0x7F01_0201, port: try UDPSocket.localPort(sender.rawValue))
        #expect(send(sender, [9], to: IPv4Endpoint(address: loopbackBroadcast, port: port)) == nil)
        try waitUntilReady(everywhere.rawValue, .readable)
        #expect(receive(everywhere).0 == .received(1, from: from, to: loopbackBroadcast))
        try waitUntilReady(another.rawValue, .readable)
        #expect(receive(another).0 == .received(1, from: from, to: 0))
        // A socket with an address receives what is sent to it, and others do not.
        #expect(receive(bound).0 == .wouldBlock)
        #expect(send(sender, [8], to: own) == nil)
        try waitUntilReady(bound.rawValue, .readable)
        #expect(receive(bound).0 == .received(1, from: from, to: 0))
        #expect(receive(everywhere).0 == .wouldBlock)
    }
}
