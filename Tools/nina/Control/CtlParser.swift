import NINAControl
import NINACoprocessor
import NINAWire
import ToolSupport

/// What `nina ctl` does.
enum CtlAction {
    case list, sockets, report, metrics, networks, pins, faults
    case watch
    case wait(Condition)
    case logLevel(LogLevel)
    case change(Change)
}

/// Reads the words of a command line: `network loss lab-net`.
struct CtlParser {
    private let options: CtlOptions
    private var rest: ArraySlice<String>
    /// The words so far, for errors.
    private var path = "ctl"

    init(_ options: CtlOptions) {
        self.options = options
        rest = options.words[...]
    }

    /// The commands and what they do, for the help.
    static let commands: [(String, String)] = [
        ("list", "the coprocessors that are on"),
        ("sockets", "their sockets, as netstat shows those of a machine"),
        ("network list", "the networks around them"),
        ("pin list", "the pins that are connected or set"),
        ("fault list", "the faults, and how often they have gone off"),
        ("report", "all of it as JSON"),
        ("metrics", "in the text format of Prometheus"),
        ("watch", "a line for all that happens, until Ctrl-C"),
        ("wait CONDITION", "until it holds for a coprocessor, as below"),
        ("network add SSID[,KEY=VALUE...]", "a network comes into range; keys as of --network"),
        ("network remove SSID", "it goes, for ever"),
        ("network loss SSID", "it goes out of range, with --for SECONDS for a time"),
        ("network passphrase SSID [P]", "it wants another passphrase; none: it is open"),
        ("rssi SSID DBM", "its signal, -127 to 0"),
        ("join-delay SECONDS", "the time of joins and scans"),
        ("reason SSID N|none", "joins fail with this reason, 1 to 255"),
        ("ap join|leave MAC", "a station at the module's own access point"),
        ("pin N high|low|open", "what is connected to a pin"),
        ("adc N VALUE|open", "the voltage at a pin, 0 to 4095"),
        ("time UNIX|none", "the time that networks tell, in seconds since 1970"),
        ("fault add KIND [VALUE]", "something goes wrong on purpose; kinds below"),
        ("fault remove NAME", "it ends"),
        ("fault clear", "all faults end"),
        ("reset", "the supply breaks down: the module starts again"),
        ("log-level LEVEL", "of the emulator's log: error, warning, info or debug"),
    ]

    mutating func parse() throws -> CtlAction {
        let action = try command()
        if let word = rest.first {
            throw UsageError("'nina \(path)' takes nothing more, but '\(printable(word))' was given")
        }
        try checkOptions(action)
        return action
    }

    private mutating func command() throws -> CtlAction {
        switch try next("a command") {
        case "list": return .list
        case "sockets": return .sockets
        case "report": return .report
        case "metrics": return .metrics
        case "watch": return .watch
        case "wait": return .wait(try condition())
        case "network": return try network()
        case "rssi":
            let ssid = try ssid()
            return .change(.signal(ssid: ssid, rssi: Int32(try number("the signal in dBm", -127...0))))
        case "join-delay": return .change(.joinDelay(try seconds("the time of a join")))
        case "reason":
            let ssid = try ssid()
            let reason = rest.first == "none" ? nil : UInt8(try number("a reason, or none", 1...255))
            if reason == nil { rest.removeFirst() }
            return .change(.failJoins(ssid: ssid, reason: reason))
        case "ap":
            switch try next("join or leave") {
            case "join": return .change(.stationJoins(try hardwareAddress()))
            case "leave": return .change(.stationLeaves(try hardwareAddress()))
            case let word: throw unknown("join or leave", word)
            }
        case "pin": return try pin()
        case "adc":
            let pin = UInt8(try number("a pin", 0...255))
            let value = rest.first == "open" ? nil : UInt16(try number("a value, or open", 0...4095))
            if value == nil { rest.removeFirst() }
            return .change(.analog(pin, value: value))
        case "time":
            let time =
                rest.first == "none" ? nil : UInt64(try number("seconds since 1970, or none", 0...Int(UInt32.max)))
            if time == nil { rest.removeFirst() }
            return .change(.time(time))
        case "fault": return try fault()
        case "reset": return .change(.reset)
        case "log-level":
            let word = try next("error, warning, info or debug")
            guard let level = LevelName(rawValue: word) else { throw unknown("error, warning, info or debug", word) }
            return .logLevel(level.level)
        case let word: throw unknown("one of " + Self.words.joined(separator: ", "), word)
        }
    }

    /// The first words of the commands.
    static let words = commands.reduce(into: [String]()) { words, command in
        let word = String(command.0.prefix { $0 != " " })
        if words.last != word, !words.contains(word) { words.append(word) }
    }

    private mutating func network() throws -> CtlAction {
        switch try next("add, remove, loss, passphrase or list") {
        case "list": return .networks
        case "add":
            let text = try next("SSID[,KEY=VALUE...]")
            do throws(FieldError) {
                return .change(.addNetwork(try NetworkForm.parse(text)))
            } catch {
                throw UsageError("'nina \(path)': \(error.problem)")
            }
        case "remove": return .change(.removeNetwork(ssid: try ssid()))
        case "loss": return .change(.loseNetwork(ssid: try ssid(), for: options.time.map { .seconds($0) }))
        case "passphrase":
            let ssid = try ssid()
            guard let text = rest.popFirst() else { return .change(.secret(ssid: ssid, .none)) }
            do throws(FieldError) {
                let secret = try NetworkForm.secret(passphrase: text)
                try NetworkForm.check(secret)
                return .change(.secret(ssid: ssid, secret))
            } catch {
                throw UsageError("'nina \(path)': \(error.problem)")
            }
        case let word: throw unknown("add, remove, loss, passphrase or list", word)
        }
    }

