import Glibc
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Servers of `WiFiModule`.
@Suite(.timeLimit(.minutes(10))) struct AsyncServerTests {
    @Test func clientsAreASequence() async throws {
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        let served = Task {
            var count = 0
            for await client in server.clients {
                count += 1
                try await client.println("number \(count)")
                await client.close()
            }
            return count
        }
        for number in 1...3 {
            let peer = try await host.peer(to: 7)
            #expect(try await peer.text(10) == "number \(number)\r\n")
        }
        try await host.waiting(1)
        await server.end()
        #expect(try await served.value == 3)
        #expect(await server.failure == nil)
        #expect(await host.error { () async throws(WiFiError) in _ = try await server.accept() } == .serverNotListening)
        #expect(await host.openSockets == 0)
    }

    /// A task that waits for a client hears of the end at once, not at its next look.
    @Test func theEndWakesWhoWaitsForAClient() async throws {
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        async let waiting = host.error { () async throws(WiFiError) in _ = try await server.accept() }
        try await host.waiting(1)
        await server.end()
        #expect(await host.module.waitingTasks == 0)
        #expect(await waiting == .serverNotListening)
    }

    @Test func servesEachClientInATask() async throws {
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        let serving = Task {
            try await server.serve { client in
                for try await line in client.lines { try await client.println(line) }
            }
        }
        let peers = [try await host.peer(to: 7), try await host.peer(to: 7), try await host.peer(to: 7)]
        // Each is answered while the others are silent.
        for peer in peers.reversed() {
            await peer.send("hello\nworld\r\n")
            #expect(try await peer.text(14) == "hello\r\nworld\r\n")
        }
        // A client that has ended its stream is answered and closed.
        await peers[0].send("last\n")
        await peers[0].finish()
        #expect(try await peers[0].text(6) == "last\r\n")
        try await host.until { await peers[0].isFinished }
        try await host.waiting(3)
        serving.cancel()
        #expect(await serving.result.failure == .cancelled)
        #expect(await host.openSockets == 0)
        #expect(await host.module.waitingTasks == 0)
    }

    /// Tasks that prefer the module's thread stay on it, others are never on it.
    @Test(arguments: [true, false]) func tasksRunWhereTheyPrefer(_ prefersModule: Bool) async throws {
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        let thread = await host.module.perform { _ in UInt(pthread_self()) }
        let serving = Task(executorPreference: prefersModule ? host.module.taskExecutor : nil) {
            try await server.serve { client in
                var isOnThread = [UInt(pthread_self()) == thread]
                while case let bytes = try await client.read(), !bytes.isEmpty {
                    isOnThread.append(UInt(pthread_self()) == thread)
                    try await client.writeAll(isOnThread.map { $0 ? 1 : 0 })
                }
            }
        }
        for _ in 0..<2 {
            let peer = try await host.peer(to: 7)
            await peer.send("a")
            #expect(try await peer.read(2) == (prefersModule ? [1, 1] : [0, 0]))
            await peer.send("b")
            #expect(try await peer.read(3) == (prefersModule ? [1, 1, 1] : [0, 0, 0]))
            await peer.finish()
            try await host.until { await peer.isFinished }
        }
        await server.end()
        try await serving.value
        #expect(await host.openSockets == 0)
    }

    @Test func whatOneClientThrowsIsItsOwn() async throws {
        struct Bad: Error {}
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        let (reports, reported) = AsyncStream.makeStream(of: Bool.self)
        let serving = Task {
            try await server.serve(reporting: { _, error in reported.yield(error is Bad) }) { client in
                for try await line in client.lines {
                    if line == "bad" { throw Bad() }
                    try await client.println(line)
                }
            }
        }
        let (one, other) = (try await host.peer(to: 7), try await host.peer(to: 7))
        await one.send("bad\n")
        for await isBad in reports {
            #expect(isBad)
            break
        }
        try await host.until { await one.isFinished }
        await other.send("good\n")
        #expect(try await other.text(6) == "good\r\n")
        // After end() the connected clients are still served.
        await server.end()
        await other.send("still here\n")
        #expect(try await other.text(12) == "still here\r\n")
        await other.finish()
        try await serving.value
        #expect(await host.openSockets == 0)
    }

    @Test func closingTheModuleEndsAllThatWaits() async throws {
        let host = try await AsyncHost()
        let (server, client, peer) = try await host.accepted()
        let socket = try await host.module.datagramSocket(port: 9)
        async let sequence = {
            for await _ in server.clients {}
            return await server.failure
        }()
        async let reading = host.error { () async throws(WiFiError) in _ = try await client.read() }
        async let receiving = host.error { () async throws(WiFiError) in _ = try await socket.receive() }
        try await host.waiting(3)
        await host.module.close()
        await host.module.close()
        let closed = LinkError(.closed, .idle)
        #expect(await sequence == .link(closed, nil))
        #expect(await reading == .link(closed, nil))
        #expect(await receiving == .link(closed, nil))
        #expect(await host.openSockets == 0)
        // So are bytes that arrive later.
        #expect(
            await host.error { () async throws(WiFiError) in try await client.print("hello") } == .link(closed, nil))
        #expect(
            await host.error { () async throws(WiFiError) in _ = try await host.module.listen(port: 1) }
                == .link(closed, nil))
        await client.close()
        await server.end()
        #expect(await peer.isFinished)
    }

    @Test func handlesThatNobodyHasAreClosed() async throws {
        let host = try await AsyncHost()
        do {
            let (_, client, _) = try await host.accepted()
            let socket = try await host.module.datagramSocket(port: 9)
            #expect(client.socket != socket.socket)
        }
        try await host.until { await host.openSockets == 0 }
    }

    @Test func clientsWaitForASlot() async throws {
        let host = try await AsyncHost { $0.slots = 2 }
        let (server, first, _) = try await host.accepted()
        let second = try await host.peer(to: 80)
        async let next = server.accept()
        try await host.waiting(1)
        await first.close()
        try await next.print("your turn")
        #expect(try await second.text(9) == "your turn")
    }

    @Test func aServerWhoseModuleFailsHasEnded() async throws {
        let host = try await AsyncHost()
        let server = try await host.module.listen(port: 7)
        let sequence = Task {
            for await _ in server.clients {}
            return await server.failure
        }
        try await host.waiting(1)
        await host.link { $0.commandsLeft = 0 }
        let fault = try #require(await sequence.value)
        guard case .link(let error, _) = fault else { throw fault }
        // Without replies the library resets the module, which ends the server.
        #expect(error.kind == .restarted)
    }
}

extension Result {
    /// The error as a `WiFiError`.
    var failure: WiFiError? {
        guard case .failure(let error) = self else { return nil }
        return error as? WiFiError
    }
}
