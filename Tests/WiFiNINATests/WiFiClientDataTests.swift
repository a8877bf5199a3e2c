import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// The bytes of `WiFiClient` all arrive, once and in order, with few commands.
@Suite(.timeLimit(.minutes(10))) struct WiFiClientDataTests {
    @Test(
        arguments: SocketFamily.allCases,
        [0, 1, 4075, 4076, 4077, 4085, 4086, 4087, 8171, 8172, 8173, 12_228, 12_258, 20_000])
    func readsIntoBuffersOfAnySize(_ family: SocketFamily, _ count: Int) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        for size in [1, 4075, 4076, 4085, 4086, 4087, 8172, 9000] { try reads(pattern(count), size, client, peer) }
    }

    private func reads(_ bytes: [UInt8], _ size: Int, _ client: WiFiClient, _ peer: VirtualPeer) throws {
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

    @Test(arguments: SocketFamily.allCases) func leavesTheRestOfTheBufferAlone(_ family: SocketFamily) throws {
        let host = try Host(family: family)
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

    /// The last byte can be peeked at repeatedly, and is then read once.
    @Test(arguments: SocketFamily.allCases) func peeksAtTheLastByte(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([7, 8])
        #expect(try client.read() == 7)
        for _ in 0..<3 { #expect(try client.peek() == 8) }
        #expect(try client.available() == 1)
        #expect(try client.read() == 8)
        #expect(try client.peek() == nil)
        peer.send([9])
        #expect(try client.peek() == 9)
        #expect(try client.read(10) == [9])
    }

    @Test(arguments: SocketFamily.allCases) func readsByEachCall(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        #expect(try client.available() == 0)
        #expect(try client.read() == nil)
        #expect(try client.peek() == nil)
        #expect(try client.read(10) == [])
        let bytes = pattern(10_000)
        peer.send(bytes)
        #expect(try client.available() == host.longestReceive)
        #expect(try client.peek() == bytes[0])
        var read: [UInt8] = []
        for _ in 0..<100 { read.append(try #require(try client.read())) }
        read += try client.read(5000)
        #expect(try client.peek() == bytes[5100])
        while let byte = try client.read() { read.append(byte) }
        #expect(read == bytes)
    }

    @Test(arguments: SocketFamily.allCases) func readsWithFewCommands(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(10 * host.longestReceive)
        peer.send(bytes)
        var buffer = [UInt8](repeating: 0, count: bytes.count)
        var commands = try host.commands { _ = try client.read(into: &buffer) }
        #expect(commands == 10)
        #expect(buffer == bytes)
        peer.send(pattern(4000))
        commands = try host.commands { for _ in 0..<4000 { _ = try client.read() } }
        #expect(commands == 1)
        // Nothing has arrived: IRQ is low, and the module is polled at intervals only. IRQ does not cover BSD sockets.
        guard family == .classic else { return }
        commands = try host.commands { for _ in 0..<100 { _ = try client.available() } }
        #expect(commands <= 1)
    }

    @Test(arguments: SocketFamily.allCases) func keepsWhatCameBeforeAFailure(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let two = 2 * host.longestReceive
        let opcode = family == .bsd ? Opcode.bsdRecv : .getDatabuf
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(10_000)
        peer.send(bytes)
        var buffer = [UInt8](repeating: 0, count: 10_000)
        host.link.commandsLeft = 2
        #expect(try client.read(into: &buffer) == two)
        #expect(Array(buffer[..<two]) == Array(bytes[..<two]))
        #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), opcode)) {
            try client.read(into: &buffer)
        }
        host.link.commandsLeft = nil
        #expect(try client.read(into: &buffer) == 10_000 - two)
        #expect(Array(buffer[..<(10_000 - two)]) == Array(bytes[two...]))
    }

    // MARK: Writing

    @Test(arguments: SocketFamily.allCases, [0, 1, 4082, 4083, 4084, 8166, 8167, 30_000])
    func writes(_ family: SocketFamily, _ count: Int) throws {
        let host = try Host(family: family)
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

    /// The capacity of the network in memory, and the frame that the module buffers for a slot.
    private func room(_ family: SocketFamily) -> Int { family == .bsd ? 10_000 : 4083 * 3 }

    @Test(arguments: SocketFamily.allCases) func tellsHowMuchWasTaken(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.network.capacity = 10_000
        let (client, peer) = try host.acceptedClient(try host.server())
        let bytes = pattern(40_000)
        let count = try client.write(bytes)
        #expect(count == room(family))
        #expect(try client.write(bytes[count...]) == 0)
        #expect(try client.connected())
        var received: [UInt8] = []
        var written = count
        var rounds = Rounds(10_000)
        while received.count < bytes.count, rounds.next() {
            received += peer.read()
            if written < bytes.count { written += try client.write(bytes[written...]) }
        }
        #expect(received == bytes)
    }

    @Test(arguments: SocketFamily.allCases) func writeAllTimesOut(_ family: SocketFamily) throws {
        let host = try Host(family: family)
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
        #expect(peer.read() == Array(pattern(40_000)[..<room(family)]))
    }

    @Test(arguments: SocketFamily.allCases) func tellsHowMuchWasTakenBeforeTheEnd(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.network.capacity = 10_000
        let (client, peer) = try host.acceptedClient(try host.server())
        #expect(try client.write(pattern(9000)) == 9000)
        peer.reset()
        #expect(throws: WiFiError.connectionClosed(written: 0)) { try client.write([1]) }
        #expect(client.socket == .unavailable)
        #expect(host.network.openSockets == 1)
    }

    @Test(arguments: SocketFamily.allCases) func aPeerThatHasEndedItsStreamIsWrittenTo(_ family: SocketFamily) throws {
        let host = try Host(family: family)
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