    private mutating func pin() throws -> CtlAction {
        if rest.first == "list" {
            rest.removeFirst()
            return .pins
        }
        let pin = UInt8(try number("a pin, or list", 0...255))
        let word = try next("high, low or open")
        guard let level = PinLevelName(rawValue: word) else { throw unknown("high, low or open", word) }
        return .change(.pin(pin, level: level.level))
    }

    private mutating func fault() throws -> CtlAction {
        switch try next("add, remove, clear or list") {
        case "list": return .faults
        case "clear": return .change(.removeAllFaults)
        case "remove": return .change(.removeFault(id: try next("the name of a fault")))
        case "add": return .change(.addFault(try addedFault()))
        case let word: throw unknown("add, remove, clear or list", word)
        }
    }

    private mutating func addedFault() throws -> Fault {
        let kinds = FaultKindName.allCases.map { $0.rawValue.replacing("_", with: "-") }
        let word = try next("a kind: \(kinds.joined(separator: ", "))")
        guard let name = FaultKindName(rawValue: word.replacing("-", with: "_")) else {
            throw unknown("one of \(kinds.joined(separator: ", "))", word)
        }
        let kind: Fault.Kind =
            switch name {
            case .replyLate: .replyLate(try seconds("how much later"))
            case .replyCut: .replyCut(try number("the number of bytes that are left", 0...4092))
            case .replyLost: .replyLost
            case .replyWrong: .replyWrong
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
        return Fault(id: options.name ?? name.rawValue, kind, try trigger())
    }

    private func trigger() throws -> Fault.Trigger {
        if let probability = options.probability {
            guard options.count == nil, options.command == nil else {
                throw UsageError("--probability goes with neither --count nor --command")
            }
            return .probability(probability, seed: UInt64(options.seed ?? 1))
        }
        guard options.seed == nil else { throw UsageError("--seed needs --probability") }
        guard let command = options.command else { return options.count.map { .count($0) } ?? .always }
        do throws(FieldError) {
            return .command(try Opcode(control: command), count: options.count ?? 1)
        } catch {
            throw UsageError("--command: \(error.problem)")
        }
    }

    /// All that follows: `listening 80` in one word or in two.
    private mutating func condition() throws -> Condition {
        let text = rest.joined(separator: " ")
        rest = []
        guard !text.isEmpty else {
            throw UsageError("'nina \(path)' needs a condition, such as joined or 'listening 80'")
        }
        do throws(FieldError) {
            return try Condition(text: text)
        } catch {
            throw UsageError("'nina \(path)': \(error.problem)")
        }
    }

    // MARK: Words

    private mutating func next(_ expected: String) throws -> String {
        guard let word = rest.popFirst() else { throw UsageError("'nina \(path)': expected \(expected)") }
        if path.split(separator: " ").count < 3, word.allSatisfy({ $0.isLetter || $0 == "-" }) { path += " \(word)" }
        return word
    }

    private func unknown(_ expected: String, _ got: String) -> UsageError {
        let place = path.hasSuffix(" \(got)") ? String(path.dropLast(got.count + 1)) : path
        return UsageError("'nina \(place)': expected \(expected), got '\(printable(got))'")
    }

    private mutating func ssid() throws -> [UInt8] {
        guard let word = rest.popFirst(), (1...32).contains(word.utf8.count) else {
            throw UsageError("'nina \(path)': expected the name of a network, 1 to 32 bytes")
        }
        return Array(word.utf8)
    }

    private mutating func number(_ expected: String, _ range: ClosedRange<Int>) throws -> Int {
        let word = rest.popFirst()
        guard let number = word.flatMap({ Int($0) }), range.contains(number) else {
            let got = word.map { ", got '\(printable($0))'" } ?? ""
            throw UsageError("'nina \(path)': expected \(expected), \(range.lowerBound) to \(range.upperBound)\(got)")
        }
        return number
    }

    private mutating func seconds(_ expected: String) throws -> Duration {
        let word = rest.popFirst()
        guard let seconds = word.flatMap({ Double($0) }), (0...3600).contains(seconds) else {
            let got = word.map { ", got '\(printable($0))'" } ?? ""
            throw UsageError("'nina \(path)': expected \(expected) in seconds, 0 to 3600\(got)")
        }
        return .seconds(seconds)
    }

    private mutating func hardwareAddress() throws -> MACAddress {
        let word = rest.popFirst()
        guard let address = word.flatMap({ MACAddress(colonHex: $0.utf8) }) else {
            let got = word.map { ", got '\(printable($0))'" } ?? ""
            throw UsageError("'nina \(path)': expected a hardware address, XX:XX:XX:XX:XX:XX\(got)")
        }
        return address
    }

    /// An option that an action does not have is no option left out of consideration.
    private func checkOptions(_ action: CtlAction) throws {
        var allowed: Set<CtlOption> = [.control, .module, .json]
        switch action {
        case .watch: allowed.formUnion([.timeout, .commands, .trace])
        case .wait: allowed.insert(.timeout)
        case .change(.loseNetwork): allowed.insert(.time)
        case .change(.addFault): allowed.formUnion([.name, .count, .command, .probability, .seed])
        case .metrics, .logLevel: allowed.remove(.module)
        case .list, .sockets, .report, .networks, .pins, .faults, .change: break
        }
        if let option = options.given.first(where: { !allowed.contains($0) }) {
            throw UsageError("'nina \(path)' does not take \(option.rawValue)")
        }
    }
}
