import NINAWire
import Testing

@testable import NINACoprocessor

/// Deadlines set by an event count from the event, not from the last call.
@Suite(.timeLimit(.minutes(10))) struct DeadlineTests {
    @Test func anIdleTimeoutCountsFromTheLastByte() throws {
        let bench = try DeviceHarness(storage: MemoryStorage())
        let server = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
        #expect(bench.start(DeviceHarness.window(0x64, [Array("http://10.0.0.1/".utf8), Array("page".utf8)])) == nil)
        #expect(bench.finish() == nil)
        let peer = try #require(server.accepted.first)
        for _ in 0..<3 {
            // Less than the timeout of 10 seconds, each time.
            bench.now = bench.now.advanced(by: .seconds(9))
            peer.send(Array("H".utf8))
            #expect(bench.finish() == nil)
        }
        bench.now = bench.now.advanced(by: .milliseconds(9999))
        #expect(bench.finish() == nil)
        bench.now = bench.now.advanced(by: .milliseconds(1))
        #expect(bench.finish() != nil)
    }

    @Test func aListenerRestsFromTheConnectionThatItCouldNotTake() throws {
        let bench = try DeviceHarness { $0.firmware = .arduino148 }
        let server = try bench.server()
        bench.now = bench.now.advanced(by: .seconds(60))
        bench.network.isOutOfResources = true
        let peer = try #require(bench.network.connect(to: 80))
        bench.network.isOutOfResources = false
        let retry = try #require(bench.device.nextDeadline)
        #expect(retry == bench.now.advanced(by: .milliseconds(100)))
        bench.pass(.milliseconds(100))
        peer.send([7])
        #expect(try bench.available(server) == 1)
    }
}

/// A server's list holds 64 clients without a slot; more wait in the listener's accept queue.
@Suite(.timeLimit(.minutes(10))) struct WaitingLimitTests {
    @Test func clientsBeyondTheListAreHandedOutToo() throws {
        let bench = try DeviceHarness { $0.backlog = 128 }
        let server = try bench.server()
        let peers = (0..<70).compactMap { _ in bench.network.connect(to: 80) }
        #expect(peers.count == 70)
        // Silent clients fill the list; nothing more is taken from the accept queue.
        #expect(try bench.available(server) == 255)
        for number in 0..<70 {
            let slot = try bench.accept(server)
            #expect(slot == 1, "client \(number)")
            #expect(try bench.stop(slot) == 1)
            #expect(peers[number].isFinished)
        }
        #expect(try bench.accept(server) == 255)
        #expect(!bench.device.interrupt)
    }
}
