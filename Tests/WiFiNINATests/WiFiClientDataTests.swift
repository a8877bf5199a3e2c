import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// The bytes of `WiFiClient`: all arrive, once, in order, with few commands.
@Suite struct WiFiClientDataTests {
    @Test(arguments: [0, 1, 4085, 4086, 4087, 8171, 8172, 8173, 12_258, 20_000], [1, 4085, 4086, 4087, 8172, 9000])
    func readsIntoBuffersOfAnySize(_ count: Int, _ size: Int) throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(count)
        peer.send(bytes)
        var buffer = [UInt8](repeating: 0xA5, count: size)
        var read: [UInt8] = []
        while case let taken = try client.read(into: &buffer), taken > 0 {
            #expect(taken == min(size, bytes.count - read.count))
            read += buffer[..<taken]
        }
        #expect(read == bytes)
        #expect(buffer.count == size)
        #expect(try client.read() == nil)
    }

    @Test func leavesTheRestOfTheBufferAlone() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([1, 2, 3])
        var buffer = [UInt8](repeating: 9, count: 5)
        #expect(try client.read(into: &buffer) == 3)
        #expect(buffer == [1, 2, 3, 9, 9])
        peer.send([4])
        var none: [UInt8] = []
        #expect(try client.read(into: &none) == 0)
        #expect(try client.read(0) == [])
        #expect(try client.read(-1) == [])
        #expect(try client.read(Int.min) == [])
        #expect(try client.read(Int.max) == [4])
    }

    @Test func readsByEachCall() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        #expect(try client.available() == 0)
        #expect(try client.read() == nil)
        #expect(try client.peek() == nil)
        #expect(try client.read(10) == [])
        let bytes = pattern(10_000)
        peer.send(bytes)
        #expect(try client.available() == 4086)
        #expect(try client.peek() == bytes[0])
        var read: [UInt8] = []
        for _ in 0..<100 { read.append(try #require(try client.read())) }
        read += try client.read(5000)
        #expect(try client.peek() == bytes[5100])
        while let byte = try client.read() { read.append(byte) }
        #expect(read == bytes)
    }

    @Test func readsWithFewCommands() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send(pattern(40_860))
        var buffer = [UInt8](repeating: 0, count: 40_860)
        var commands = try host.commands { _ = try client.read(into: &buffer) }
        #expect(commands == 10)
        #expect(buffer == pattern(40_860))
        peer.send(pattern(4000))
        commands = try host.commands { for _ in 0..<4000 { _ = try client.read() } }
        #expect(commands == 1)
        // Nothing is there: IRQ is low, and the chip is asked at intervals only.
        commands = try host.commands { for _ in 0..<100 { _ = try client.available() } }
        #expect(commands <= 1)
    }

    @Test func keepsWhatCameBeforeAFailure() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(10_000)
        peer.send(bytes)
        var buffer = [UInt8](repeating: 0, count: 10_000)
        host.link.commandsLeft = 2
        #expect(try client.read(into: &buffer) == 8172)
        #expect(Array(buffer[..<8172]) == Array(bytes[..<8172]))
        #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), .getDatabuf)) {
            try client.read(into: &buffer)
        }
        host.link.commandsLeft = nil
        #expect(try client.read(into: &buffer) == 1828)
        #expect(Array(buffer[..<1828]) == Array(bytes[8172...]))
    }

    // MARK: Writing

    @Test(arguments: [0, 1, 4082, 4083, 4084, 8166, 8167, 30_000])
    func writes(_ count: Int) throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        var written = 0
        let commands = try host.commands { written = try client.write(pattern(count)) }
        #expect(written == count)
        #expect(commands == (count + 4082) / 4083)
        #expect(peer.read() == pattern(count))
        #expect(try client.write(7) == 1)
        try client.print("Grüße")
        #expect(peer.read() == [7] + Array("Grüße".utf8))
    }

    @Test func tellsHowMuchWasTaken() throws {
        let host = try Host()
        host.network.capacity = 10_000
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(40_000)
        let count = try client.write(bytes)
        // What fits, and the frame the chip holds.
        #expect(count == 4083 * 3)
        #expect(try client.write(bytes[count...]) == 0)
        #expect(try client.connected())
        var received: [UInt8] = []
        var written = count
        while received.count < bytes.count {
            received += peer.read()
            if written < bytes.count { written += try client.write(bytes[written...]) }
        }
        #expect(received == bytes)
    }

    @Test func writeAllTimesOut() throws {
        let host = try Host()
        host.network.capacity = 10_000
        let (client, peer) = try host.acceptedClient(try host.server())
        let time = host.milliseconds {
            #expect(throws: WiFiError.timedOut(.write)) {
                try client.writeAll(pattern(40_000), timeout: .seconds(2))
            }
        }
        #expect((2000...2210).contains(time))
        #expect(try client.connected())
        try client.stop()
        #expect(peer.read() == Array(pattern(40_000)[..<(4083 * 3)]))
    }

    @Test func tellsHowMuchWasTakenBeforeTheEnd() throws {
        let host = try Host()
        host.network.capacity = 10_000
        let (client, peer) = try host.acceptedClient(try host.server())
        #expect(try client.write(pattern(9000)) == 9000)
        peer.reset()
        #expect(throws: WiFiError.connectionClosed(written: 0)) { try client.write([1]) }
        #expect(client.socket == .unavailable)
        #expect(host.network.openSockets == 1)
    }

    @Test func aPeerThatHasEndedItsStreamIsWrittenTo() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([1])
        peer.finish()
        #expect(try client.read() == 1)
        try client.writeAll(pattern(20_000))
        #expect(peer.read() == pattern(20_000))
        try client.stop()
        #expect(peer.isFinished)
    }
}
