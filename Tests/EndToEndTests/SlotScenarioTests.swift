import TestPeers
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// S3: clients come and go, and all slots are free afterwards.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SlotScenarioTests {
    /// How a connection ends.
    private enum End: CaseIterable {
        case clientCloses
        case clientResets
        case serverStops
    }

    private static let slots = 16
    private static let cycles = testRounds(3000, long: 10_000)

    /// 3,000 connections, or in a long run 10,000, up to ten at once, each with some bytes both ways; each of the three ways to end one.
    @Test func manyConnectionsLeaveTheSlotsAsTheyWere() throws {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest(["--max-sockets", "\(Self.slots)"])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let descriptors = try emulator.openDescriptors()
        try expectEverySlot(server, wifi)
        let memory = try emulator.residentBytes()

        let start = MonotonicClock.nanoseconds()
        var count = 0
        while count < Self.cycles {
            let batch = min(Int.random(in: 1...10, using: &random), Self.cycles - count)
            try cycle(batch, server, wifi, &random)
            count += batch
        }
        let milliseconds = (MonotonicClock.nanoseconds() - start) / 1_000_000

        #expect(try emulator.openDescriptors(waitingFor: descriptors) == descriptors)
        let growth = try emulator.residentBytes() - memory
        // A leak of one connection would show in each.
        #expect(growth < Self.cycles * 400, "the emulator has grown by \(growth) bytes")
        #expect(try server.accept() == nil)
        try expectEverySlot(server, wifi)
        #expect(try emulator.openDescriptors(waitingFor: descriptors) == descriptors)
        print("S3: \(count) connections in \(milliseconds) ms; the emulator has grown by \(growth / 1024) KB")
    }

    /// Some clients connect, send a greeting, are accepted, read and answered, and end in random order.
    private func cycle(_ count: Int, _ server: WiFiServer, _ wifi: WiFi, _ random: inout SplitMix64) throws {
        let address = try wifi.localIP()
        var pairs: [(peer: TCPPeer, client: WiFiClient)] = []
        for _ in 0..<count {
            // Closed connections keep their endpoints for a minute: several addresses provide enough of them.
            let source = IPv4Address(127, 2, 0, UInt8.random(in: 1...250, using: &random))
            let peer = try TCPPeer(address, port: 80, from: source)
            try peer.send(Array("hello \(peer.port)".utf8))
            pairs.append((peer, try accept(server, wifi)))
        }
        pairs.shuffle(using: &random)
        while let (peer, client) = pairs.popLast() {
            let hello = Array("hello \(peer.port)".utf8)
            #expect(try client.waitForBytes(.seconds(10)) == hello.count)
            #expect(try client.read(100) == hello)
            try client.print("bye")
            switch End.allCases.randomElement(using: &random) ?? .clientCloses {
            case .serverStops:
                try client.stop()
                #expect(try peer.read() == Array("bye".utf8))
            case .clientCloses:
                #expect(try peer.read(3) == Array("bye".utf8))
                peer.endStream()
                try expectEnd(client)
            case .clientResets:
                try peer.reset()
                peer.close()
                try expectEnd(client)
            }
        }
    }

    /// The coprocessor detects the end of the connection, and frees its slot.
    private func expectEnd(_ client: WiFiClient) throws {
        #expect(try client.waitForBytes(.seconds(10)) == 0)
        #expect(client.socket == .unavailable)
    }

    private func accept(_ server: WiFiServer, _ wifi: WiFi) throws -> WiFiClient {
        let deadline = wifi.now.advanced(by: .seconds(10))
        while wifi.now < deadline {
            if let client = try server.accept() { return client }
            try wifi.waitForActivity(.milliseconds(50))
        }
        throw WiFiError.timedOut(.read)
    }

    /// Takes every free slot, and no more, and releases them.
    private func expectEverySlot(_ server: WiFiServer, _ wifi: WiFi) throws {
        let address = try wifi.localIP()
        var sockets: Set<UInt8> = []
        var clients: [WiFiClient] = []
        let peers = try (0..<Self.slots).map { _ in try TCPPeer(address, port: 80) }
        for _ in 1..<Self.slots {
            let client = try accept(server, wifi)
            sockets.insert(client.socket.rawValue)
            clients.append(client)
        }
        #expect(sockets.count == Self.slots - 1)
        #expect(try server.accept() == nil)
        try clients[0].stop()
        // The client without a slot only had to wait.
        clients.append(try accept(server, wifi))
        for client in clients { try client.stop() }
        for peer in peers { #expect(try peer.read() == []) }
    }
}
