import NINALink
import NINAWire
import TestSupport

/// A module that replies at random: well-formed replies with any values, too many bytes, refusals, damaged
/// replies, noise, and sometimes nothing. Time is virtual.
final class HostileLink: Link {
    private var filler: RandomFiller
    private(set) var now = MonotonicInstant(nanoseconds: 1_000_000)
    /// How many of a thousand replies are malformed, and how many are missing.
    var rates = (damaged: 0, missing: 0)
    /// Replies so far.
    private(set) var replies = 0
    /// The remaining budget of events before the running call must have ended.
    var patience = 0

    init(seed: UInt64) { filler = RandomFiller(random: SplitMix64(seed: seed)) }

    private func below(_ limit: UInt64) -> UInt64 { filler.random.next() >> 16 % limit }

    private func happens(_ perMille: Int) -> Bool { below(1000) < perMille }

    /// Counts an event; ends a call that would not end.
    private func happen() throws(LinkError) {
        patience -= 1
        if patience <= 0 { throw LinkError(.closed, .idle, "the call does not end") }
    }

    func interruptLevel() throws(LinkError) -> Bool {
        try happen()
        return below(2) == 0
    }

    func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try happen()
        guard happens(900) else { throw LinkError(.timedOut, .boot) }
    }

    func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try happen()
        now = max(now, deadline)
    }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try happen()
        guard below(4) == 0 else { return true }
        now = max(now, deadline)
        return false
    }

    func close() {}

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try happen()
        if happens(rates.missing) { try fail(.readyForCommand, deadline) }
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try happen()
        if happens(rates.missing) { try fail(.reply, deadline) }
        replies += 1
        now = now.advanced(byNanoseconds: 100_000)
        filler.isPlausible = below(2) == 0
        var maker = ReplyMaker(filler: filler)
        var reply = opcode.accept(&maker)
        filler = maker.filler
        if happens(rates.damaged) { damage(&reply) }
        return reply[...]
    }

    private func fail(_ phase: LinkError.Phase, _ deadline: MonotonicInstant) throws(LinkError) {
        switch below(4) {
        case 0: throw LinkError(.restarted, phase)
        case 1: throw LinkError(.violation, phase)
        default:
            now = max(now, deadline)
            throw LinkError(.timedOut, phase)
        }
    }

    private func damage(_ reply: inout [UInt8]) {
        switch below(5) {
        case 0: reply = [Frame.error, 0, Frame.end]
        case 1: reply = filler.randomBytes(Int(below(40)))
        case 2: reply.removeLast(min(reply.count, 1 + Int(below(8))))
        default:
            guard !reply.isEmpty else { return }
            reply[Int(below(UInt64(reply.count)))] ^= 1 << UInt8(below(8))
        }
    }
}

private struct ReplyMaker: CommandVisitor {
    var filler: RandomFiller

    mutating func visit<C: Command>(_ command: C.Type) -> [UInt8] {
        let forms = C.Reply.forms
        var reply = forms[Int(filler.random.next() >> 16 & 0xFFFF) % forms.count]
        filler.fill(&reply)
        var writer = FrameWriter()
        try? writer.writeReply(reply, to: C.self)
        return writer.frame
    }
}
