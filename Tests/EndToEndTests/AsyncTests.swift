import TestPeers
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

/// `WiFiModule` on the sockets of an emulator process.
@Suite(.serialized, .ownThreads, .timeLimit(.minutes(10))) struct AsyncTests {
    private static let clients = 6

    @Test func echoesLinesOfManyClients() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let address = try await module.localIP()
        let server = try await module.listen(port: 8007)
        let serving = Task.onOwnThreads {
            try await server.serve { client in
                for try await line in client.lines { try await client.print(line + "\n") }
            }
        }
        let heard = try await inThread {
            try Threads.run(Self.clients) { number in
                let peer = try TCPPeer(address, port: 8007)
                var random = SplitMix64(seed: UInt64(number))
                var said: [UInt8] = []
                for line in 0..<200 {
                    said += Array(
                        "\(number) says \(line) \(String(repeating: "-", count: random.size(bits: 9)))\n".utf8)
                }
                let came = try peer.exchange(said, receiving: said.count, random: random)
                return came == said
            }
        }
        for result in heard { #expect(try result.get()) }
        serving.cancel()
        #expect(await serving.result.failure == .cancelled)
        // All slots are free again: as many connections and one more server fit.
        let echo = try EchoPeer()
        var open: [WiFiModule.Client] = []
        for _ in 0..<9 { open.append(try await module.connect(to: .loopback, port: echo.port)) }
        _ = try await module.listen(port: 8008)
        for client in open { await client.close() }
        echo.end()
        await module.close()
    }

    @Test func cancelsInTheMiddleOfAWait() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let address = try await module.localIP()
        let server = try await module.listen(port: 8007)
        let peer = try await inThread { Unchecked(try TCPPeer(address, port: 8007)) }
        let client = try await server.accept()
        for round in 0..<20 {
            let reading = Task.onOwnThreads { try await client.readLine() }
            let accepting = Task.onOwnThreads { try await server.accept() }
            try await module.untilWaiting(2)
            reading.cancel()
            accepting.cancel()
            #expect(await reading.result.failure == .cancelled)
            #expect(await accepting.result.failure == .cancelled)
            try peer.value.send(Array("round \(round)\n".utf8))
            #expect(try await client.readLine() == "round \(round)")
        }
        #expect(await module.waitingTasks == 0)
        await client.close()
        #expect(try await inThread { try peer.value.read() } == [])
        await module.close()
    }

    @Test func clientsThatGoEndTheirOwnWaitsOnly() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let address = try await module.localIP()
        let server = try await module.listen(port: 8007)
        let peers = try await inThread { try (0..<3).map { _ in Unchecked(try TCPPeer(address, port: 8007)) } }
        var clients: [UInt16: WiFiModule.Client] = [:]
        for _ in 0..<3 {
            let client = try await server.accept()
            clients[try await client.remotePort()] = client
        }
        let first = try #require(clients[peers[0].value.port])
        let second = try #require(clients[peers[1].value.port])
        let third = try #require(clients[peers[2].value.port])
        async let ended = first.read()
        async let broken = second.read()
        async let line = third.readLine()
        try await module.untilWaiting(3)
        peers[0].value.close()
        try peers[1].value.reset()
        peers[1].value.close()
        #expect(try await ended == [])
        #expect(try await broken == [])
        try peers[2].value.send(Array("still here\n".utf8))
        #expect(try await line == "still here")
        await module.close()
    }

    /// The emulator is killed: every waiting call ends with an error that says so, and the thread ends.
    @Test func aModuleThatDiesEndsAllWaits() async throws {
        let emulator = try EmulatorUnderTest()
        weak var thread: LinkThread?
        do {
            let opened = try emulator.transport.openThread()
            thread = opened
            let module = WiFiModule(on: opened)
            let server = try await module.listen(port: 8007)
            let socket = try await module.datagramSocket(port: 8008)
            let sequence = Task.onOwnThreads {
                for await _ in server.clients {}
                return await server.failure
            }
            let receiving = Task.onOwnThreads { try await socket.receive() }
            try await module.untilWaiting(2)
            _ = try emulator.end(Signals.kill)
            for error in [await sequence.value, await receiving.result.failure] {
                guard case .link(let fault, _) = try #require(error) else { throw try #require(error) }
                #expect(fault.kind == .closed)
            }
            await module.close()
        }
        // It retains itself while it runs.
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while thread != nil, MonotonicClock.nanoseconds() < deadline { await Task.yield() }
        #expect(thread == nil)
    }

    /// A module without references ends its thread and its coprocessor.
    @Test func aModuleWithoutReferencesEnds() async throws {
        let emulator = try EmulatorUnderTest()
        do {
            let module = try await emulator.module()
            _ = try await module.listen(port: 8007)
        }
        #expect(try emulator.logs("is off"))
    }

    /// A slow command delays the module's tasks, and blocks none of Swift's threads.
    @Test func commandsBlockNoThreadOfSwift() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let silent = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 1)
        try TCPSocket.dropNewConnections(silent.rawValue, true)
        let port = try TCPSocket.localEndpoint(silent.rawValue).port
        let ended = SharedCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Far more tasks than Swift has threads.
            for _ in 0..<64 {
                group.addTask {
                    await #expect(throws: WiFiError.connectFailed) {
                        _ = try await module.connect(to: .loopback, port: port, timeout: .milliseconds(40))
                    }
                    ended.add(1)
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { await Task.yield() }
                    #expect(ended.value < 64, "other tasks ran only after all connects")
                }
            }
            try await group.waitForAll()
        }
        await module.close()
    }

    @Test func waitingCostsNoProcessorTime() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let server = try await module.listen(port: 8007)
        let before = await module.perform { $0.commandCount }
        let accepting = Task.onOwnThreads { try await server.accept() }
        try await module.untilWaiting(1)
        try await Task.sleep(for: .seconds(2))
        let asked = await module.perform { $0.commandCount } - before
        #expect(asked < 60, "\(asked) commands while nothing happens")
        accepting.cancel()
        _ = await accepting.result
        await module.close()
    }
}

/// A resource that one task or thread holds at a time.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

extension Result {
    /// The error as a `WiFiError`.
    var failure: WiFiError? {
        guard case .failure(let error) = self else { return nil }
        return error as? WiFiError
    }
}
