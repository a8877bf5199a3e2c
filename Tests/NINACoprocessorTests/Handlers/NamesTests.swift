import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct NamesTests {
    private func lookUp(_ bench: DeviceHarness, _ name: String) throws -> (Int, [[UInt8]]) {
        (try bench.byte(0x34, Array(name.utf8)), try bench.ask(0x35))
    }

    @Test func looksUp() throws {
        let bench = try DeviceHarness()
        bench.network.hosts["box"] = DeviceHarness.outside
        #expect(try bench.ask(0x35) == [[0, 0, 0, 0]])
        #expect(try lookUp(bench, "box") == (1, [[10, 0, 0, 1]]))
        #expect(try lookUp(bench, "nowhere") == (0, [[255, 255, 255, 255]]))
        #expect(try lookUp(bench, "box\0") == (1, [[10, 0, 0, 1]]))
        #expect(try lookUp(bench, "") == (0, [[255, 255, 255, 255]]))
        #expect(try lookUp(bench, "192.168.1.2") == (1, [[192, 168, 1, 2]]))
    }

    @Test func needsAnAssociationForNamesOnly() throws {
        let bench = try DeviceHarness(joined: false)
        bench.network.hosts["box"] = DeviceHarness.outside
        #expect(try lookUp(bench, "box") == (0, [[255, 255, 255, 255]]))
        #expect(try lookUp(bench, "1.2.3.4") == (1, [[1, 2, 3, 4]]))
    }

    @Test func timesOut() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        bench.network.hosts["box"] = DeviceHarness.outside
        let start = bench.now
        #expect(try lookUp(bench, "box") == (0, [[255, 255, 255, 255]]))
        #expect(bench.milliseconds(since: start) == 5000)
        // The late result is not taken for the next look-up's.
        #expect(bench.start(DeviceHarness.window(0x34, [Array("other".utf8)])) == nil)
        let token = bench.device.device.context.lastToken
        bench.device.networkEvent(.resolved(token: token &- 1, DeviceHarness.outside))
        #expect(bench.finish() == nil)
        bench.device.networkEvent(.resolved(token: token, DeviceHarness.outside))
        #expect(bench.finish() == [0xE0, 0xB4, 0x01, 0x01, 0x01, 0xEE, 0x00, 0x00])
        #expect(try bench.ask(0x35) == [[10, 0, 0, 1]])
    }
}
