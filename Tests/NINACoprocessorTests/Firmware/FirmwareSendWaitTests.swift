import NINAWire
import Testing

@testable import NINACoprocessor

/// A SEND_DATA that waits for room: what begins its time again, and how it ends. Protocol/dialects.md, SEND_DATA.
@Suite(.timeLimit(.minutes(10))) struct FirmwareSendWaitTests {
    /// A connection whose peer has room for 100 bytes each time it has read; 350 bytes wait, of which 100 have been taken.
    private func waiting(_ firmware: Firmware) throws -> (DeviceHarness, Int, VirtualPeer) {
        let bench = try DeviceHarness.firmware(firmware)
        let (slot, peer) = try bench.servedClient(try bench.startedServer())
        bench.network.capacity = 100
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], Array(repeating: 7, count: 350)])) == nil)
        #expect(bench.finish() == nil)
        return (bench, slot, peer)
    }

    private func count(_ bench: DeviceHarness) throws -> Int {
        try DeviceHarness.number(DeviceHarness.parameters(of: #require(bench.finish()), 0x44))
    }

    /// 10 s in firmware 3.3.0; the others wait for ever, here as long as no host does.
    @Test(arguments: [(Firmware.adafruit330, 10), (.arduino200, 60), (.arduino148, 60)])
    func progressBeginsTheTimeAgain(_ firmware: Firmware, _ seconds: Int) throws {
        let (bench, _, peer) = try waiting(firmware)
        bench.pass(.seconds(seconds - 1))
        #expect(peer.read().count == 100)
        #expect(bench.finish() == nil)
        bench.pass(.seconds(seconds) - .milliseconds(1))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        #expect(try count(bench) == 200)
        #expect(peer.read().count == 100)
    }

    /// Bytes from the peer make no room.
    @Test func nothingElseBeginsItAgain() throws {
        let (bench, slot, peer) = try waiting(.adafruit330)
        bench.pass(.seconds(6))
        peer.send([1, 2])
        #expect(bench.finish() == nil)
        bench.pass(.seconds(4))
        #expect(try count(bench) == 100)
        #expect(try bench.read(slot) == [1, 2])
    }

    @Test(arguments: [Firmware.adafruit330, .arduino200])
    func itEndsWhenTheLastByteIsTaken(_ firmware: Firmware) throws {
        let (bench, slot, peer) = try waiting(firmware)
        #expect(peer.read().count == 100)
        #expect(peer.read().count == 100)
        #expect(bench.finish() == nil)
        #expect(peer.read().count == 100)
        #expect(try count(bench) == 350)
        #expect(peer.read().count == 50)
        #expect(bench.device.nextDeadline == nil)
        #expect(try bench.send(slot, [1]) == 1)
    }

    /// 3.3.0 answers what was taken before, the others that it has failed.
    @Test(arguments: [(Firmware.adafruit330, 200), (.arduino200, 0)])
    func itEndsWithTheConnection(_ firmware: Firmware, _ expected: Int) throws {
        let (bench, slot, peer) = try waiting(firmware)
        #expect(peer.read().count == 100)
        peer.reset()
        #expect(try count(bench) == expected)
        #expect(try bench.send(slot, [1]) == 0)
        #expect(try bench.state(slot) == 0)
        let (next, other) = try bench.servedClient(0)
        #expect(try bench.send(next, [9]) == 1)
        #expect(other.read() == [9], "nothing of the frame before")
    }
}
