import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// The four problems of the mission, without a socket.
@Suite(.timeLimit(.minutes(10))) struct ScenarioTests {
    /// A browser opens two connections at once, the second without a request.
    @Test(arguments: SocketFamily.allCases) func twoConnectionsAtOnce(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let first = try #require(host.network.connect(to: 80))
        let second = try #require(host.network.connect(to: 80))
        let a = try #require(try server.accept())
        let b = try #require(try server.accept())
        #expect(try server.accept() == nil)
        #expect(try a.remotePort() == first.endpoint.port)
        #expect(try b.remotePort() == second.endpoint.port)
        try host.wifi.delay(.seconds(5))
        #expect(try server.accept() == nil)
        #expect(try server.available() == nil, "accepted clients are never available")
        second.send(Array("GET".utf8))
        #expect(try b.read(10) == Array("GET".utf8))
        try b.writeAll(Array("OK".utf8))
        try b.stop()
        #expect(second.read() == Array("OK".utf8) && second.isFinished)
        #expect(!first.isFinished)
        #expect(try a.connected())
    }

    @Test(arguments: SocketFamily.allCases) func availableIsTheSameUntilDrained(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let first = try #require(host.network.connect(to: 80))
        let second = try #require(host.network.connect(to: 80))
        for _ in 0..<10 {
            #expect(try server.available() == nil)
            try host.wifi.delay(.milliseconds(100))
        }
        second.send(Array("hello".utf8))
        let client = try #require(try server.available())
        #expect(try client.remotePort() == second.endpoint.port)
        first.send([1])
        for byte in Array("hello".utf8) {
            // After the first read the bytes are in the library's buffer, not on the module.
            #expect(try server.available() == client)
            #expect(try client.read() == byte)
        }
        let other = try #require(try server.available())
        #expect(try other.remotePort() == first.endpoint.port)
        #expect(try other.read() == 1)
        #expect(try server.available() == nil)
        first.finish()
        #expect(try server.available() == nil)
    }

    /// Fetches a page with 1 and 12 resources over 8 connections, one request each, with room for one client.
    private func fetchPage(
        _ overflow: OverflowPolicy, _ family: SocketFamily = .classic
    ) throws -> (complete: Int, reset: Int) {
        let host = try Host(family: family) {
            $0.slots = 2
            $0.overflow = overflow
        }
        let server = try host.server()
        var queue = Array(0..<13)
        var open: [(Int, VirtualPeer, [UInt8])] = []
        var complete = 0
        var reset = 0
        let end = host.wifi.now.advanced(by: .seconds(60))
        while complete + reset < 13, host.wifi.now < end {
            while open.count < (complete + reset == 0 ? 1 : 8), !queue.isEmpty {
                let resource = queue.removeFirst()
                let peer = try #require(host.network.connect(to: 80))
                peer.send([UInt8(resource)])
                open.append((resource, peer, []))
            }
            if let client = try server.accept() {
                #expect(try client.waitForBytes(.seconds(1)) == 1)
                let resource = Int(try #require(try client.read()))
                try client.writeAll(pattern(20_000 + resource, resource))
                try client.stop()
            }
            for index in open.indices { open[index].2 += open[index].1.read() }
            for (resource, peer, bytes) in open where peer.isFinished {
                #expect(bytes == pattern(20_000 + resource, resource))
                complete += 1
            }
            reset += open.filter(\.1.wasReset).count
            open.removeAll { $0.1.isFinished || $0.1.wasReset }
            try host.wifi.delay(.milliseconds(1))
        }
        #expect(host.network.openSockets == 1)
        return (complete, reset)
    }

    @Test func aPageWithRoomForOneClient() throws {
        for family in SocketFamily.allCases { #expect(try fetchPage(.queue, family) == (13, 0)) }
        let control = try fetchPage(.reset)
        #expect(control.complete + control.reset == 13)
        #expect(control.reset > 0)
    }

    /// 8 clients, random pieces in both directions at once; the server echoes.
    @Test(arguments: SocketFamily.allCases, [true, false])
    func echoesToManyAtOnce(_ family: SocketFamily, _ isAccepting: Bool) throws {
        var random = RandomSource("echoesToManyAtOnce")
        let host = try Host(family: family)
        host.network.capacity = 20_000
        let server = try host.server()
        let peers = try (0..<8).map { _ in try #require(host.network.connect(to: 80)) }
        var sent = [[UInt8]](repeating: [], count: 8)
        var received = sent
        var clients: [WiFiClient] = []
        var owed: [UInt16: [UInt8]] = [:]
        for round in 0..<2000 {
            if round < 1500 {
                let index = random.below(8)
                let piece = pattern(random.below(6000), random.below(256))
                sent[index] += piece
                peers[index].send(piece)
            }
            if isAccepting {
                if let client = try server.accept() { clients.append(client) }
            } else if let client = try server.available(), !clients.contains(client) {
                clients.append(client)
            }
            let turn = try isAccepting ? clients.randomElement(using: &random) : server.available()
            for client in clients where client == turn || round >= 1500 {
                let port = try client.remotePort()
                let bytes = try owed[port, default: []] + client.read(1 + random.below(9000))
                owed[port] = Array(bytes.dropFirst(try client.write(bytes)))
            }
            for index in 0..<8 { received[index] += peers[index].read() }
        }
        for index in 0..<8 { #expect(received[index] == sent[index]) }
        #expect(clients.count == 8)
    }
}
