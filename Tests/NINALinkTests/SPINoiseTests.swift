import NINALink
import NINAWire
import TestSupport
import Testing

/// Wires that return arbitrary bytes.
@Suite(.timeLimit(.minutes(5))) struct SPINoiseTests {
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

/// READY is correct, and random bytes follow the beginning of a reply.
private final class NoisyBus: SPIBus {
    private var random: SplitMix64
    var head: [UInt8] = []
    var reads = 0
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
    func close() {}

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
