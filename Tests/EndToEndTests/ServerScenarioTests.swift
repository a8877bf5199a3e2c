import LinuxIO
import NINATransport
import NINAWire
import Testing
import WiFiNINA

/// Problems that users had with the real thing, through two real processes: host library here, emulator there.
@Suite(.serialized) struct ServerScenarioTests {
    /// S0: a browser opens two connections at once and the second says nothing yet.
    @Test func theSecondOfTwoConnectionsIsServedWhileTheFirstIsOpen() throws {
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let first = try TCPPeer(address, port: 80)
        let second = try TCPPeer(address, port: 80)
        print("S0: connect took \(first.connectNanoseconds / 1000) and \(second.connectNanoseconds / 1000) us")

        #expect(try wifi.waitForActivity(.seconds(10)))
        let one = try #require(try server.accept())
        let two = try #require(try server.accept())
        #expect(try server.accept() == nil)
        #expect(try one.remotePort() == first.port)
        #expect(try two.remotePort() == second.port)
        #expect(try one.available() == 0)

        try second.send(Array("ping".utf8))
        #expect(try two.waitForBytes(.seconds(10)) == 4)
        #expect(try two.read(100) == Array("ping".utf8))
        try two.writeAll(Array("pong".utf8))
        #expect(try second.read(4) == Array("pong".utf8))
        #expect(try one.connected())
        try first.send(Array("late".utf8))
        #expect(try one.waitForBytes(.seconds(10)) == 4)
    }

    /// S0: `available()` is nil until bytes arrive and then the same client until it is drained.
    @Test func availableReturnsAClientUntilItIsDrained() throws {
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let silent = try TCPPeer(try wifi.localIP(), port: 80)
        let talking = try TCPPeer(try wifi.localIP(), port: 80)
        #expect(try wifi.waitForActivity(.seconds(10)))
        #expect(try server.available() == nil)
        try talking.send(Array("GET".utf8))
        var client: WiFiClient?
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while client == nil, MonotonicClock.nanoseconds() < deadline { client = try server.available() }
        let found = try #require(client)
        #expect(try found.remotePort() == talking.port)
        #expect(try server.available() == found)
        #expect(try found.read() == UInt8(ascii: "G"))
        // Two bytes are in the host's buffer, none on the chip: still the same client.
        #expect(try server.available() == found)
        #expect(try found.read(100) == Array("ET".utf8))
        #expect(try server.available() == nil)
        withExtendedLifetime(silent) {}
    }

    /// S2: one slot for clients, a page of 13 files, 8 fetchers at once, none of whom tries again.
    @Test func everyFetcherGetsEveryFileThroughOneSlot() throws {
        let emulator = try EmulatorUnderTest(["--max-sockets", "2"])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let files = 13
        let fetchers = SharedResults<[[UInt8]]>(8)
        let start = MonotonicClock.nanoseconds()
        for fetcher in 0..<8 {
            try DetachedThread.start(stackBytes: 1 << 20) {
                // Fetcher n takes files n, n + 8: together all 13.
                fetchers.set(fetcher, Result { try stride(from: fetcher, to: files, by: 8).map { try fetch($0, address) } })
            }
        }
        var served = 0
        let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
        while served < files, MonotonicClock.nanoseconds() < deadline {
            guard let client = try server.accept() else {
                try wifi.waitForActivity(.milliseconds(50))
                continue
            }
            #expect(try client.waitForBytes(.seconds(10)) > 0)
            let number = try #require(try client.read())
            try client.writeAll(file(Int(number)))
            try client.stop()
            served += 1
        }
        let results = try fetchers.wait()
        print("S2: 13 files through one slot in \((MonotonicClock.nanoseconds() - start) / 1_000_000) ms")
        #expect(served == files)
        for (fetcher, result) in results.enumerated() {
            let bodies = try result.get()
            for (position, body) in bodies.enumerated() { #expect(body == file(fetcher + 8 * position)) }
        }
    }

    /// S2's control: with the overflow policy `reset` those who find no slot are reset.
    @Test func withoutAQueueFetchersAreReset() throws {
        let emulator = try EmulatorUnderTest(["--max-sockets", "2", "--overflow", "reset"])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let first = try TCPPeer(address, port: 80)
        #expect(try wifi.waitForActivity(.seconds(10)))
        let client = try #require(try server.accept())
        let results = try Threads.run(4) { _ in
            let peer = try TCPPeer(address, port: 80)
            return try peer.read()
        }
        for result in results {
            #expect(throws: LinuxError.self) { try result.get() }
        }
        try client.writeAll(Array("still here".utf8))
        #expect(try first.read(10) == Array("still here".utf8))
    }

    /// stop() right after a long reply: every byte arrives, and the slot is free at once.
    @Test func stopDeliversEverythingAndFreesTheSlot() throws {
        let emulator = try EmulatorUnderTest(["--max-sockets", "2"])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let body = pattern(7, count: 200_000)
        let slow = try TCPPeer(address, port: 80)
        // Unread input: closing over it would reset the connection.
        try slow.send(pattern(1, count: 5000))
        #expect(try wifi.waitForActivity(.seconds(10)))
        let client = try #require(try server.accept())
        try client.writeAll(body)
        try client.stop()
        let next = try TCPPeer(address, port: 80)
        #expect(try wifi.waitForActivity(.seconds(10)))
        #expect(try server.accept()?.remotePort() == next.port)
        #expect(try slow.read() == body)
    }
}

private func file(_ number: Int) -> [UInt8] { pattern(number, count: 3000 + number * 5000) }

private func fetch(_ number: Int, _ address: IPv4Address) throws -> [UInt8] {
    let peer = try TCPPeer(address, port: 80)
    try peer.send([UInt8(number)])
    return try peer.read()
}
