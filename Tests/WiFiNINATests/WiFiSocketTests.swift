import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiSocketTests {
    private let outside = Endpoint(address: Host.address, port: 7)

    private func server(_ host: Host, _ port: UInt16 = 80) throws -> WiFiSocket {
        let server = try WiFiSocket(host.wifi, .stream)
        try server.bind(port)
        try server.listen()
        return server
    }

    @Test(arguments: [Firmware.modern, .arduino200, .adafruit330]) func servesStreams(_ firmware: Firmware) throws {
        // The peer reads only when everything has been written.
        let host = try Host {
            $0.firmware = firmware
            $0.sendBuffer = 64 * 1024
        }
        let server = try server(host)
        #expect(try server.accept() == nil)
        #expect(try !server.wait(for: .readable, .milliseconds(50)))
        let peer = try #require(host.network.connect(to: 80))
        #expect(try server.wait(for: .readable, .seconds(5)))
        let (client, address, port) = try #require(try server.accept())
        #expect(address == peer.endpoint.address && port == peer.endpoint.port)
        #expect(try client.remote() == (address, port))
        #expect(try client.receive(100) == [])
        #expect(try client.available() == 0)
        peer.send(pattern(10_000))
        #expect(try client.available() == 10_000)
        #expect(try client.poll() == [.readable, .writable])
        var received: [UInt8] = []
        var rounds = Rounds(10_000)
        while received.count < 10_000, rounds.next() { received += try #require(try client.receive(.max)) }
        #expect(received == pattern(10_000))
        try client.sendAll(pattern(20_000))
        #expect(peer.read() == pattern(20_000))
        peer.finish()
        #expect(try client.receive(100) == nil)
        try client.close()
        try client.close()
        #expect(peer.isFinished)
        #expect(throws: WiFiError.staleHandle(client.number)) { try client.receive(1) }
    }

    /// A number that is used again is another socket.
    @Test func twoHandlesAreTheSameSocketOrNot() throws {
        let host = try Host()
        let (one, other) = (try WiFiSocket(host.wifi, .stream), try WiFiSocket(host.wifi, .stream))
        let copy = one
        #expect(one == copy && one != other)
        try one.close()
        var later = try WiFiSocket(host.wifi, .stream)
        var rounds = Rounds(64)
        while later.number != one.number, rounds.next() {
            try later.close()
            later = try WiFiSocket(host.wifi, .stream)
        }
        #expect(later.number == one.number && later != one)
        #expect(try WiFiSocket(try Host().wifi, .stream) != other)
    }

    private func host() throws -> Host {
        let host = try Host()
        host.connectsWhileAsleep()
        return host
    }

    @Test func connects() throws {
        let host = try host()
        let listener = host.network.listen(at: outside)
        let socket = try WiFiSocket(host.wifi, .stream)
        #expect(throws: WiFiError.socketFailed(.bsdSend, .notConnected)) { try socket.send([1]) }
        #expect(throws: WiFiError.socketFailed(.bsdGetpeername, .notConnected)) { try socket.remote() }
        try socket.connect(outside.address, port: outside.port)
        let peer = try #require(listener.accepted.first)
        #expect(try socket.send([1, 2, 3]) == 3)
        #expect(peer.read() == [1, 2, 3])
        #expect(throws: WiFiError.socketFailed(.bsdConnect, .isConnected)) {
            try socket.connect(outside.address, port: outside.port)
        }
        peer.reset()
        #expect(throws: WiFiError.socketFailed(.bsdRecv, .reset)) { try socket.receive(1) }
        // No server listens there.
        let other = try WiFiSocket(host.wifi, .stream)
        #expect(throws: WiFiError.socketFailed(.bsdConnect, .reset)) { try other.connect(Host.address, port: 8) }
    }

    @Test func aConnectTakesTheTimeItIsGiven() throws {
        let host = try Host()
        host.network.answersAtOnce = false
        let socket = try WiFiSocket(host.wifi, .stream)
        let time = host.milliseconds {
            #expect(throws: WiFiError.timedOut(.connect)) {
                try socket.connect(Host.address, port: 7, timeout: .seconds(2))
            }
        }
        #expect((2000...2050).contains(time))
        // The module is not blocked meanwhile.
        #expect(try host.wifi.status() == .connected)
    }

    @Test func aFullConnectionTakesWhatItCan() throws {
        let host = try host()
        host.network.capacity = 10_000
        let listener = host.network.listen(at: outside)
        let socket = try WiFiSocket(host.wifi, .stream)
        try socket.connect(outside.address, port: outside.port)
        let count = try socket.send(pattern(30_000))
        #expect((1..<30_000).contains(count))
        #expect(try socket.send([1]) == 0)
        #expect(throws: WiFiError.timedOut(.write)) { try socket.sendAll([1], timeout: .milliseconds(100)) }
        #expect(listener.accepted[0].read() == Array(pattern(30_000).prefix(count)))
        try socket.sendAll([9])
        #expect(listener.accepted[0].read() == [9])
    }

    @Test func carriesDatagrams() throws {
        let host = try Host()
        let socket = try WiFiSocket(host.wifi, .datagram)
        try socket.bind(5353)
        #expect(try socket.receiveFrom(100) == nil)
        host.network.send([1, 2, 3], toPort: 5353, from: outside)
        host.network.send([4], toPort: 5353, from: outside)
        #expect(try socket.wait(for: .readable, .seconds(1)))
        let datagram = try #require(try socket.receiveFrom(2))
        #expect(datagram.bytes == [1, 2] && datagram.address == outside.address && datagram.port == outside.port)
        #expect(try socket.receiveFrom(100)?.bytes == [4])
        try socket.sendTo([5, 6], outside.address, port: 9)
        #expect(host.network.datagrams.last?.bytes == [5, 6])
        #expect(host.network.datagrams.last?.remote == Endpoint(address: outside.address, port: 9))
        try socket.connect(outside.address, port: 10)
        #expect(try socket.send([7]) == 1)
        #expect(host.network.datagrams.last?.remote.port == 10)
        try host.wifi.disconnect()
        #expect(throws: WiFiError.socketFailed(.bsdSendto, .unreachable)) {
            try socket.sendTo([5], outside.address, port: 9)
        }
    }

    @Test func hasOptions() throws {
        let host = try Host()
        let socket = try WiFiSocket(host.wifi, .stream)
        #expect(try socket.option(.type) == 1)
        #expect(try socket.option(.reuseAddress) == 0)
        try socket.setOption(.reuseAddress, 1)
        #expect(try socket.option(.reuseAddress) == 4)
        try socket.setOption(.receiveBuffer, 5000)
        #expect(try socket.option(.receiveBuffer) == 5000)
        let unknown = SocketOption(rawValue: 0x9999)
        #expect(throws: WiFiError.socketFailed(.bsdSetsockopt, .noSuchOption)) { try socket.setOption(unknown, 1) }
        #expect(throws: WiFiError.socketFailed(.bsdGetsockopt, .noSuchOption)) { try socket.option(unknown) }
    }

    @Test func failuresHaveNames() throws {
        let host = try Host()
        let first = try server(host)
        let second = try WiFiSocket(host.wifi, .stream)
        #expect(throws: WiFiError.socketFailed(.bsdBind, .addressInUse)) { try second.bind(80) }
        #expect(throws: WiFiError.socketFailed(.bsdListen, .invalid)) { try second.listen() }
        #expect(throws: WiFiError.socketFailed(.bsdAccept, .invalid)) { try second.accept() }
        let sockets = try (0..<8).map { _ in try WiFiSocket(host.wifi, .stream) }
        #expect(throws: WiFiError.socketFailed(.bsdSocket, .noSocketLeft)) { try WiFiSocket(host.wifi, .datagram) }
        try first.close()
        let next = try WiFiSocket(host.wifi, .stream)
        #expect(next.number == first.number && next != first && !first.isOpen)
        #expect(throws: WiFiError.staleHandle(first.number)) { try first.accept() }
        for socket in sockets { try socket.close() }
        #expect(WiFiError.socketFailed(.bsdBind, .addressInUse).description == "BSD_BIND: addressInUse")
    }

    @Test func aResetClosesAll() throws {
        let host = try Host()
        let socket = try WiFiSocket(host.wifi, .stream)
        try host.wifi.reset()
        #expect(!socket.isOpen)
        try socket.close()
        #expect(throws: WiFiError.staleHandle(socket.number)) { try socket.poll() }
    }

    @Test(arguments: [Firmware.arduino148, .adafruit177, .adafruit122])
    func olderFirmwareHasNone(_ firmware: Firmware) throws {
        let wifi = try Host { $0.firmware = firmware }.wifi
        #expect(throws: WiFiError.unsupported(.bsdSocket)) { try WiFiSocket(wifi, .stream) }
    }
}
