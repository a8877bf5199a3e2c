import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ScanTests {
    @Test func scans() throws {
        let bench = try DeviceHarness(joined: false)
        let start = bench.now
        #expect(try bench.byte(0x36) == 1)
        #expect(try bench.ask(0x27) == [Array("lab-net".utf8), Array("open-net".utf8)])
        #expect(bench.milliseconds(since: start) == 30)
        #expect(try bench.byte(0x20) == 2)
        #expect(try bench.ask(0x32, [0]) == [[0xCC, 0xFF, 0xFF, 0xFF]])
        #expect(try bench.ask(0x33, [0]) == [[4]])
        #expect(try bench.ask(0x33, [1]) == [[7]])
        #expect(try bench.ask(0x3C, [1]) == [[0x02, 0xBB, 0xAA, 0x00, 0x00, 0x02]])
        #expect(try bench.ask(0x3D, [1]) == [[11]])
    }

    @Test(arguments: [2, 10, 255] as [UInt8])
    func isNeutralBeyondTheEnd(_ index: UInt8) throws {
        let bench = try DeviceHarness()
        #expect(try bench.ask(0x32, [index]) == [[0, 0, 0, 0]])
        #expect(try bench.ask(0x33, [index]) == [[7]])
        #expect(try bench.ask(0x3C, [index]) == [[0, 0, 0, 0, 0, 0]])
        #expect(try bench.ask(0x3D, [index]) == [[0]])
    }

    @Test func keepsTheConnection() throws {
        let bench = try DeviceHarness()
        _ = try bench.ask(0x27)
        #expect(try bench.byte(0x20) == 3)
    }

    @Test func reportsTenNetworksAtMost() throws {
        let bench = try DeviceHarness(joined: false) { configuration in
            configuration.networks = (0..<12).map {
                RadioNetwork(ssid: String(repeating: "x", count: 32 - $0), bssid: .zero)
            }
        }
        #expect(try bench.ask(0x27).count == 10)
    }
}
