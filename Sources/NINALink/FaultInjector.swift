import NINAWire

/// A link that wraps another and injects faults at configurable rates, reproducibly for a given seed.
public final class FaultInjector: Link {
    /// The probability of each fault, in 1/65536 per window.
    public struct Rates: Equatable, Sendable {
        /// A byte of the command is left out.
        public var dropsCommandByte: UInt16 = 0
        /// A bit of the command is flipped.
        public var flipsCommandBit: UInt16 = 0
        /// A byte of the reply is left out.
        public var dropsReplyByte: UInt16 = 0
        /// A byte of the reply is duplicated.
        public var duplicatesReplyByte: UInt16 = 0
        /// A bit of the reply is flipped.
        public var flipsReplyBit: UInt16 = 0
        /// READY stays high before a command until the deadline: the command fails.
        public var holdsReady: UInt16 = 0
        /// READY stays high after a command until the deadline: the reply is not read.
        public var hidesReady: UInt16 = 0
        /// READY reads low although the command is still running: the host reads zeros, and its next command window
        /// clocks out the reply instead.
        public var showsReadyEarly: UInt16 = 0
        /// The coprocessor restarts before the reply is read, and the link reports the restart.
        public var restarts: UInt16 = 0
        /// The coprocessor restarts in the middle of the reply, and the link does not report it.
        public var restartsInReply: UInt16 = 0
        /// The coprocessor disappears permanently.
        public var vanishes: UInt16 = 0

        /// No faults.
        public init() {}

        /// Every fault at the same rate, except `vanishes`, which would end the test.
        public init(each rate: UInt16) {
            dropsCommandByte = rate
            flipsCommandBit = rate
            dropsReplyByte = rate
            duplicatesReplyByte = rate
            flipsReplyBit = rate
            holdsReady = rate
            hidesReady = rate
            showsReadyEarly = rate
            restarts = rate
            restartsInReply = rate
        }
    }

    /// The rates; they may change while the link is in use.
    public var rates: Rates
    /// When not nil, overrides the IRQ level that the host sees.
    public var stuckInterrupt: Bool?
    /// Number of faults injected so far.
    public private(set) var faults = 0
    /// How many of these damaged a command: the device may have run a different one.
    public private(set) var damagedCommands = 0
    private let link: any Link
    private var random: SplitMix64
    private var damaged: [UInt8] = []
    /// The host has missed a queued reply: its next command window reads it instead of sending the command.
    private var isOneBehind = false
    /// No reply is queued for the next read.
    private var isNothingQueued = false
    private var isGone = false

    /// Wraps a link. With all rates 0 it changes nothing.
    public init(_ link: any Link, rates: Rates = Rates(), seed: UInt64) {
        self.link = link
        self.rates = rates
        random = SplitMix64(seed: seed)
    }

    private func happens(_ rate: UInt16) -> Bool {
        guard rate > 0, UInt16(truncatingIfNeeded: random.next() >> 16) < rate else { return false }
        faults += 1
        return true
    }

    private func position(in bytes: some Collection<UInt8>) -> Int { Int(random.next() % UInt64(bytes.count)) }

    private func randomBit() -> UInt8 { 1 << UInt8(random.next() & 7) }

    /// The time on the inner link's clock.
    public var now: MonotonicInstant { link.now }

    /// The inner link's descriptor.
    public var activityDescriptor: Int32? { link.activityDescriptor }

    /// The inner link's interrupter.
    public var interrupter: (@Sendable () -> Void)? { link.interrupter }

    /// The inner link's level, or ``stuckInterrupt``.
    public func interruptLevel() throws(LinkError) -> Bool {
        try requirePresence(.idle)
        let level = try link.interruptLevel()
        return stuckInterrupt ?? level
    }

    private func requirePresence(_ phase: LinkError.Phase) throws(LinkError) {
        if isGone { throw LinkError(.closed, phase, "injected") }
    }

    /// Forwards to the inner link.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try requirePresence(.boot)
        isOneBehind = false
        isNothingQueued = false
        try link.reset(until: deadline)
    }

    /// Forwards to the inner link, with faults.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        if !isGone, happens(rates.vanishes) {
            isGone = true
            link.close()
        }
        try requirePresence(.readyForCommand)
        if happens(rates.holdsReady) {
            try link.sleep(until: deadline)
            throw LinkError(.timedOut, .readyForCommand, "injected")
        }
        if isOneBehind {
            isOneBehind = false
            isNothingQueued = true
            return
        }
        isNothingQueued = false
        damaged.removeAll(keepingCapacity: true)
        damaged.append(contentsOf: frame)
        if happens(rates.dropsCommandByte), !damaged.isEmpty { damaged.remove(at: position(in: damaged)) }
        if happens(rates.flipsCommandBit), !damaged.isEmpty { damaged[position(in: damaged)] ^= randomBit() }
        if damaged != frame { damagedCommands += 1 }
        try link.sendCommand(damaged, until: deadline)
    }

    /// Forwards to the inner link, with faults.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try requirePresence(.reply)
        if isNothingQueued || happens(rates.showsReadyEarly) {
            isOneBehind = !isNothingQueued
            isNothingQueued = false
            return []
        }
        if happens(rates.restarts) {
            try link.reset(until: deadline)
            throw LinkError(.restarted, .reply, "injected")
        }
        if happens(rates.hidesReady) {
            try link.sleep(until: deadline)
            throw LinkError(.timedOut, .reply, "injected")
        }
        var reply = try link.receiveReply(expecting: opcode, until: deadline)
        if happens(rates.restartsInReply), !reply.isEmpty {
            reply.removeLast(reply.count - position(in: reply))
            try link.reset(until: deadline)
            return reply
        }
        if happens(rates.dropsReplyByte), !reply.isEmpty { reply.remove(at: reply.startIndex + position(in: reply)) }
        if happens(rates.duplicatesReplyByte), !reply.isEmpty {
            let index = reply.startIndex + position(in: reply)
            reply.insert(reply[index], at: index)
        }
        if happens(rates.flipsReplyBit), !reply.isEmpty {
            reply[reply.startIndex + position(in: reply)] ^= randomBit()
        }
        return reply
    }

    /// Waits on the inner link; a level stuck low times out, one stuck high returns at once.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try requirePresence(.idle)
        switch stuckInterrupt {
        case true?: return true
        case false?:
            try link.sleep(until: deadline)
            return false
        case nil: return try link.waitForInterrupt(until: deadline)
        }
    }

    /// Forwards to the inner link.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) { try link.sleep(until: deadline) }

    /// Forwards to the inner link.
    public func close() { link.close() }
}

/// A small deterministic random number generator (SplitMix64; Steele, Lea and Flood, 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Makes a generator.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
