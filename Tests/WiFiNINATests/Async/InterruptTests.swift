import NINACoprocessor
import NINALink
import Testing

@testable import WiFiNINA

/// IRQ wakes a task before the time at which it would look by itself.
@Suite(.timeLimit(.minutes(10))) struct InterruptTests {
    @Test func interruptWakesAReaderBeforeItsTime() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        // Its own time never comes.
        async let waiting: Void = host.module.suspend(.activity, client.id, until: .distantFuture)
        try await host.waiting(1)
        await peer.send([1])
        try await host.until { await host.module.waitingTasks == 0 }
        try await waiting
        #expect(try await client.read() == [1])
    }

    /// What only waits for a time is left alone.
    @Test func interruptWakesNobodyWhoWaitsForATime() async throws {
        let host = try await AsyncHost()
        let (_, client, peer) = try await host.accepted()
        let sleeping = Task { try await host.module.suspend(.time, nil, until: .distantFuture) }
        try await host.waiting(1)
        async let reading = client.read()
        try await host.waiting(2)
        await peer.send([1])
        #expect(try await reading == [1])
        #expect(await host.module.waitingTasks == 1)
        sleeping.cancel()
        #expect(await sleeping.result.failure == .cancelled)
    }
}
