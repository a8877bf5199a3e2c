import NINAWire
import Synchronization
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct SystemTests {
    /// A wall clock controlled by the test.
    private final class Wall: Sendable {
        private let time: Mutex<UInt64>
        init(_ seconds: UInt64) { time = Mutex(seconds) }
        func turn(to seconds: UInt64) { time.withLock { $0 = seconds } }
        var clock: WallClock { WallClock { [self] in time.withLock { $0 } } }
    }

    private func time(_ bench: DeviceHarness) throws -> Int { try bench.byte(0x3B) }

    private func setTime(_ bench: DeviceHarness, _ seconds: UInt32) throws -> Int {
        try bench.byte(0x5F, (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (8 * $0)) })
    }

    @Test func tellsItsVersion() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.ask(0x37) == [Array("3.5.0\0".utf8)])
        #expect(try bench.ask(0x37, [0xFF]) == [Array("3.5.0\0".utf8)])
        #expect(try bench.ask(0x5E)[0].prefix(3) == [3, 5, 0])
    }

    @Test func tellsItsTemperature() throws {
        let bench = try DeviceHarness(joined: false)
        let bits = UInt32(try bench.byte(0x1B))
        #expect(Float(bitPattern: bits) == 53.333332)
    }

    @Test func withoutAClockTheTimeIsUnknown() throws {
        #expect(try time(try DeviceHarness()) == 0)
    }

    @Test func theTimeIsKnownFromTheFirstJoinOn() throws {
        let wall = Wall(1_700_000_000)
        let bench = try DeviceHarness(joined: false) { $0.wallClock = wall.clock }
        #expect(try time(bench) == 0)
        _ = try bench.byte(0x11, Array("lab-net".utf8), Array("wrong".utf8))
        bench.pass(.milliseconds(30))
        #expect(try time(bench) == 0)
        // A join suffices, whether or not the time was queried.
        try bench.join()
        #expect(try bench.byte(0x30) == 1)
        #expect(try time(bench) == 1_700_000_000)
        wall.turn(to: 1_700_000_005)
        #expect(try time(bench) == 1_700_000_005)
        #expect(try bench.exchange([0xE0, 0x3B, 0x00, 0xEE]).prefix(4) == [0xE0, 0xBB, 0x01, 0x04])
        bench.reset()
        #expect(try time(bench) == 0)
    }

    @Test func aNetworkMayBeSlowToTellTheTime() throws {
        let wall = Wall(0)
        let bench = try DeviceHarness { $0.wallClock = wall.clock }
        #expect(try time(bench) == 0)
        wall.turn(to: 1_700_000_000)
        #expect(try time(bench) == 1_700_000_000)
    }

    @Test func hostsSetTheTime() throws {
        let wall = Wall(0)
        let bench = try DeviceHarness(joined: false) { $0.wallClock = wall.clock }
        #expect(try setTime(bench, 1000) == 0)
        #expect(try time(bench) == 1000)
        bench.pass(.milliseconds(2900))
        #expect(try time(bench) == 1002)
        // Later events of the network do not change it.
        wall.turn(to: 1_700_000_000)
        try bench.join()
        #expect(try time(bench) == 1002)
        #expect(try setTime(bench, .max) == 0)
        #expect(try time(bench) == Int(UInt32.max))
        // The reply has 32 bits: the time wraps.
        bench.pass(.seconds(2))
        #expect(try time(bench) == 1)
        bench.reset()
        #expect(try time(bench) == 0)
    }

    @Test func timesThatDoNotFitDoNotTrap() throws {
        let wall = Wall(.max)
        let bench = try DeviceHarness { $0.wallClock = wall.clock }
        #expect(try time(bench) == Int(UInt32.max))
    }
}
