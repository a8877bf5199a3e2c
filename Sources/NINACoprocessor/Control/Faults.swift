import NINALink
import NINAWire

/// The faults of a module, which outlive its resets, and what they are doing at the moment, which does not.
struct Faults {
    struct Entry {
        let fault: Fault
        var random: SplitMix64
        /// How often it still goes off; nil without a limit.
        var remaining: Int?
        var fired = 0

        init(_ fault: Fault) {
            self.fault = fault
            var seed: UInt64 = 0
            switch fault.trigger {
            case .always: break
            case .probability(_, let value): seed = value
            case .count(let count), .command(_, let count): remaining = count
            }
            random = SplitMix64(seed: seed)
        }

        /// Takes an opportunity.
        /// - Parameter opcode: the command in which it is; nil outside of one.
        /// - Returns: whether it goes off.
        mutating func takes(_ opcode: Opcode?) -> Bool {
            if let remaining, remaining <= 0 { return false }
            switch fault.trigger {
            case .always, .count: break
            case .probability(let probability, _):
                // 53 bits, as many as a Double has.
                guard Double(random.next() >> 11) < probability * 0x1p53 else { return false }
            case .command(let wanted, _):
                guard wanted == opcode else { return false }
            }
            fired += 1
            if let left = remaining { remaining = left - 1 }
            return true
        }
    }

    /// An operation of a seam that fails: the seam was not asked, and its event comes with the next call.
    enum Failure {
        case lookup(token: UInt32)
        case storage(token: UInt32)
    }

    /// Whether a command must look at them: a module without faults pays this one check.
    private(set) var isActive = false
    private(set) var entries: [Entry] = [] { didSet { update() } }
    /// The level at which IRQ is stuck.
    private(set) var stuckInterrupt: Bool?
    /// The command that runs, or has run last.
    var opcode: Opcode?
    /// What happens to the command that runs, and to its reply.
    var command = CommandFaults() { didSet { update() } }
    /// The failures that have no event yet.
    var failures: [Failure] = [] { didSet { update() } }

    private mutating func update() { isActive = !entries.isEmpty || command.isUnderWay || !failures.isEmpty }

    /// When something is due; nil for nothing.
    var deadline: MonotonicInstant? { failures.isEmpty ? command.deadline : MonotonicInstant(nanoseconds: 0) }

    /// Adds a fault, in place of one with the same identifier.
    mutating func add(_ fault: Fault, at now: MonotonicInstant) {
        _ = remove(fault.id, at: now)
        entries.append(Entry(fault))
        noteLevels()
    }

    /// Removes a fault, and lets go of the READY that it holds.
    /// - Returns: false when there is none with this identifier.
    mutating func remove(_ id: String, at now: MonotonicInstant) -> Bool {
        guard let index = entries.firstIndex(where: { $0.fault.id == id }) else { return false }
        entries.remove(at: index)
        command.release(id, at: now)
        noteLevels()
        return true
    }

    mutating func removeAll(at now: MonotonicInstant) {
        for entry in entries { command.release(entry.fault.id, at: now) }
        entries = []
        noteLevels()
    }

    private mutating func noteLevels() {
        stuckInterrupt = nil
        for index in entries.indices {
            guard case .interruptStuck(let level) = entries[index].fault.kind else { continue }
            stuckInterrupt = level
            if entries[index].fired == 0 { entries[index].fired = 1 }
        }
    }

    /// Gives a fault an opportunity.
    mutating func fires(_ index: Int) -> Bool { entries[index].takes(opcode) }

    /// A random number of a fault: its own sequence, so that other faults do not change it.
    mutating func random(_ index: Int) -> UInt64 { entries[index].random.next() }

    /// The module stops: nothing is under way any more.
    mutating func halt() {
        command = CommandFaults()
        failures = []
        update()
    }
}

/// What the faults of the link do to the command that runs.
struct CommandFaults {
    /// The host is one window behind: READY was low although the command was running.
    enum Behind {
        case no
        /// The command still runs.
        case running
        /// The next window clocks the reply out.
        case owed
    }

    var delay: Duration?
    var isLost = false
    var isWrong = false
    var cut: Int?
    /// The fault that keeps READY high.
    var holder: String?
    var isReadyEarly = false
    var restarts = false
    var resetsConnections = false
    /// The bit of the window that is flipped, counted modulo its length.
    var bit: UInt64?

    var behind = Behind.no
    /// The reply that is not queued yet.
    private(set) var held: [UInt8]?
    /// When it is queued; nil as long as ``holder`` exists.
    private(set) var due: MonotonicInstant?

    /// Something is left to do, whatever becomes of the faults.
    var isUnderWay: Bool {
        held != nil || behind != .no || delay != nil || holder != nil || isLost || isWrong || cut != nil
    }

    var deadline: MonotonicInstant? { held == nil ? nil : due }

    /// Damages a reply, and holds it back if it is to come later.
    /// - Returns: whether it can be queued now.
    mutating func deliver(_ reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        if isLost { reply.removeAll(keepingCapacity: true) }
        // The lowest bit of the opcode: there is such a reply, and it is not the one that the host waits for.
        if isWrong, reply.count > 1 { reply[1] ^= 1 }
        if let cut, reply.count > cut { reply.removeLast(reply.count - cut) }
        let (delay, holder) = (delay, holder)
        self = CommandFaults()
        guard delay != nil || holder != nil else { return true }
        self.holder = holder
        held = reply
        due = holder == nil ? now.advanced(by: delay ?? .zero) : nil
        return false
    }

    /// Queues the reply that was held back, if it is due.
    mutating func takeHeld(_ reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        guard let held, let due, due <= now else { return false }
        reply = held
        self = CommandFaults()
        return true
    }

    mutating func release(_ id: String, at now: MonotonicInstant) {
        guard holder == id else { return }
        holder = nil
        if held != nil { due = now }
    }
}
