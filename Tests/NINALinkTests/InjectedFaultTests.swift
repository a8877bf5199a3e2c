import NINALink
import NINAWire
import Testing

/// What each fault does to a window, seen at the link inside.
@Suite(.timeLimit(.minutes(10))) struct InjectedFaultTests {
    /// A link that keeps what it is given, and answers with the same bytes.
    private final class EchoLink: Link {
        private(set) var now = MonotonicInstant(nanoseconds: 0)
        private(set) var frames: [[UInt8]] = []
        private(set) var resets = 0
        private(set) var replies = 0
        var level = false
        static let reply: [UInt8] = [0xE0, 0xA0, 1, 1, 3, 0xEE]

        func interruptLevel() throws(LinkError) -> Bool { level }
        func reset(until deadline: MonotonicInstant) throws(LinkError) { resets += 1 }
        func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool { level }
        func sleep(until deadline: MonotonicInstant) throws(LinkError) { now = deadline }
        func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) { frames.append(frame) }
        func close() {}

        func receiveReply(
            expecting opcode: Opcode, until deadline: MonotonicInstant
        ) throws(LinkError) -> ArraySlice<UInt8> {
            replies += 1
            // A slice that does not begin at 0.
            return ([7, 7] + Self.reply)[2...]
        }
    }

    private static let frame: [UInt8] = [0xE0, 0x20, 0x00, 0xEE]
    private let link = EchoLink()
    private var soon: MonotonicInstant { link.now.advanced(by: .seconds(1)) }

    private func injector(_ seed: UInt64 = 1, _ set: (inout FaultInjector.Rates) -> Void) -> FaultInjector {
        var rates = FaultInjector.Rates()
        set(&rates)
        return FaultInjector(link, rates: rates, seed: seed)
    }

    /// Whether one array is the other without one of its bytes.
    private func lacksOne(_ bytes: some Collection<UInt8>, of whole: [UInt8]) -> Bool {
        whole.indices.contains { index in
            var copy = whole
            copy.remove(at: index)
            return bytes.elementsEqual(copy)
        }
    }

    private func differentBits(_ bytes: some Collection<UInt8>, _ other: [UInt8]) -> Int {
        zip(bytes, other).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }

    @Test func commandsAreDamaged() throws {
        for seed in 1...50 as ClosedRange<UInt64> {
            var injector = injector(seed) { $0.dropsCommandByte = .max }
            try injector.sendCommand(Self.frame, until: soon)
            #expect(lacksOne(try #require(link.frames.last), of: Self.frame))
            #expect(injector.faults == 1 && injector.damagedCommands == 1)
            injector = self.injector(seed) { $0.flipsCommandBit = .max }
            try injector.sendCommand(Self.frame, until: soon)
            let flipped = try #require(link.frames.last)
            #expect(flipped.count == Self.frame.count && differentBits(flipped, Self.frame) == 1)
            #expect(injector.faults == 1 && injector.damagedCommands == 1)
        }
        // There is nothing to damage in a window without bytes.
        let injector = injector {
            $0.dropsCommandByte = .max
            $0.flipsCommandBit = .max
        }
        try injector.sendCommand([], until: soon)
        #expect(link.frames.last == [] && injector.damagedCommands == 0)
    }

    @Test func repliesAreDamaged() throws {
        for seed in 1...50 as ClosedRange<UInt64> {
            var injector = injector(seed) { $0.dropsReplyByte = .max }
            #expect(lacksOne(try injector.receiveReply(expecting: .getConnStatus, until: soon), of: EchoLink.reply))
            injector = self.injector(seed) { $0.duplicatesReplyByte = .max }
            let longer = Array(try injector.receiveReply(expecting: .getConnStatus, until: soon))
            #expect(lacksOne(EchoLink.reply, of: longer))
            #expect(zip(longer, longer.dropFirst()).contains { $0 == $1 })
            injector = self.injector(seed) { $0.flipsReplyBit = .max }
            let flipped = try injector.receiveReply(expecting: .getConnStatus, until: soon)
            #expect(flipped.count == EchoLink.reply.count && differentBits(flipped, EchoLink.reply) == 1)
            #expect(injector.faults == 1 && injector.damagedCommands == 0)
        }
    }

    /// The module restarts in the middle of a reply: its start arrives, and never all of it.
    @Test func aReplyIsCutByARestart() throws {
        var lengths: Set<Int> = []
        for seed in 1...100 as ClosedRange<UInt64> {
            let injector = injector(seed) { $0.restartsInReply = .max }
            let reply = try injector.receiveReply(expecting: .getConnStatus, until: soon)
            #expect(EchoLink.reply.starts(with: reply))
            lengths.insert(reply.count)
        }
        #expect(lengths == Set(0..<EchoLink.reply.count))
        #expect(link.resets == 100)
    }

    /// READY that is low too early: no reply, then a window that the module takes as the reading of it, then again none.
    @Test func aReplyMayBeOneWindowBehind() throws {
        let injector = injector { $0.showsReadyEarly = .max }
        try injector.sendCommand(Self.frame, until: soon)
        #expect(try injector.receiveReply(expecting: .getConnStatus, until: soon).isEmpty)
        injector.rates = FaultInjector.Rates()
        #expect(link.frames.count == 1 && link.replies == 0)
        try injector.sendCommand(Self.frame, until: soon)
        #expect(link.frames.count == 1, "the window reads the late reply")
        #expect(try injector.receiveReply(expecting: .getConnStatus, until: soon).isEmpty)
        #expect(link.replies == 0)
        try injector.sendCommand(Self.frame, until: soon)
        #expect(link.frames.count == 2)
        #expect(try Array(injector.receiveReply(expecting: .getConnStatus, until: soon)) == EchoLink.reply)
        #expect(injector.faults == 1)
    }

    @Test func aResetPutsTheWindowsInStep() throws {
        let injector = injector { $0.showsReadyEarly = .max }
        try injector.sendCommand(Self.frame, until: soon)
        _ = try injector.receiveReply(expecting: .getConnStatus, until: soon)
        injector.rates = FaultInjector.Rates()
        try injector.reset(until: soon)
        #expect(link.resets == 1)
        try injector.sendCommand(Self.frame, until: soon)
        #expect(link.frames.count == 2)
        #expect(try Array(injector.receiveReply(expecting: .getConnStatus, until: soon)) == EchoLink.reply)
    }

    /// READY that stays high takes the whole time of the call.
    @Test func waitingForReadyTakesAllTheTime() throws {
        var injector = injector { $0.holdsReady = .max }
        var end = soon
        #expect(throws: LinkError(.timedOut, .readyForCommand)) { try injector.sendCommand(Self.frame, until: end) }
        #expect(injector.now == end && link.frames.isEmpty)
        injector = self.injector { $0.hidesReady = .max }
        end = soon
        #expect(throws: LinkError(.timedOut, .reply)) {
            _ = try injector.receiveReply(expecting: .getConnStatus, until: end)
        }
        #expect(injector.now == end && link.replies == 0)
        injector = self.injector { $0.restarts = .max }
        #expect(throws: LinkError(.restarted, .reply)) {
            _ = try injector.receiveReply(expecting: .getConnStatus, until: soon)
        }
        #expect(link.resets == 1 && link.replies == 0)
    }

    @Test func withoutRatesLevelsPassToo() throws {
        let injector = injector { _ in }
        for level in [true, false] {
            link.level = level
            #expect(try injector.interruptLevel() == level)
            #expect(try injector.waitForInterrupt(until: soon) == level)
        }
        let end = soon
        try injector.sleep(until: end)
        #expect(injector.now == end && injector.faults == 0)
    }

    /// All rates but the one that ends a test.
    @Test func oneRateForAllFaults() {
        let rates = FaultInjector.Rates(each: 7)
        #expect(rates.vanishes == 0)
        #expect(
            [
                rates.dropsCommandByte, rates.flipsCommandBit, rates.dropsReplyByte, rates.duplicatesReplyByte,
                rates.flipsReplyBit, rates.holdsReady, rates.hidesReady, rates.showsReadyEarly, rates.restarts,
                rates.restartsInReply,
            ] == Array(repeating: 7, count: 10))
    }

    /// The first numbers of the published generator, for the seeds 0 and 1234567.
    @Test func theNumbersAreSplitMix64s() {
        var zero = SplitMix64(seed: 0)
        #expect(
            (0..<3).map { _ in zero.next() } == [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F])
        var other = SplitMix64(seed: 1_234_567)
        #expect((0..<2).map { _ in other.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
    }
}
