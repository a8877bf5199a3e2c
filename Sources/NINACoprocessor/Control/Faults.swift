import NINALink
import NINAWire

/// The faults of a module, and whether each goes off.
struct Faults {
    struct Entry {
        var fault: Fault
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

    private(set) var entries: [Entry] = []

    /// Adds a fault, in place of one with the same identifier.
    mutating func add(_ fault: Fault) {
        if let known = entries.firstIndex(where: { $0.fault.id == fault.id }) {
            entries[known] = Entry(fault)
        } else {
            entries.append(Entry(fault))
        }
    }

    /// Removes a fault.
    /// - Returns: false when there is none with this identifier.
    mutating func remove(_ id: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.fault.id == id }) else { return false }
        entries.remove(at: index)
        return true
    }

    mutating func removeAll() { entries = [] }
}
