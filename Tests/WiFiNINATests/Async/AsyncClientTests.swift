import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// Virtual time may run far ahead of a test that waits for the processor on a busy machine.
private let unhurried = Duration.seconds(1_000_000)

/// Connections of `WiFiModule`.
@Suite(.timeLimit(.minutes(10))) struct AsyncClientTests {
    @Test func readsWhatComes() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        async let first = client.read()
        try await host.waiting(1)
        await peer.send("hello")
        #expect(try await first == Array("hello".utf8))
        await peer.send(pattern(10_000))
        var bytes = try await client.read(3)
        #expect(bytes.count == 3)
        var rounds = Rounds(10_000)
        while bytes.count < 10_000, rounds.next() { bytes += try await client.read() }
        #expect(bytes == pattern(10_000))
        #expect(try await client.remoteIP() == .loopback)
        await peer.finish()
        #expect(try await client.read() == [])
        #expect(try await client.read() == [])
        // The coprocessor has closed the connection in both directions.
        #expect(
            await host.error { () async throws(WiFiError) in try await client.print("x") }
                == .connectionClosed(written: 0))
        await client.close()
        #expect(
            await host.error { () async throws(WiFiError) in _ = try await client.read() }
                == .staleHandle(client.socket))
    }

    @Test func cancellationEndsAWaitAndLosesNothing() async throws {
        let host = try await AsyncHost()
        let (server, client, peer) = try await host.accepted()
        await peer.send("half a line")
        let reading = Task { try await client.readLine() }
        let accepting = Task { try await server.accept() }
        try await host.waiting(2)
        reading.cancel()
        #expect(await reading.result.failure == .cancelled)
        accepting.cancel()
        #expect(await accepting.result.failure == .cancelled)
        #expect(await host.module.waitingTasks == 0)
        await peer.send(", and the rest\n")
        #expect(try await client.readLine() == "half a line, and the rest")
        // In a task that is already cancelled nothing starts, except closing.
        let late = Task {
            try? await Task.sleep(for: .seconds(1_000_000))
            let errors = [
                await host.error { () async throws(WiFiError) in try await client.print("never") },
                await host.error { () async throws(WiFiError) in _ = try await host.module.listen(port: 1) },
                await host.error { () async throws(WiFiError) in try await host.module.begin("open-net") },
            ]
            await client.close()
            return errors
        }
        late.cancel()
        #expect(await late.value == [.cancelled, .cancelled, .cancelled])
        #expect(await peer.isFinished)
        #expect(await peer.read() == [])
    }

    @Test func waitsHaveDeadlines() async throws {
        let host = try await AsyncHost { _ in }
        let (_, client, peer) = try await host.accepted()
        let silent = await host.error { () async throws(WiFiError) in _ = try await client.read(timeout: .seconds(1)) }
        #expect(silent == .timedOut(.read))
        await peer.send("no end")
        let line = await host.error { () async throws(WiFiError) in
            _ = try await client.readLine(timeout: .milliseconds(300))
        }
        #expect(line == .timedOut(.read))
        #expect(try await client.read() == Array("no end".utf8))
        await host.world { $0.capacity = 1000 }
        let full = await host.error { () async throws(WiFiError) in
            try await client.writeAll(pattern(20_000), timeout: .seconds(2))
        }
        #expect(full == .timedOut(.write))
    }

    @Test func closingEndsTheWaitsOfOthers() async throws {
        let host = try await AsyncHost()
        let (_, client, _) = try await host.accepted()
        async let error = host.error { () async throws(WiFiError) in _ = try await client.read() }
        try await host.waiting(1)
        await client.close()
        #expect(await error == .staleHandle(client.socket))
    }

    @Test func findsEndsAndResets() async throws {
        let host = try await AsyncHost()
        let (server, client, peer) = try await host.accepted()
        async let bytes = client.read()
        try await host.waiting(1)
        await peer.finish()
        #expect(try await bytes == [])
        let other = try await host.peer(to: 80)
        let second = try await server.accept()
        async let line = second.readLine()
        try await host.waiting(1)
        await other.reset()
        #expect(try await line == nil)
    }

    // MARK: Writing

    @Test func aWriterThatMustWaitHoldsUpNobody() async throws {
        let host = try await AsyncHost()
        let (server, slow, peer) = try await host.accepted()
        let other = try await host.peer(to: 80)
        let quick = try await server.accept()
        await host.world { $0.capacity = 2000 }
        let bytes = pattern(50_000)
        async let writing: Void = slow.writeAll(bytes, timeout: unhurried)
        try await host.waiting(1)
        for number in 0..<20 {
            await other.send("line \(number)\n")
            #expect(try await quick.readLine() == "line \(number)")
        }
        #expect(try await peer.read(bytes.count) == bytes)
        try await writing
    }

    @Test func writesOfSeveralTasksDoNotMix() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await host.world { $0.capacity = 3000 }
        let texts = (0..<6).map { [UInt8](repeating: UInt8($0), count: 9000) }
        let (_, bytes) = try await withThrowingTaskGroup(of: Void.self) { group in
            for text in texts { group.addTask { try await client.writeAll(text, timeout: unhurried) } }
            let bytes = try await peer.read(6 * 9000)
            try await group.waitForAll()
            return ((), bytes)
        }
        for start in stride(from: 0, to: bytes.count, by: 9000) {
            #expect(Set(bytes[start..<start + 9000]).count == 1)
        }
        #expect(Set(bytes).count == 6)
    }

    @Test func aCancelledWriterLetsTheNextOneWrite() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        await host.world { $0.capacity = 1000 }
        let first = Task { try await client.writeAll(pattern(20_000), timeout: unhurried) }
        try await host.waiting(1)
        let second = Task { try await client.writeAll(pattern(20_000), timeout: unhurried) }
        let third = Task { try await client.print("third", timeout: unhurried) }
        try await host.waiting(3)
        second.cancel()
        #expect(await second.result.failure == .cancelled)
        first.cancel()
        #expect(await first.result.failure == .cancelled)
        var bytes: [UInt8] = []
        try await host.until {
            bytes += await peer.read()
            return bytes.suffix(5) == Array("third".utf8)
        }
        try await third.value
    }

    @Test func closingTheModuleEndsAWriteInItsMiddle() async throws {
        for _ in 0..<10 {
            let host = try await AsyncHost()
            let (_, client, peer) = try await host.accepted()
            await host.world { $0.capacity = .max }
            // Without an end: this task might otherwise be done before the other one goes on.
            let writing = Task {
                while true { try await client.writeAll([UInt8](repeating: 1, count: 50_000), timeout: unhurried) }
            }
            _ = try await peer.read(1)
            await host.module.close()
            let failure = await writing.result.failure
            #expect(failure == .link(LinkError(.closed, .idle), nil))
        }
    }

    @Test func writesSomething() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        #expect(try await client.write([]) == 0)
        #expect(try await client.write(Array("hello".utf8)) == 5)
        #expect(try await peer.text(5) == "hello")
        let bytes = pattern(30_000)
        let count = try await client.write(bytes)
        #expect(count > 0 && count < bytes.count)
        #expect(try await peer.read(count) == Array(bytes[..<count]))
    }

    @Test func connects() async throws {
        let host = try await AsyncHost()
        let address = Host.address
        let listener = await host.world { UncheckedListener($0.listen(at: Endpoint(address: address, port: 7))) }
        let client = try await host.module.connect(to: .address(address), port: 7)
        try await client.print("hello")
        #expect(await host.world { _ in listener.value.accepted[0].read() } == Array("hello".utf8))
        let refused = await host.error { () async throws(WiFiError) in
            _ = try await host.module.connect(to: "nowhere", port: 7)
        }
        #expect(refused == .connectFailed)
    }

    /// GET_SOCKET and the command that takes the slot run in one turn, also where the firmware reserves nothing.
    @Test(arguments: [Firmware.modern, .arduino200]) func noSocketIsGivenToTwo(_ firmware: Firmware) async throws {
        let host = try await AsyncHost { $0.firmware = firmware }
        let address = Host.address
        let listener = await host.world { UncheckedListener($0.listen(at: Endpoint(address: address, port: 7))) }
        for _ in 0..<10 {
            let clients = try await withThrowingTaskGroup(of: WiFiModule.Client.self) { group in
                for _ in 0..<8 { group.addTask { try await host.module.connect(to: .address(address), port: 7) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(clients.map(\.socket.rawValue)).count == 8)
            for (number, client) in clients.enumerated() { try await client.print("\(number)") }
            let texts = await host.world { _ in
                listener.value.accepted.suffix(8).map { String(decoding: $0.read(), as: UTF8.self) }
            }
            #expect(Set(texts) == Set((0..<8).map { "\($0)" }))
            for client in clients { await client.close() }
        }
    }

    /// The time of each call that writes, when the program names none.
    @Test func writesWaitThirtySeconds() async throws {
        let host = try await AsyncHost()
        await host.world { $0.capacity = 1000 }
        let server = try await host.module.listen(port: 80)
        let text = String(repeating: "x", count: 5000)
        let calls: [@Sendable (WiFiModule.Client) async throws -> Void] = [
            { while try await $0.write(text.utf8) > 0 {} }, { try await $0.writeAll(text.utf8) },
            { try await $0.print(text) }, { try await $0.println(text) },
        ]
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            for call in calls {
                let peer = try await host.peer(to: 80)
                let client = try await server.accept()
                group.addTask {
                    let start = await host.module.perform { $0.now }
                    await #expect(throws: WiFiError.timedOut(.write)) { try await call(client) }
                    _ = peer
                    return await host.module.perform { $0.now }.nanoseconds(since: start) / 1_000_000
                }
            }
            for try await time in group { #expect(time >= 30_000) }
        }
    }

    // MARK: The cost

    /// Without a waiting task nothing is queried; with one, several times a second.
    @Test func waitsCostLittle() async throws {
        let host = try await AsyncHost()
        let (server, client, _) = try await host.accepted()
        let before = await host.module.perform { $0.commandCount }
        for _ in 0..<100 { await Task.yield() }
        #expect(await host.module.perform { $0.commandCount } == before)
        _ = await host.error { () async throws(WiFiError) in _ = try await client.read(timeout: .seconds(10)) }
        let count = await host.module.perform { $0.commandCount } - before
        #expect(count < 150, "\(count) commands in 10 seconds")
        #expect(await server.failure == nil)
    }
}

/// Accessed on the module's thread only.
private struct UncheckedListener: @unchecked Sendable {
    let value: VirtualListener
    init(_ value: VirtualListener) { self.value = value }
}
