import NINAWire
import Testing

@testable import NINACoprocessor

/// SEND_DATA to a peer that reads a little at a time: each byte taken begins the wait anew. Protocol/dialects.md, SEND_DATA.
@Suite(.timeLimit(.minutes(10))) struct FirmwareTrickleTests {
    private let frame = (0..<4000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test(arguments: [(Firmware.adafruit330, 10), (.arduino200, 60), (.arduino148, 60)])
    func progressBeginsTheWaitAnew(_ firmware: Firmware, _ seconds: Int) throws {
        for isGivenUp in [false, true] {
            let bench = try DeviceHarness.firmware(firmware)
            let (slot, peer) = try bench.servedClient(try bench.startedServer())
            bench.network.capacity = 1000
            #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], frame])) == nil)
            var received: [UInt8] = []
            for _ in 0..<(isGivenUp ? 2 : 3) {
                bench.pass(.milliseconds(1000 * seconds - 1))
                #expect(bench.finish() == nil)
                received += peer.read()
            }
            if isGivenUp {
                bench.pass(.milliseconds(1000 * seconds - 1))
                #expect(bench.finish() == nil)
                bench.pass(.milliseconds(1))
            }
            let reply = try #require(bench.finish())
            let count = try DeviceHarness.number(DeviceHarness.parameters(of: reply, 0x44))
            received += peer.read()
            #expect(count == (isGivenUp ? 3000 : 4000))
            #expect(received == Array(frame[..<count]))
        }
    }
}
