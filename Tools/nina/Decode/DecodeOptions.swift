import NINATrace
import NINAWire
import ToolSupport

/// What `nina decode` is asked for.
struct DecodeOptions {
    private(set) var path = "-"
    private(set) var source: TraceSource?
    private(set) var target: TraceFormat?
    private(set) var decoder = TraceDecoder.Options()
    private(set) var isJSON = false
    private(set) var showsBytes = false
    private(set) var coprocessor: UInt32?
    private(set) var rate: UInt64 = 1_000_000_000
    private var showsEvents = false
    private var commands: Set<UInt8> = []
    private var slot: UInt8?
    private var after: UInt64 = 0
    private var before = UInt64.max
    private var onlyRules: Set<Finding.Rule>?
    private var exceptRules: Set<Finding.Rule> = []

    init(_ arguments: inout Arguments) throws {
        var hasPath = false
        while let argument = try arguments.next(DecodeOption.self) {
            switch argument {
            case .word(let word):
                guard !hasPath, !word.isEmpty else { throw arguments.unknown() }
                hasPath = true
                path = word
            case .separator: throw arguments.unknown()
            case .option(let option): try read(option, &arguments)
            }
        }
        guard decoder.isStrict || onlyRules == nil && exceptRules.isEmpty else {
            throw UsageError("--rules and --except need --strict")
        }
        decoder.rules = (onlyRules ?? decoder.rules).subtracting(exceptRules)
        guard !decoder.rules.isEmpty else { throw UsageError("--rules and --except leave no rule") }
        guard target == nil || !(isJSON || decoder.isStrict || slot != nil || !commands.isEmpty) else {
            throw UsageError("--to writes a trace: --json, --strict, --command and --slot are for commands")
        }
    }

    private mutating func read(_ option: DecodeOption, _ arguments: inout Arguments) throws {
        switch option {
        case .json: isJSON = true
        case .strict: decoder.isStrict = true
        case .rules: onlyRules = try Self.rules(&arguments).union(onlyRules ?? [])
        case .except: exceptRules.formUnion(try Self.rules(&arguments))
        case .bytes: showsBytes = true
        case .events: showsEvents = true
        case .secrets: decoder.showsSecrets = true
        case .command: commands.formUnion(try Self.numbers(&arguments))
        case .slot: slot = UInt8(try arguments.number(0...255))
        case .coprocessor: coprocessor = UInt32(try arguments.number(1...Int(UInt32.max)))
        case .after: after = try Self.time(&arguments)
        case .before: before = try Self.time(&arguments)
        case .rate: rate = UInt64(try arguments.number(1...1_000_000_000_000))
        case .firmware: decoder.firmware = try Self.firmware(&arguments)
        case .from: source = try Self.source(&arguments)
        case .to:
            let name = try arguments.value()
            target = TraceFormat(rawValue: name)
            guard target != nil else {
                let names = TraceFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw arguments.error(expected: "one of \(names)", got: name)
            }
        }
    }

    /// What to do when the file cannot be opened because its name is what should be decoded.
    var pathHint: String {
        let bytes = path.split { $0 == " " || $0 == "," }
        guard bytes.count > 2 || path.count > 6, bytes.allSatisfy({ $0.allSatisfy { $0.isHexDigit || $0 == "x" } })
        else {
            return ""
        }
        return "; FILE is a file: echo '\(path)' | nina decode"
    }

    /// The profile of a firmware.
    static func firmware(_ arguments: inout Arguments) throws -> Firmware {
        let name = try arguments.value()
        guard let firmware = Firmware.all.first(where: { "\($0.name)" == name }) else {
            let names = Firmware.all.map { "\($0.name)" }.joined(separator: ", ")
            throw arguments.error(expected: "one of \(names)", got: name)
        }
        return firmware
    }

    /// The format of a trace.
    static func source(_ arguments: inout Arguments) throws -> TraceSource {
        let name = try arguments.value()
        guard let source = TraceSource(rawValue: name) else {
            let names = TraceSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw arguments.error(expected: "one of \(names)", got: name)
        }
        return source
    }

    /// Names of rules, `padding,leak`.
    static func rules(_ arguments: inout Arguments) throws -> Set<Finding.Rule> {
        let text = try arguments.value()
        let rules = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let rule = Finding.Rule(rawValue: name.lowercased()) else {
                let names = Finding.Rule.allCases.map(\.rawValue).joined(separator: ", ")
                throw arguments.error(expected: "some of \(names), with commas between", got: text)
            }
            return rule
        }
        return Set(rules)
    }

    /// The numbers of commands by name, in either family, or by number: `SEND_DATA,0x45`.
    private static func numbers(_ arguments: inout Arguments) throws -> [UInt8] {
        let text = try arguments.value()
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            if let opcode = Opcode.allCases.first(where: { $0.name == part.uppercased() }) { return opcode.byte }
            let digits = part.lowercased().hasPrefix("0x") ? UInt8(part.dropFirst(2), radix: 16) : UInt8(part)
            guard let number = digits else {
                throw arguments.error(expected: "names or numbers of commands, such as SEND_DATA,0x45", got: text)
            }
            return number
        }
    }

    /// Seconds since the start of the trace, in nanoseconds.
    private static func time(_ arguments: inout Arguments) throws -> UInt64 {
        let text = try arguments.value()
        guard let seconds = Double(text), seconds >= 0, seconds < 4_000_000_000 else {
            throw arguments.error(expected: "seconds since the start of the trace", got: text)
        }
        return UInt64((seconds * 1e9).rounded())
    }

    /// Whether an event is in the part of the trace that was asked for.
    func shows(_ record: TraceRecord) -> Bool {
        guard let coprocessor, record.coprocessor != 0 else { return shows(at: record.time) || isState(record) }
        return coprocessor == record.coprocessor && (shows(at: record.time) || isState(record))
    }

    /// What a reader of a part has to know all the same.
    private func isState(_ record: TraceRecord) -> Bool {
        switch record.event {
        case .time, .coprocessor: record.time < after
        case .windowOut, .windowIn, .lines, .reset, .gap, .failure: false
        }
    }

    private func shows(at time: UInt64) -> Bool { time >= after && time <= before }

    /// Whether an item was asked for.
    func shows(_ item: DecodedItem) -> Bool {
        switch item {
        case .exchange(let exchange):
            return shows(at: exchange.time) && (coprocessor ?? exchange.coprocessor) == exchange.coprocessor
                && (slot == nil || exchange.slot == slot)
                && (commands.isEmpty || exchange.number.map { commands.contains($0) } ?? false)
        case .event(let record, let findings):
            guard slot == nil, commands.isEmpty, shows(at: record.time),
                record.coprocessor == 0 || (coprocessor ?? record.coprocessor) == record.coprocessor
            else { return false }
            switch record.event {
            case .lines, .time: return showsEvents
            case .windowOut, .windowIn: return !findings.isEmpty
            case .reset, .coprocessor, .gap, .failure: return true
            }
        }
    }
}
