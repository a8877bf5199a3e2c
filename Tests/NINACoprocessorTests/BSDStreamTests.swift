import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// BSD stream sockets: servers, clients, and commands that wait.
@Suite(.timeLimit(.minutes(10))) struct BSDStreamTests {
    @Test func aServerAcceptsAndConverses() throws {
        let bench = try DeviceHarness()
        let server = try bench.listening()
        #expect(server.rawValue == 54)
        #expect(try bench.option(server, 2) == [1, 0, 0, 0])
        #expect(try bench.poll(server) == 0)
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.poll(server) == 1)
        #expect(!bench.device.interrupt)
        let client = try bench.run(BSDAccept(socket: server))
        #expect(client.socket.rawValue == 55)
        #expect(client.address == peer.endpoint.address)
        #expect(client.port == peer.endpoint.port)
        #expect(try bench.poll(server) == 0)
        #expect(try bench.poll(client.socket) == 2)
        peer.send([1, 2, 3])
        #expect(!bench.device.interrupt)
        #expect(try bench.poll(client.socket) == 3)
        let data = try bench.run(BSDRecvfrom(socket: client.socket, size: 2))
        #expect(data.data == [1, 2])
        #expect(data.port == peer.endpoint.port)
        #expect(try bench.send(client.socket, [9]) == 1)
        #expect(peer.read() == [9])
        let name = try bench.run(BSDGetpeername(socket: client.socket))
        #expect(name == BSDGetpeername.Reply(result: 1, address: client.address, port: client.port))
        // Closing the server leaves the accepted connection open.
        #expect(try bench.close(server) == 1)
        #expect(bench.network.connect(to: 80) == nil)
        #expect(try bench.receive(client.socket) == [3])
        #expect(try bench.close(client.socket) == 1)
        #expect(peer.isFinished && !peer.wasReset)
        #expect(bench.network.openSockets == 0)
    }

    @Test func acceptWaitsForAClient() throws {
        let bench = try DeviceHarness()
        let server = try bench.listening()
        try bench.startWaiting(BSDAccept(socket: server))
        #expect(try bench.finish(BSDAccept.self) == nil)
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.finish(BSDAccept.self)?.port == peer.endpoint.port)
        // The second connection is reported like the first.
        try bench.startWaiting(BSDAccept(socket: server))
        _ = bench.network.connect(to: 80)
        #expect(try bench.finish(BSDAccept.self)?.socket.rawValue == 56)
    }

    @Test func everyWaitIsBounded() throws {
        let bench = try DeviceHarness()
        let (socket, peer) = try bench.connected()
        let server = try bench.listening()
        bench.network.capacity = 4
        let start = bench.now
        #expect(try bench.receive(socket) == [])
        #expect(bench.milliseconds(since: start) == 30_000)
        #expect(try bench.errno() == 11)
        #expect(try bench.run(BSDAccept(socket: server)).socket.rawValue == 255)
        #expect(bench.milliseconds(since: start) == 60_000)
        #expect(try bench.send(socket, [1, 2, 3, 4, 5, 6]) == 4)
        #expect(bench.milliseconds(since: start) == 90_000)
        #expect(try bench.poll(socket) == 0)
        #expect(try bench.set(socket, 0x1005, [1, 0, 0, 0, 0x20, 0xA1, 7, 0]) == 1)
        #expect(try bench.send(socket, [7]) == 0)
        #expect(bench.milliseconds(since: start) == 91_500)
        #expect(try bench.errno() == 11)
        #expect(peer.read() == [1, 2, 3, 4])
        #expect(try bench.poll(socket) == 2)
        let datagram = try bench.socket(2)
        #expect(try bench.set(datagram, 0x1006, [0, 0, 0, 0, 0x10, 0x27, 0, 0]) == 1)
        #expect(try bench.run(BSDRecvfrom(socket: datagram, size: 9)).data == [])
        #expect(bench.milliseconds(since: start) == 91_510)
        #expect(try bench.errno() == 11)
    }

    @Test func receiveWaitsForBytesOrTheEnd() throws {
        let bench = try DeviceHarness()
        let (socket, peer) = try bench.connected()
        try bench.startWaiting(BSDRecv(socket: socket, size: 100))
        bench.pass(.seconds(29))
        #expect(try bench.finish(BSDRecv.self) == nil)
        peer.send([4, 5])
        #expect(try bench.finish(BSDRecv.self)?.data == [4, 5])
        try bench.startWaiting(BSDRecvfrom(socket: socket, size: 100))
        peer.finish()
        #expect(try bench.finish(BSDRecvfrom.self)?.data == [])
        #expect(try bench.errno() == 128)
        #expect(try bench.poll(socket) == 3)
        // The other direction stays open.
        #expect(try bench.send(socket, [6]) == 1)
        #expect(peer.read() == [6])
    }

    /// No byte is asked for: the reply does not wait, on an idle stream either.
    @Test func aReceiveOfNothingIsAnsweredAtOnce() throws {
        let bench = try DeviceHarness()
        let (socket, peer) = try bench.connected()
        #expect(try bench.receive(socket, 0) == [])
        peer.send([1])
        #expect(try bench.receive(socket, 0) == [])
        #expect(try bench.receive(socket) == [1])
    }

    @Test func sendWaitsForRoom() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 4
        let (socket, peer) = try bench.connected()
        for isTo in [false, true] {
            let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
            if isTo {
                try bench.startWaiting(BSDSendto(socket: socket, address: .any, port: 1, data: bytes[...]))
            } else {
                try bench.startWaiting(BSDSend(socket: socket, data: bytes[...]))
            }
            #expect(peer.read() == [1, 2, 3, 4])
            #expect(try bench.finish(BSDSend.self) == nil)
            #expect(peer.read() == [5, 6, 7, 8])
            let count = isTo ? try bench.finish(BSDSendto.self)?.count : try bench.finish(BSDSend.self)?.count
            #expect(count == 10)
            #expect(peer.read() == [9, 10])
        }
        // A reset in the middle: what was accepted before it counts.
        try bench.startWaiting(BSDSend(socket: socket, data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
        #expect(peer.read() == [1, 2, 3, 4])
        peer.reset()
        #expect(try bench.finish(BSDSend.self)?.count == 8)
        #expect(try bench.errno() == 104)
    }

    @Test func aResetEndsTheWaitForRoom() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 4
        let (socket, peer) = try bench.connected()
        try bench.startWaiting(BSDSend(socket: socket, data: [1, 2, 3, 4, 5, 6]))
        peer.send([1])
        #expect(try bench.finish(BSDSend.self) == nil)
        peer.reset()
        #expect(try bench.finish(BSDSend.self)?.count == 4)
        #expect(try bench.errno() == 104)
        #expect(try bench.poll(socket) == 7)
        // The socket can connect again.
        let endpoint = Endpoint(address: DeviceHarness.outside, port: 7)
        #expect(try bench.connect(socket, to: endpoint) == 1)
        #expect(try bench.send(socket, [1]) == 1)
    }

    @Test func aResetIsToldOnce() throws {
        let bench = try DeviceHarness()
        let (socket, peer) = try bench.connected()
        try bench.startWaiting(BSDRecv(socket: socket, size: 100))
        peer.reset()
        #expect(try bench.finish(BSDRecv.self)?.data == [])
        #expect(try bench.errno() == 104)
        #expect(try bench.poll(socket) == 7)
        #expect(try bench.receive(socket) == [])
        #expect(try bench.errno() == 128)
        #expect(try bench.send(socket, [1]) == 0)
        #expect(try bench.close(socket) == 1)
        #expect(bench.network.openSockets == 0)
    }

    @Test func nonblockingSocketsNeverWait() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 4
        bench.network.answersAtOnce = false
        let endpoint = Endpoint(address: DeviceHarness.outside, port: 7)
        let listener = bench.network.listen(at: endpoint)
        let socket = try bench.socket()
        try bench.setNonblocking(socket)
        let start = bench.now
        #expect(try bench.connect(socket, to: endpoint) == 0)
        #expect(try bench.errno() == 119)
        #expect(try bench.poll(socket) == 0)
        #expect(try bench.connect(socket, to: endpoint) == 0)
        #expect(try bench.errno() == 120)
        bench.network.connectNow()
        #expect(try bench.poll(socket) == 2)
        #expect(try bench.connect(socket, to: endpoint) == 0)
        #expect(try bench.errno() == 127)
        #expect(try bench.receive(socket) == [])
        #expect(try bench.errno() == 11)
        #expect(try bench.send(socket, [1, 2, 3, 4, 5]) == 4)
        #expect(try bench.send(socket, [5]) == 0)
        #expect(try bench.errno() == 11)
        #expect(listener.accepted.first?.read() == [1, 2, 3, 4])
        #expect(try bench.send(socket, [5]) == 1)
        let server = try bench.listening()
        try bench.setNonblocking(server)
        #expect(try bench.run(BSDAccept(socket: server)).socket.rawValue == 255)
        #expect(try bench.errno() == 11)
        _ = bench.network.connect(to: 80)
        #expect(try bench.run(BSDAccept(socket: server)).socket.rawValue == 56)
        #expect(bench.now == start)
        // Blocking mode can be set again.
        try bench.setNonblocking(socket, 0)
        try bench.startWaiting(BSDRecv(socket: socket, size: 1))
    }

    @Test func aRefusedNonblockingConnectIsFoundLater() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let socket = try bench.socket()
        try bench.setNonblocking(socket)
        let endpoint = Endpoint(address: DeviceHarness.nobody, port: 7)
        #expect(try bench.connect(socket, to: endpoint) == 0)
        bench.network.connectNow()
        #expect(try bench.poll(socket) == 7)
        #expect(try bench.option(socket, 0x1007) == [104, 0, 0, 0])
        #expect(try bench.option(socket, 0x1007) == [0, 0, 0, 0])
        #expect(bench.network.openSockets == 0)
    }

    @Test func aConnectThatNobodyAnswersEnds() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let socket = try bench.socket()
        let start = bench.now
        let endpoint = Endpoint(address: DeviceHarness.nobody, port: 7)
        #expect(try bench.connect(socket, to: endpoint) == 0)
        #expect(bench.milliseconds(since: start) == 30_000)
        #expect(try bench.errno() == 11)
        #expect(bench.network.openSockets == 0)
        #expect(try bench.set(socket, 0x1005, [2, 0, 0, 0, 0, 0, 0, 0]) == 1)
        #expect(try bench.connect(socket, to: endpoint) == 0)
        #expect(bench.milliseconds(since: start) == 32_000)
    }

    @Test func withoutANetworkOnlyListeningWorks() throws {
        let bench = try DeviceHarness(joined: false)
        let endpoint = Endpoint(address: DeviceHarness.outside, port: 7)
        _ = bench.network.listen(at: endpoint)
        for type: UInt8 in [1, 2] {
            let socket = try bench.socket(type)
            #expect(try bench.connect(socket, to: endpoint) == 0)
            #expect(try bench.errno() == 118)
        }
        #expect(try bench.send(SocketNumber(rawValue: 55), [1], to: endpoint) == 0)
        #expect(try bench.errno() == 118)
        let server = try bench.listening()
        try bench.join()
        _ = bench.network.connect(to: 80)
        let client = try bench.run(BSDAccept(socket: server)).socket
        let (socket, peer) = try bench.connected()
        // Leaving the network ends the connections and nothing else.
        _ = try bench.exchange([0xE0, 0x30, 0x01, 0x01, 0xFF, 0xEE, 0, 0])
        #expect(peer.isFinished)
        for lost in [client, socket] {
            #expect(try bench.poll(lost) == 7)
            #expect(try bench.receive(lost) == [])
            #expect(try bench.errno() == 113)
            #expect(try bench.run(BSDGetpeername(socket: lost)).result == 0)
        }
        #expect(bench.network.connect(to: 80) != nil)
        #expect(try bench.poll(server) == 1)
    }

    @Test func aResetOfTheModuleEndsAWait() throws {
        for wait in 0..<3 {
            let bench = try DeviceHarness()
            bench.network.capacity = 1
            bench.network.answersAtOnce = false
            switch wait {
            case 0: try bench.startWaiting(BSDAccept(socket: bench.listening()))
            case 1:
                let socket = try bench.socket()
                try bench.startWaiting(BSDConnect(socket: socket, address: DeviceHarness.nobody, port: 1))
            default:
                bench.network.answersAtOnce = true
                let (socket, _) = try bench.connected()
                try bench.startWaiting(BSDSend(socket: socket, data: [1, 2, 3]))
            }
            bench.device.halt(at: bench.now)
            #expect(bench.network.openSockets == 0)
            #expect(bench.device.nextDeadline == nil)
            #expect(bench.device.boot(bluetooth: false, at: bench.now))
            #expect(bench.finish() == nil)
            #expect(try bench.socket().rawValue == 54)
            #expect(try bench.errno() == 0)
            #expect(try bench.getSocket() == 0)
        }
    }
}
