import NINACoprocessor
import NINAWire

// The form of a fault in JSON. Protocol/control.md.

/// The kinds of faults by name.
package enum FaultKindName: String, CaseIterable {
    case replyLate = "reply_late"
    case replyLost = "reply_lost"
    case replyWrong = "reply_wrong"
    case replyCut = "reply_cut"
    case readyHigh = "ready_high"
    case readyLow = "ready_low"
    case interruptHigh = "irq_high"
    case interruptLow = "irq_low"
    case windowBit = "window_bit"
    case brownOut = "brown_out"
    case nameLookupFails = "dns_fails"
    case connectionReset = "tcp_reset"
    case tlsFails = "tls_fails"
    case storageFull = "disk_full"

    package init(_ kind: Fault.Kind) {
        self =
            switch kind {
            case .replyLate: .replyLate
            case .replyLost: .replyLost
            case .replyWrong: .replyWrong
            case .replyCut: .replyCut
            case .readyHigh: .readyHigh
            case .readyLow: .readyLow
            case .interruptStuck(let level): level ? .interruptHigh : .interruptLow
            case .windowBit: .windowBit
            case .brownOut: .brownOut
            case .nameLookupFails: .nameLookupFails
            case .connectionReset: .connectionReset
            case .tlsFails: .tlsFails
            case .storageFull: .storageFull
            }
    }
}

extension Fault {
    /// Takes the members of a fault. Its identifier is the name of its kind, unless there is another.
    package init(_ fields: inout Fields) throws(FieldError) {
        let name = try fields.word("kind", FaultKindName.self)
        let kind: Kind =
            switch name {
            case .replyLate: .replyLate(try fields.seconds("seconds"))
            case .replyLost: .replyLost
            case .replyWrong: .replyWrong
            case .replyCut: .replyCut(try fields.number("bytes", 0...4092))
            case .readyHigh: .readyHigh
            case .readyLow: .readyLow
            case .interruptHigh: .interruptStuck(true)
            case .interruptLow: .interruptStuck(false)
            case .windowBit: .windowBit
            case .brownOut: .brownOut
            case .nameLookupFails: .nameLookupFails
            case .connectionReset: .connectionReset
            case .tlsFails: .tlsFails
            case .storageFull: .storageFull
            }
        let id = try fields.optionalText("fault", 1...64) ?? name.rawValue
        self.init(id: id, kind, try Self.trigger(&fields))
    }

    private static func trigger(_ fields: inout Fields) throws(FieldError) -> Trigger {
        let count = try fields.optionalNumber("count", 1...1_000_000_000)
        let command = try fields.optionalText("command", 1...64)
        let probability = try fields.optionalFraction("probability", 0...1, "a number from 0 to 1")
        let seed = try fields.optionalNumber("seed", 0...Int.max)
        if let probability {
            guard count == nil, command == nil else {
                throw FieldError("probability", "it goes with neither count nor command")
            }
            return .probability(probability, seed: UInt64(seed ?? 1))
        }
        guard seed == nil else { throw FieldError("seed", "it needs probability") }
        guard let command else { return count.map { .count($0) } ?? .always }
        return .command(try Opcode(control: command), count: count ?? 1)
    }

    package func put(into container: inout KeyedEncodingContainer<FieldKey>) throws {
        let name = FaultKindName(kind)
        try container.put("kind", name.rawValue)
        switch kind {
        case .replyLate(let time): try container.put("seconds", time)
        case .replyCut(let count): try container.put("bytes", count)
        case .replyLost, .replyWrong, .readyHigh, .readyLow, .interruptStuck, .windowBit, .brownOut, .nameLookupFails,
            .connectionReset, .tlsFails, .storageFull:
            break
        }
        if id != name.rawValue { try container.put("fault", id) }
        switch trigger {
        case .always: break
        case .probability(let probability, let seed):
            try container.put("probability", probability)
            try container.put("seed", seed)
        case .count(let count): try container.put("count", count)
        case .command(let opcode, let count):
            try container.put("command", opcode.name)
            try container.put("count", count)
        }
    }
}

extension Opcode {
    /// The command of a name, as nina-fw or WiFiNINA has it: START_SERVER, START_SERVER_TCP, START_SERVER_TCP_CMD.
    package init(control name: String) throws(FieldError) {
        let wanted = name.uppercased()
        var candidates = [wanted]
        for ending in ["_CMD", "_TCP_CMD", "_TCP"] where wanted.hasSuffix(ending) {
            candidates.append(String(wanted.dropLast(ending.utf8.count)))
        }
        for candidate in candidates {
            guard let opcode = Opcode.allCases.first(where: { $0.name == candidate }) else { continue }
            self = opcode
            return
        }
        throw FieldError(
            "command", expected: "the name of a command, such as SEND_DATA (nina commands lists them)",
            got: FieldError.quote(name))
    }
}
