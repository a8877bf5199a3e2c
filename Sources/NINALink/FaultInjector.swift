import NINAWire

/// A link around another that damages what passes, at rates the test chooses, always the same for the same seed.
public final class FaultInjector: Link {
    /// What may go wrong, each as a number of windows in 65536.
    public struct Rates: Equatable, Sendable {
        /// A byte of the command is left out.
        public var dropsCommandByte: UInt16 = 0
        /// A bit of the command is flipped.
        public var flipsCommandBit: UInt16 = 0
        /// A byte of the reply is left out.
        public var dropsReplyByte: UInt16 = 0
        /// A byte of the reply comes twice.
        public var duplicatesReplyByte: UInt16 = 0
        /// A bit of the reply is flipped.
        public var flipsReplyBit: UInt16 = 0
        /// READY stays high before a command: it cannot be sent before the deadline.
        public var holdsReady: UInt16 = 0
        /// READY stays high after a command: the reply is not seen before the deadline.
        public var hidesReady: UInt16 = 0
        /// READY is seen low although the command still runs: the host reads zeros, and its next command is taken for the
        /// clock that reads the reply.
        public var showsReadyEarly: UInt16 = 0
        /// The coprocessor restarts before the reply is read, and the link reports it.
        public var restarts: UInt16 = 0
        /// The coprocessor restarts in the middle of the reply, unnoticed by the link.
        public var restartsInReply: UInt16 = 0
        /// The coprocessor is gone for good.
        public var vanishes: UInt16 = 0

        /// Nothing goes wrong.
        public init() {}

        /// Each fault at the same rate, except `vanishes`, which would end the test.
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

    /// The rates, which may change while the link is used.
    public var rates: Rates
    /// When not nil, the IRQ level the host sees whatever the device says.
    public var stuckInterrupt: Bool?
    /// Faults made so far.
    public private(set) var faults = 0
    /// Commands of these that were damaged: the device may have run another one.
    public private(set) var damagedCommands = 0
    private let link: any Link
    private var random: SplitMix64
    private var damaged: [UInt8] = []
    /// The host does not know of the reply that is queued: its next window reads it.
    private var isOneBehind = false
    /// The next reply is read when there is none.
    private var isNothingQueued = false
    private var isGone = false

    /// Wraps a link; without rates it changes nothing.
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

    /// The inner link's level, or the one it is stuck at.
    public func interruptLevel() throws(LinkError) -> Bool {
        try requirePresence(.idle)
        let level = try link.interruptLevel()
        return stuckInterrupt ?? level
    }

    private func requirePresence(_ phase: LinkError.Phase) throws(LinkError) {
        if isGone { throw LinkError(.closed, phase, "injected") }
    }

    /// Passed on.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try requirePresence(.boot)
        isOneBehind = false
        isNothingQueued = false
        try link.reset(until: deadline)
    }

    /// Passed on, perhaps damaged.
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

    /// Passed on, perhaps damaged, late or lost.
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

    /// The inner link's wait; a line stuck low is never high, one stuck high always.
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

    /// Passed on.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) { try link.sleep(until: deadline) }

    /// Passed on.
    public func close() { link.close() }
}

/// A small generator of random numbers that gives the same ones for the same seed (Steele, Lea and Flood, 2014).
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
