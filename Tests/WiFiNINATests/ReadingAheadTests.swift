import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// `available()` counts what has arrived, waits for a number of bytes end, and the buffers are limited.
@Suite(.timeLimit(.minutes(10))) struct ReadingAheadTests {
    @Test(arguments: SocketFamily.allCases) func availableCountsWhatTheChipHasAsWell(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        // IRQ is not raised for BSD sockets: the chip is not queried at every call.
        let pause = Duration.milliseconds(family == .bsd ? 2 : 0)
        peer.send([1, 2, 3])
        #expect(try client.available() == 3)
        peer.send([4, 5])
        try host.wifi.delay(pause)
        #expect(try client.available() == 5)
        #expect(try client.read() == 1)
        peer.send([6])
        try host.wifi.delay(pause)
        #expect(try client.available() == 5)
        #expect(try client.read(10) == [2, 3, 4, 5, 6])
    }

    /// A common loop of sketches: wait until a header has arrived, then read it.
    @Test(arguments: SocketFamily.allCases, [1, 2, 10, 4076, 4086, 4087, 10_000, 65_536])
    func loopsThatCountBytesEnd(_ family: SocketFamily, _ count: Int) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(count)
        peer.send([bytes[0]])
        #expect(try client.available() == 1)
        peer.send(Array(bytes[1...]))
        let end = host.wifi.now.advanced(by: .seconds(100))
        while try client.available() < count, host.wifi.now < end { try host.wifi.delay(.milliseconds(1)) }
        #expect(try client.available() == count)
        #expect(try client.read(count) == bytes)
    }

    @Test(arguments: SocketFamily.allCases, [1, 2, 4086, 10_000, 100_000])
    func waitsForANumberOfBytes(_ family: SocketFamily, _ count: Int) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(count + 1)
        peer.send(Array(bytes[..<count]))
        #expect(throws: WiFiError.timedOut(.read)) {
            try client.waitForBytes(.milliseconds(200), atLeast: count + 1)
        }
        #expect(try client.waitForBytes(.seconds(1), atLeast: count) == count)
        peer.send([bytes[count]])
        #expect(try client.read(exactly: count + 1) == bytes)
        // Fewer at the end of the stream.
        peer.send([1, 2])
        peer.finish()
        #expect(try client.waitForBytes(.seconds(100), atLeast: 3) == 2)
        #expect(throws: WiFiError.connectionEnded(available: 2)) { try client.read(exactly: 3) }
        #expect(try client.read(exactly: 2) == [1, 2])
        #expect(try !client.connected())
    }

    @Test func readsExactlyOverTLSToo() throws {
        let host = try Host()
        let ssl = WiFiSSLClient(host.wifi)
        #expect(throws: WiFiError.notConnected) { try ssl.read(exactly: 1) }
        #expect(throws: WiFiError.notConnected) { try ssl.waitForBytes(.seconds(1), atLeast: 2) }
    }

    /// Bytes in the buffer are read one by one without a command for each, even if IRQ is high for another socket.
    @Test func bufferedBytesCostNoCommands() throws {
        let host = try Host()
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        let (_, other) = try host.acceptedClient(server)
        peer.send(pattern(1000))
        other.send([1])
        #expect(try client.available() == 1000)
        let commands = try host.commands {
            for _ in 0..<1000 { _ = try client.read() }
        }
        #expect(commands == 0)
        peer.send(pattern(1000))
        #expect(try client.available() == 1000)
        let looks = try host.commands {
            for _ in 0..<1000 {
                _ = try client.available()
                _ = try client.read()
            }
        }
        #expect(looks < 20)
    }

    @Test(arguments: SocketFamily.allCases, [1, 100, 512])
    func buffersCanBeSmall(_ family: SocketFamily, _ size: Int) throws {
        let host = try Host(family: family)
        host.wifi.receiveSize = size
        host.wifi.readAheadLimit = 1000
        #expect(host.wifi.receiveSize == size && host.wifi.readAheadLimit == 1000)
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(5000)
        peer.send(bytes)
        #expect(try client.available() == size)
        let end = host.wifi.now.advanced(by: .seconds(10))
        while try client.available() < 1000, host.wifi.now < end { try host.wifi.delay(.milliseconds(2)) }
        #expect((1000..<1000 + size).contains(try client.available()))
        #expect(try client.read(exactly: 5000) == bytes)
    }
}
