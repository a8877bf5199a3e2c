import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// Wires that return arbitrary bytes.
@Suite(.timeLimit(.minutes(10))) struct SPINoiseTests {
    /// A reply is clocked only as far as its own lengths require, and never beyond a frame's limit.
    @Test func noiseHasAnEnd() throws {
        let bus = NoisyBus(seed: testSeed("noiseHasAnEnd"))
        let link = try SPILink(bus: bus, until: .distantFuture)
        for round in 0..<100_000 {
            let opcode = Opcode.allCases[round % Opcode.allCases.count]
            bus.head = [[], [Frame.start], [Frame.start, opcode.replyByte], [Frame.error]][round / 7 % 4]
            bus.reads = 0
            try link.sendCommand([Frame.start, opcode.byte, 0, Frame.end], until: .distantFuture)
            let reply = try link.receiveReply(expecting: opcode, until: .distantFuture)
            try #require(reply.count <= Frame.limit + 16, "\(opcode)")
            try #require(bus.reads < 600, "\(opcode)")
        }
    }
}

/// The ends of a link over wires.
@Suite(.timeLimit(.minutes(10))) struct SPIBoundaryTests {
    private let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
    private let link: SPILink<VirtualWires>

    init() throws { link = try SPILink(bus: wires, until: MonotonicInstant(nanoseconds: 5_000_000_000)) }

    private func in10Seconds() -> MonotonicInstant { link.now.advanced(by: .seconds(10)) }

    /// A module that does not respond to chip select is given one second, however long the call may take.
    @Test func selectIsBoundedUnderALongerDeadline() throws {
        wires.faults.ignoresSelect = true
        let start = link.now
        #expect(throws: LinkError(.timedOut, .select)) {
            try link.sendCommand([0xE0, 0x20, 0x00, 0xEE], until: in10Seconds())
        }
        #expect(link.now.nanoseconds(since: start) == 1_000_000_000)
        // A shorter deadline is kept.
        let again = link.now
        #expect(throws: LinkError(.timedOut, .select)) {
            try link.sendCommand([0xE0, 0x20, 0x00, 0xEE], until: again.advanced(by: .milliseconds(300)))
        }
        #expect(link.now.nanoseconds(since: again) == 300_000_000)
    }

    /// At most 16 bytes are skipped before a reply, as ``SPILink`` says.
    @Test(arguments: 0...20) func sixteenBytesOfNoiseAreSkipped(_ count: Int) throws {
        wires.faults.noise = [UInt8](repeating: 0xFF, count: count)
        try link.sendCommand([0xE0, 0x37, 0x00, 0xEE], until: in10Seconds())
        let reply = try link.receiveReply(expecting: .getFwVersion, until: in10Seconds())
        #expect((reply.first == Frame.start) == (count <= 16))
    }

    @Test func nothingIsDoneAfterClose() throws {
        let bus = NoisyBus(seed: 1)
        let link = try SPILink(bus: bus, until: .distantFuture)
        link.close()
        let start = link.now
        #expect(throws: LinkError(.closed, .idle)) { try link.sleep(until: start.advanced(by: .seconds(1))) }
        #expect(link.now == start)
        link.close()
        #expect(bus.closes == 1)
    }
}

/// READY is correct, and random bytes follow the beginning of a reply.
private final class NoisyBus: SPIBus {
    private var random: SplitMix64
    var head: [UInt8] = []
    var reads = 0
    private(set) var closes = 0
    var hertz: UInt32 = 8_000_000
    private(set) var now = MonotonicInstant(nanoseconds: 0)
    let hasInterruptLine = false
    let hasResetLine = false

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    func sleep(until deadline: MonotonicInstant) throws(LinkError) { now = max(now, deadline) }
    func select(_ isSelected: Bool) throws(LinkError) {}
    func write(_ bytes: [UInt8]) throws(LinkError) {}
    func waitForReadyHigh(until deadline: MonotonicInstant) throws(LinkError) -> Bool { true }
    func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool { true }
    func interruptLevel() throws(LinkError) -> Bool { false }
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool { false }
    func holdReset(_ isHeld: Bool) throws(LinkError) {}
    func endBoot() throws(LinkError) {}
    func close() { closes += 1 }

    func read(_ count: Int, into bytes: inout [UInt8]) throws(LinkError) {
        reads += 1
        for _ in 0..<count {
            // Small numbers are more frequent: plausible lengths, and many parameters.
            let bits = random.next()
            let byte = UInt8(truncatingIfNeeded: bits >> 8) >> (bits & 1 == 0 ? 0 : 5)
            bytes.append(head.isEmpty ? byte : head.removeFirst())
        }
    }
}
