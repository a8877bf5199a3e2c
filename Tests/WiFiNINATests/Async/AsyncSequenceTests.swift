import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// Lines, bytes and datagrams as sequences, and the rest of `WiFiModule`.
@Suite(.timeLimit(.minutes(10))) struct AsyncSequenceTests {
    @Test func linesEndInTwoWays() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await peer.send("one\ntwo\r\n\n\r\nr\rr\r\r\n\u{FC}\nlast\r")
        await peer.finish()
        var lines: [String] = []
        for try await line in client.lines { lines.append(line) }
        #expect(lines == ["one", "two", "", "", "r\rr\r", "\u{FC}", "last\r"])
        #expect(try await client.readLine() == nil)
    }

    @Test func aLineThatIsTooLongIsThrownAway() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await peer.send("12345678\n12345678\r\n123456789\nnext\n" + String(repeating: "x", count: 9000))
        let read = { () async throws(WiFiError) in try await client.readLine(limit: 8) }
        #expect(try await read() == "12345678")
        #expect(try await read() == "12345678")
        let tooLong = WiFiError.lineTooLong(limit: 8)
        #expect(await host.error { () async throws(WiFiError) in _ = try await read() } == tooLong)
        #expect(try await read() == "next")
        #expect(await host.error { () async throws(WiFiError) in _ = try await read() } == tooLong)
        await peer.send("xxx\nlast but one\n12345678\n123456789")
        #expect(await host.error { () async throws(WiFiError) in _ = try await read() } == tooLong)
        #expect(try await read() == "12345678")
        await peer.finish()
        #expect(await host.error { () async throws(WiFiError) in _ = try await read() } == tooLong)
        #expect(try await read() == nil)
    }

    /// The lines do not depend on the pieces.
    @Test func linesDoNotDependOnPieces() async throws {
        var random = SplitMix64(seed: testSeed())
        for _ in 0..<20 {
            let lines = (0..<30).map { _ in
                String(repeating: "ab\r", count: Int.random(in: 0...40, using: &random)) + "."
            }
            var rest = Array((lines.joined(separator: "\n") + "\r\n").utf8)[...]
            let host = try await AsyncHost()
            let (_, client, peer) = try await host.accepted()
            async let received = client.lines(limit: 200).reduce(into: []) { $0.append($1) }
            while !rest.isEmpty {
                let count = Int.random(in: 1...300, using: &random)
                await peer.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                for _ in 0..<Int.random(in: 0...20, using: &random) { await Task.yield() }
            }
            await peer.finish()
            #expect(try await received == lines)
            await host.module.close()
        }
    }

    @Test func bytesThatALoopHasNotTakenStay() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await peer.send("head:a line\nthe rest")
        var head: [UInt8] = []
        for try await byte in client.bytes {
            if byte == UInt8(ascii: ":") { break }
            head.append(byte)
        }
        #expect(head == Array("head".utf8))
        #expect(try await client.readLine() == "a line")
        #expect(try await client.read() == Array("the rest".utf8))
        await peer.send(pattern(20_000))
        await peer.finish()
        var bytes: [UInt8] = []
        for try await byte in client.bytes { bytes.append(byte) }
        #expect(bytes == pattern(20_000))
    }

    /// Two loops share the sequence: nothing is lost or duplicated.
    @Test func loopsShareBytes() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await peer.send(pattern(30_000))
        await peer.finish()
        let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var counts = [Int](repeating: 0, count: 256)
                    for try await byte in client.bytes { counts[Int(byte)] += 1 }
                    return counts
                }
            }
            return try await group.reduce([Int](repeating: 0, count: 256)) { zip($0, $1).map(+) }
        }
        var expected = [Int](repeating: 0, count: 256)
        for byte in pattern(30_000) { expected[Int(byte)] += 1 }
        #expect(counts == expected)
    }

    @Test func datagrams() async throws {
        let host = try await AsyncHost()
        let socket = try await host.module.datagramSocket(port: 9)
        let remote = Endpoint(address: Host.address, port: 5000)
        let receiving = Task {
            for try await datagram in socket.datagrams {
                try await socket.send(.init(datagram.bytes.reversed(), to: datagram.address, port: datagram.port))
            }
        }
        for number in UInt8(1)...20 {
            await host.world { _ = $0.send([number, 2, 3], toPort: 9, from: remote) }
            try await host.until { await host.world { $0.datagrams.count } == Int(number) }
        }
        #expect(await host.world { $0.datagrams[19].bytes } == [3, 2, 20])
        #expect(await host.world { $0.datagrams[19].remote } == remote)
        receiving.cancel()
        #expect(await receiving.result.failure == .cancelled)
        let late = await host.error { () async throws(WiFiError) in _ = try await socket.receive(timeout: .seconds(1)) }
        #expect(late == .timedOut(.read))
        await socket.close()
        #expect(
            await host.error { () async throws(WiFiError) in _ = try await socket.receive() }
                == .staleHandle(socket.socket))
        #expect(await host.openSockets == 0)
    }

    // MARK: The module

    @Test func everythingElseIsPerformed() async throws {
        let host = try await AsyncHost()
        let count = try await host.module.perform { wifi throws(WiFiError) in try wifi.scanNetworks() }
        #expect(count == 2)
        #expect(try await host.module.status() == .connected)
        #expect(try await host.module.localIP() == IPv4Address(127, 1, 0, 1))
    }

    @Test func joiningHasADeadline() async throws {
        let host = try await AsyncHost()
        let error = await host.error { () async throws(WiFiError) in
            try await host.module.begin("lab-net", passphrase: "correct-horse", timeout: .milliseconds(1))
        }
        #expect(error == .timedOut(.join))
        let wrong = await host.error { () async throws(WiFiError) in
            try await host.module.begin("lab-net", passphrase: "wrong-horse")
        }
        #expect(wrong == .joinFailed(.connectFailed))
    }

    /// Eight tasks with a connection each: all bytes arrive whole and in order.
    @Test func manyTasks() async throws {
        let host = try await AsyncHost { $0.slots = 10 }
        let server = try await host.module.listen(port: 7)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: WiFiError.cancelled) {
                    try await server.serve { client in
                        while case let bytes = try await client.read(), !bytes.isEmpty {
                            try await client.writeAll(bytes)
                        }
                    }
                }
            }
            await withTaskGroup(of: Void.self) { peers in
                for number in 0..<8 {
                    peers.addTask {
                        do {
                            let peer = try await host.peer(to: 7)
                            for round in 0..<10 {
                                let bytes = pattern(1 + 997 * round, number)
                                await peer.send(bytes)
                                #expect(try await peer.read(bytes.count) == bytes)
                            }
                            await peer.finish()
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            group.cancelAll()
        }
        #expect(await host.openSockets == 0)
    }

    @Test func aLineMayBeOfAnyLength() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await peer.send("one\nand a part")
        #expect(try await client.readLine(limit: .max) == "one")
        #expect(
            await host.error { () throws(WiFiError) in _ = try await client.readLine(limit: .max, timeout: .seconds(1))
            }
                == .timedOut(.read))
        await peer.finish()
        #expect(try await client.readLine(limit: .max) == "and a part")
    }
}
