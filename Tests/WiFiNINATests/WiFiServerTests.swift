import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiServerTests {
    @Test(arguments: SocketFamily.allCases) func beginsAndEnds(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = WiFiServer(host.wifi, port: 8080)
        #expect(server.port == 8080 && !server.isListening)
        #expect(try !server.status())
        #expect(throws: WiFiError.serverNotListening) { try server.accept() }
        #expect(throws: WiFiError.serverNotListening) { try server.available() }
        #expect(throws: WiFiError.serverNotListening) { try server.write([1]) }
        try server.end()
        try server.begin()
        let again = try host.commands { try server.begin() }
        #expect(again == 0)
        #expect(try server.status())
        let other = WiFiServer(host.wifi, port: 8080)
        #expect(throws: WiFiError.serverFailed(port: 8080)) { try other.begin() }
        try other.begin(8081)
        #expect(other.port == 8081)
        try server.begin(8082)
        #expect(host.network.connect(to: 8080) == nil)
        #expect(host.network.connect(to: 8082) != nil)
        try server.end()
        #expect(try !server.status() && !server.isListening)
        #expect(host.network.openSockets == 1)
        #expect(throws: WiFiError.serverFailed(port: 8081)) { try server.begin(8081) }
        try server.begin(8080)
    }

    @Test(arguments: SocketFamily.allCases) func hasNoSocketLeft(_ family: SocketFamily) throws {
        let host = try Host(family: family) { $0.slots = 1 }
        _ = try host.server()
        #expect(throws: WiFiError.noSocketAvailable) { try host.server(81) }
    }

    @Test(arguments: SocketFamily.allCases) func endClosesWhatAvailableReturned(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let (accepted, acceptedPeer) = try host.acceptedClient(server)
        let peer = try #require(host.network.connect(to: 80))
        peer.send([1, 2])
        let listed = try #require(try server.available())
        #expect(try listed.peek() == 1)
        try server.end()
        #expect(peer.isFinished && !acceptedPeer.isFinished)
        #expect(throws: WiFiError.staleHandle(host.number(2))) { try listed.read() }
        acceptedPeer.send([3])
        #expect(try accepted.read() == 3)
        try server.begin()
        #expect(try server.available() == nil)
    }

    @Test(arguments: SocketFamily.allCases) func serversNeverHandOutEachOthersClients(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let a = try host.server(80)
        let b = try host.server(81)
        for round in 0..<50 {
            let peerA = try #require(host.network.connect(to: 80))
            let peerB = try #require(host.network.connect(to: 81))
            peerA.send([1])
            peerB.send([2])
            let (first, second) = round % 2 == 0 ? (b, a) : (a, b)
            let one = try #require(try round % 3 == 0 ? first.accept() : first.available())
            let two = try #require(try round % 5 == 0 ? second.accept() : second.available())
            let (clientA, clientB) = round % 2 == 0 ? (two, one) : (one, two)
            #expect(try clientA.remotePort() == peerA.endpoint.port)
            #expect(try clientB.remotePort() == peerB.endpoint.port)
            #expect(try clientA.read(10) == [1])
            #expect(try clientB.read(10) == [2])
            try clientA.stop()
            try clientB.stop()
        }
    }

    @Test(arguments: SocketFamily.allCases) func aBusyClientGivesWay(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let busy = try #require(host.network.connect(to: 80))
        busy.send(pattern(40_000))
        let first = try #require(try server.available())
        _ = try first.read(1)
        let other = try #require(host.network.connect(to: 80))
        other.send([7])
        var count = 1
        while let client = try server.available(), client == first { count += try client.read(1000).count }
        // Until the turn is over, though a part of a frame is left in the library's buffer.
        #expect((16 * 1024...17 * 1024 + 1000).contains(count))
        let second = try #require(try server.available())
        #expect(try second.read() == 7)
        while let client = try server.available() {
            #expect(client == first)
            count += try client.read(1000).count
        }
        #expect(count == 40_000)
    }

    /// A client whose last bytes are in the library's buffer must not starve behind one that always has more.
    @Test(arguments: SocketFamily.allCases) func bufferedBytesDoNotStarve(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let first = try #require(host.network.connect(to: 80))
        first.send(pattern(4086 * 5))
        let a = try #require(try server.available())
        for _ in 0..<4 { #expect(try a.read(4086).count == 4086) }
        #expect(try a.peek() != nil)
        _ = try a.read(100)
        let endless = try #require(host.network.connect(to: 80))
        endless.send(pattern(4000))
        var others = 0
        var mine = 0
        var rounds = Rounds(1000)
        while mine < 3986, rounds.next() {
            guard let client = try server.available() else { break }
            let bytes = try client.read(1000).count
            if client == a { mine += bytes } else { others += bytes }
            endless.send(pattern(1000))
        }
        #expect(mine == 3986)
        #expect(others <= 64 * 1024)
    }

    /// All clients always have bytes, some of them in the library's buffer: each has one turn per round.
    @Test(arguments: SocketFamily.allCases, [1, 100, 1000, 4086, 5000, 8192])
    func everyoneHasOneTurnInARound(_ family: SocketFamily, _ readSize: Int) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let peers = try (0..<7).map { _ in try #require(host.network.connect(to: 80)) }
        let bytes = pattern(100_000)
        for peer in peers { peer.send(bytes) }
        var turns: [(client: WiFiClient, bytes: Int)] = []
        while turns.count < 30, let client = try server.available() {
            let bytes = try client.read(readSize).count
            if turns.last?.client == client {
                turns[turns.count - 1].bytes += bytes
            } else {
                turns.append((client, bytes))
            }
        }
        turns.removeLast()
        for start in 0..<turns.count - peers.count {
            let round = turns[start..<start + peers.count].map(\.client.socket)
            #expect(Set(round).count == peers.count, "turn \(start): \(round)")
        }
        // A turn ends when the chip has sent so much, of which a part may still be in the library's buffer.
        for turn in turns { #expect((16 * 1024 - 4086 - readSize...16 * 1024 + readSize + 4086).contains(turn.bytes)) }
    }

    /// A write to a client that does not read moves its bytes into the library's buffer, many turns' worth of
    /// them.
    @Test(arguments: SocketFamily.allCases) func aFullBufferIsNoLongTurn(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.network.capacity = 10_000
        let server = try host.server()
        let first = try #require(host.network.connect(to: 80))
        first.send(pattern(200_000))
        let a = try #require(try server.available())
        #expect(try a.write(pattern(50_000)) < 50_000)
        let second = try #require(host.network.connect(to: 80))
        second.send(pattern(200_000))
        var turns: [(client: WiFiClient, bytes: Int)] = []
        while let client = try server.available() {
            let bytes = try client.read(1000).count
            if turns.last?.client == client {
                turns[turns.count - 1].bytes += bytes
            } else {
                turns.append((client, bytes))
            }
        }
        #expect(turns.reduce(0) { $0 + $1.bytes } == 400_000)
        // The last one has no other client to yield to.
        for turn in turns.dropLast() { #expect(turn.bytes < 16 * 1024 + 4086 + 1000) }
    }

    @Test(arguments: SocketFamily.allCases) func writesToAllClients(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let peers = try (0..<3).map { _ in try host.acceptedClient(server).1 }
        let bytes = pattern(10_000)
        var written = 0
        let commands = try host.commands { written = try server.write(bytes) }
        #expect(written == 30_000 && commands == (family == .bsd ? 9 : 3))
        for peer in peers { #expect(peer.read() == bytes) }
        #expect(try server.print("Grüße") == 21)
        #expect(try server.write([]) == 0)
        for peer in peers { #expect(peer.read() == Array("Grüße".utf8)) }
    }

    /// A program that uses only `available()` never queries a client's state; the server must.
    @Test(arguments: SocketFamily.allCases) func clientsThatLeaveDoNotUseUpTheSlots(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        for round in 0..<100 {
            let peer = try #require(host.network.connect(to: 80))
            let line = [UInt8(round), 1, 2]
            peer.send(line)
            let client = try host.wait { try server.available() }
            #expect(try client.read(100) == line)
            peer.finish()
        }
        try host.wifi.delay(.milliseconds(50))
        for _ in 0..<20 {
            #expect(try server.available() == nil)
            try host.wifi.delay(.milliseconds(50))
        }
        #expect(host.network.openSockets == 1)
    }

    @Test(arguments: SocketFamily.allCases) func manyConnectionsLeakNothing(_ family: SocketFamily) throws {
        let host = try Host(family: family) { $0.slots = 4 }
        let server = try host.server()
        for round in 0..<testRounds(2000, long: 10_000) {
            let (client, peer) = try host.acceptedClient(server)
            switch round % 4 {
            case 0: try client.stop()
            case 1:
                peer.finish()
                #expect(try !client.connected())
            case 2:
                peer.reset()
                #expect(try client.status() == .closed)
            default:
                peer.send([1])
                peer.finish()
                #expect(try client.connected())
                #expect(try client.read() == 1)
                #expect(try client.waitForBytes(.seconds(1)) == 0)
            }
            #expect(client.socket == .unavailable)
        }
        #expect(host.network.openSockets == 1)
        var clients: [WiFiClient] = []
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        for _ in 0..<3 {
            var client = WiFiClient(host.wifi)
            try client.connect(.address(Host.address), port: 7)
            clients.append(client)
        }
        var client = WiFiClient(host.wifi)
        #expect(throws: WiFiError.noSocketAvailable) { try client.connect(.address(Host.address), port: 7) }
    }

    /// A client with lost bytes must be stopped by the program; the others are served.
    @Test(arguments: SocketFamily.allCases) func bytesThatWereLostStarveNobody(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.wifi.recoveryLimit = .resynchronize
        let server = try host.server()
        let peers = try (0..<2).map { _ in try #require(host.network.connect(to: 80)) }
        #expect(try server.available() == nil)
        peers[0].send([1])
        // Answered: ACCEPT and ERRNO, or AVAIL_DATA.
        host.link.commandsAnswered = family == .bsd ? 2 : 1
        #expect(throws: WiFiError.self) { try server.available()?.read() }
        host.link.commandsAnswered = nil
        peers.forEach { $0.send([2]) }
        try host.wifi.delay(.seconds(2))
        #expect(try host.wifi.waitForActivity(.seconds(1)))
        var served: [UInt8] = []
        for _ in 0..<20 {
            guard let client = try server.available() else { continue }
            do throws(WiFiError) {
                served += try client.read(10)
            } catch {
                #expect(error == .bytesLost(client.socket))
                try client.stop()
            }
        }
        #expect(served == [2])
        #expect(peers[0].isFinished)
        #expect(!peers[1].isFinished)
    }
}
