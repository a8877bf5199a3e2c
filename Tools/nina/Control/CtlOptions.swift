import NINAControl
import ToolSupport

enum CtlOption: String, ToolOption {
    case control = "--control"
    case module = "--module"
    case json = "--json"
    case timeout = "--timeout"
    case time = "--for"
    case commands = "--commands"
    case trace = "--trace"
    case name = "--name"
    case count = "--count"
    case command = "--command"
    case probability = "--probability"
    case seed = "--seed"

    var entry: OptionEntry {
        switch self {
        case .control:
            general(
                .text("unix:PATH[,uid=N|any]"), "the emulator's control channel", "NINA_CONTROL, which nina run sets")
        case .module:
            general(
                .text("N|ADDR|all"), "the coprocessor, by its number or address",
                "the only one; of several, all are shown, watched and waited for, and none is changed")
        case .json: general(.none, "one object a line for programs, as in Protocol/control.md", "text")
        case .timeout:
            general(
                .text("SECONDS"), "of wait: when to give up, with status 42; of watch: when to end",
                "60; of watch never")
        case .time: general(.text("SECONDS"), "of network loss: the network comes back then", "it stays away")
        case .commands: general(.none, "of watch: each command, too", "off")
        case .trace: general(.none, "of watch: a trace as JSON lines, for nina decode, and nothing else", "off")
        case .name:
            fault(.text("NAME"), "its name, for fault remove; one of the same name is replaced", "that of the kind")
        case .count: fault(.text("N"), "only the next N times", "each time")
        case .command: fault(.text("COMMAND"), "only at this command, such as SEND_DATA, N times (1)", "any")
        case .probability: fault(.text("P"), "at random, 0 to 1", "1")
        case .seed: fault(.text("N"), "with --probability: another sequence, the same each time", "1")
        }
    }

    private func general(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "Options:")
    }

    private func fault(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "Of fault add:")
    }
}

/// What `nina ctl` is asked for, in words and options.
struct CtlOptions {
    var control: String?
    var module: ModuleSelector?
    var isJSON = false
    var timeout: Double?
    var time: Double?
    var showsCommands = false
    var isTrace = false
    var name: String?
    var count: Int?
    var command: String?
    var probability: Double?
    var seed: Int?
    var words: [String] = []
    /// The options that were given.
    private(set) var given: [CtlOption] = []

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(CtlOption.self) {
            switch argument {
            case .word(let word): words.append(word)
            case .separator: words += arguments.remaining()
            case .option(let option):
                given.append(option)
                switch option {
                case .control: control = try arguments.value()
                case .module: module = ModuleSelector(try arguments.value())
                case .json: isJSON = true
                case .timeout: timeout = try Self.seconds(&arguments)
                case .time: time = try Self.seconds(&arguments)
                case .commands: showsCommands = true
                case .trace: isTrace = true
                case .name: name = try arguments.value()
                case .count: count = try arguments.number(1...1_000_000_000)
                case .command: command = try arguments.value()
                case .probability:
                    let text = try arguments.value()
                    guard let number = Double(text), (0...1).contains(number) else {
                        throw arguments.error(expected: "a number from 0 to 1", got: text)
                    }
                    probability = number
                case .seed: seed = try arguments.number(0...Int.max)
                }
            }
        }
    }

    private static func seconds(_ arguments: inout Arguments) throws -> Double {
        let text = try arguments.value()
        guard let seconds = Double(text), (0...86_400).contains(seconds) else {
            throw arguments.error(expected: "seconds, from 0 to 86400", got: text)
        }
        return seconds
    }
}
