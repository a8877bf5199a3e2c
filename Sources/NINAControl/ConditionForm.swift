import NINACoprocessor
import NINAWire

// The forms of a condition: members of an object, and the text that `nina ctl wait` takes. Protocol/control.md.

extension Condition {
    /// The members that say a condition, of which there is exactly one.
    private static let names = [
        "joined", "status", "reason", "listening", "clients", "stations", "command", "slots_at_most", "slots_at_least",
        "fault", "output", "boots",
    ]
    private static let most = 1_000_000_000

    /// Takes the members of a condition.
    package init(_ fields: inout Fields) throws(FieldError) {
        let given = Self.names.filter { fields.has($0) }
        guard let name = given.first else {
            throw FieldError("line", "a condition is missing; expected one of \(Self.names.joined(separator: ", "))")
        }
        guard given.count == 1 else {
            throw FieldError(given[1], "one condition only; there is \(name) already")
        }
        switch name {
        case "joined": self = .joined(try fields.required(name, Bool.self, "true or false"))
        case "status": self = .status(ConnectionStatus(rawValue: UInt8(try fields.number(name, 0...255))))
        case "reason": self = .reason(UInt8(try fields.number(name, 0...255)))
        case "listening": self = .listening(port: UInt16(try fields.number(name, 1...65535)))
        case "clients": self = .clients(atLeast: try fields.number(name, 0...Self.most))
        case "stations": self = .stations(atLeast: try fields.number(name, 0...Self.most))
        case "command":
            let opcode = try Opcode(control: try fields.text(name, 1...64))
            self = .commandSeen(opcode, count: UInt64(try fields.optionalNumber("count", 1...Self.most) ?? 1))
        case "slots_at_most": self = .slotsUsed(atMost: try fields.number(name, 0...Self.most))
        case "slots_at_least": self = .slotsTaken(atLeast: try fields.number(name, 0...Self.most))
        case "fault":
            let id = try fields.text(name, 1...64)
            self = .faultFired(id: id, count: try fields.optionalNumber("count", 1...Self.most) ?? 1)
        case "output":
            let pin = UInt8(try fields.number(name, 0...255))
            let level = try fields.word("level", OutputLevel.self)
            self = .output(pin: pin, level: level == .high)
        default: self = .boots(atLeast: try fields.number("boots", 0...Self.most))
        }
    }

    private enum OutputLevel: String, CaseIterable { case high, low }

    /// Writes the members.
    package func put(into container: inout KeyedEncodingContainer<FieldKey>) throws {
        switch self {
        case .joined(let isJoined): try container.put("joined", isJoined)
        case .status(let status): try container.put("status", status.rawValue)
        case .reason(let reason): try container.put("reason", reason)
        case .listening(let port): try container.put("listening", port)
        case .clients(let count): try container.put("clients", count)
        case .stations(let count): try container.put("stations", count)
        case .commandSeen(let opcode, let count):
            try container.put("command", opcode.name)
            if count != 1 { try container.put("count", count) }
        case .slotsUsed(atMost: let count): try container.put("slots_at_most", count)
        case .slotsTaken(atLeast: let count): try container.put("slots_at_least", count)
        case .faultFired(let id, let count):
            try container.put("fault", id)
            if count != 1 { try container.put("count", count) }
        case .output(let pin, let level):
            try container.put("output", pin)
            try container.put("level", level ? "high" : "low")
        case .boots(let count): try container.put("boots", count)
        }
    }
}

extension Condition {
    /// The grammar, for help and errors.
    package static let grammar = [
        ("joined, not joined", "the station is connected to a network, or is not"),
        ("listening PORT", "a server listens on that port of the module"),
        ("clients>=N", "servers have at least so many clients"),
        ("command NAME[>=N]", "it has run that command, or so often, since it was switched on"),
        ("slots<=N, slots>=N", "at most, or at least, so many slots are in use"),
        ("status N, reason N", "what GET_CONN_STATUS or GET_REASON_CODE answers"),
        ("stations>=N", "so many stations have joined the module's access point"),
        ("output PIN high|low", "the host has set that pin"),
        ("fault NAME[>=N]", "that fault has gone off, or so often"),
        ("boots>=N", "it has started so often"),
    ]

    /// Reads the text of a condition: `joined`, `listening 80`, `clients>=2`, `command SEND_DATA>=10`, `slots<=3`.
    package init(text: String) throws(FieldError) {
        var words: [String] = []
        var comparison: String?
        var rest = text[...]
        // A comparison may have spaces around it, or none.
        if let range = text.firstRange(of: ">=") ?? text.firstRange(of: "<=") {
            comparison = String(text[range])
            let number = text[range.upperBound...].drop { $0 == " " }
            rest = text[..<range.lowerBound]
            words = rest.split(separator: " ").map(String.init) + [String(number)]
        } else {
            words = rest.split(separator: " ").map(String.init)
        }
        let parsed = try Self.parsed(words, comparison, text)
        guard let parsed else { throw Self.unknown(text) }
        self = parsed
    }

    private static func unknown(_ text: String) -> FieldError {
        let forms = grammar.map(\.0).joined(separator: ", ")
        return FieldError("condition", expected: "one of \(forms)", got: FieldError.quote(text))
    }

    private static func parsed(
        _ words: [String], _ comparison: String?, _ text: String
    ) throws(FieldError) -> Condition? {
        func number(_ word: String, _ range: ClosedRange<Int> = 0...most) throws(FieldError) -> Int {
            guard let number = Int(word), range.contains(number) else {
                throw FieldError(
                    "condition", expected: "a number from \(range.lowerBound) to \(range.upperBound)",
                    got: "\(FieldError.quote(word)) in \(FieldError.quote(text))")
            }
            return number
        }
        switch (words.first, comparison, words.count) {
        case ("joined", nil, 1): return .joined(true)
        case ("not", nil, 2) where words[1] == "joined": return .joined(false)
        case ("listening", nil, 2): return .listening(port: UInt16(try number(words[1], 1...65535)))
        case ("status", nil, 2): return .status(ConnectionStatus(rawValue: UInt8(try number(words[1], 0...255))))
        case ("reason", nil, 2): return .reason(UInt8(try number(words[1], 0...255)))
        case ("clients", ">=", 2): return .clients(atLeast: try number(words[1]))
        case ("stations", ">=", 2): return .stations(atLeast: try number(words[1]))
        case ("boots", ">=", 2): return .boots(atLeast: try number(words[1]))
        case ("slots", "<=", 2): return .slotsUsed(atMost: try number(words[1]))
        case ("slots", ">=", 2): return .slotsTaken(atLeast: try number(words[1]))
        case ("command", nil, 2): return .commandSeen(try Opcode(control: words[1]), count: 1)
        case ("command", ">=", 3):
            return .commandSeen(try Opcode(control: words[1]), count: UInt64(try number(words[2], 1...most)))
        case ("fault", nil, 2): return .faultFired(id: words[1], count: 1)
        case ("fault", ">=", 3): return .faultFired(id: words[1], count: try number(words[2], 1...most))
        case ("output", nil, 3) where words[2] == "high" || words[2] == "low":
            return .output(pin: UInt8(try number(words[1], 0...255)), level: words[2] == "high")
        default: return nil
        }
    }
}
