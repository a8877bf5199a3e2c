import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct PingTests {
    @Test func tellsTheTimeOfTheAnswer() throws {
        let bench = try DeviceHarness()
        bench.network.echoTimes[IPv4Address(10, 0, 0, 1)] = 300
        #expect(try bench.ping(.loopback) == 5)
        #expect(try bench.ping(IPv4Address(10, 0, 0, 1)) == 300)
        #expect(try bench.ping(.loopback, ttl: 0) == 5)
        let reply = try bench.exchange([0xE0, 0x3E, 0x02, 0x04, 127, 0, 0, 1, 0x01, 0x80, 0xEE, 0x00])
        #expect(reply == [0xE0, 0xBE, 0x01, 0x02, 0x05, 0x00, 0xEE, 0x00])
    }

    @Test func endsAfterFiveSeconds() throws {
        let bench = try DeviceHarness()
        let start = bench.now
        #expect(try bench.ping(IPv4Address(10, 0, 0, 77)) == -1)
        #expect(bench.milliseconds(since: start) == 5000)
        // A late echo reply is ignored.
        bench.device.networkEvent(.echoed(token: bench.device.device.context.lastToken, milliseconds: 7))
        #expect(try bench.ping(.loopback) == 5)
    }

    @Test func answersOfOthersAreNotTaken() throws {
        let bench = try DeviceHarness()
        let window: [UInt8] = [0xE0, 0x3E, 0x02, 0x04, 10, 0, 0, 77, 0x01, 0x80, 0xEE, 0x00]
        #expect(bench.start(window) == nil)
        bench.device.networkEvent(.echoed(token: bench.device.device.context.lastToken &- 1, milliseconds: 1))
        #expect(bench.finish() == nil)
        bench.device.networkEvent(.echoed(token: bench.device.device.context.lastToken, milliseconds: nil))
        #expect(bench.finish() == [0xE0, 0xBE, 0x01, 0x02, 0xFF, 0xFF, 0xEE, 0x00])
    }

    @Test func failsAtOnceWithoutANetwork() throws {
        let bench = try DeviceHarness(joined: false)
        let start = bench.now
        #expect(try bench.ping(.loopback) == -1)
        #expect(bench.now == start)
    }

    /// What happens to a connection neither ends the wait for an answer nor is lost by it.
    @Test func aConnectionGoesOnMeanwhile() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        let window: [UInt8] = [0xE0, 0x3E, 0x02, 0x04, 10, 0, 0, 77, 0x01, 0x80, 0xEE, 0x00]
        #expect(bench.start(window) == nil)
        let token = bench.device.device.context.lastToken
        peer.send([1, 2])
        #expect(bench.finish() == nil)
        bench.device.networkEvent(.echoed(token: token, milliseconds: 9))
        #expect(bench.finish() == [0xE0, 0xBE, 0x01, 0x02, 0x09, 0x00, 0xEE, 0x00])
        #expect(try bench.read(slot) == [1, 2])
        #expect(try bench.send(slot, [3]) == 1)
        #expect(peer.read() == [3])
        #expect(try bench.state(slot) == 4)
    }
}
