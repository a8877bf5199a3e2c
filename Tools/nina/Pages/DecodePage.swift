import NINATrace
import NINAWire
import ToolSupport

enum DecodeOption: String, ToolOption {
    case json = "--json"
    case bytes = "--bytes"
    case events = "--events"
    case secrets = "--secrets"
    case strict = "--strict"
    case rules = "--rules"
    case except = "--except"
    case command = "--command"
    case slot = "--slot"
    case coprocessor = "--coprocessor"
    case after = "--after"
    case before = "--before"
    case from = "--from"
    case firmware = "--firmware"
    case rate = "--rate"
    case to = "--to"

    var entry: OptionEntry {
        switch self {
        case .json: output(.none, "one object a line, as in Protocol/trace.md", "text")
        case .bytes: output(.none, "the bytes of both windows, too", "off; --json always has them")
        case .events: output(.none, "changes of lines and times, too", "off")
        case .secrets:
            output(.none, "show passphrases, keys and passwords, if they are in the trace", "* for each byte")
        case .strict:
            output(.none, "print only what has a fault, by the rules below, and exit with 4 if there is one", "off")
        case .rules:
            output(.text("RULE,..."), "with --strict: only by these rules: lost,stale", "all", repeatable: true)
        case .except:
            output(
                .text("RULE,..."), "with --strict: not by these rules: padding,leak, for Adafruit's libraries",
                "none",
                repeatable: true)
        case .command:
            filter(.text("NAME,..."), "only these commands, by name or number: SEND_DATA,0x45", repeatable: true)
        case .slot: filter(.text("N"), "only commands for this slot or BSD socket")
        case .coprocessor: filter(.text("N"), "only this coprocessor")
        case .after: filter(.text("SECONDS"), "only from this time of the trace on")
        case .before: filter(.text("SECONDS"), "only up to this time")
        case .from:
            input(
                .words(TraceSource.allCases.map(\.rawValue), placeholder: "FORMAT"),
                "the format: " + TraceSource.allCases.map(\.rawValue).joined(separator: ", "), "told by the first bytes"
            )
        case .firmware:
            input(
                .words(Firmware.all.map { "\($0.name)" }, placeholder: "PROFILE"),
                "the firmware, whose family gives some numbers another meaning, where the trace does not say it",
                "that of the trace, else modern")
        case .rate:
            input(.text("HZ"), "samples in a second, where times are sample numbers (sigrok)", "1000000000")
        case .to:
            output(
                .words(TraceFormat.allCases.map(\.rawValue), placeholder: "FORMAT"),
                "write the trace in another format: jsonl, pcapng, or vcd of one coprocessor", "commands are printed")
        }
    }

    private func output(
        _ value: OptionEntry.Value, _ text: String, _ standard: String, repeatable: Bool = false
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, isRepeatable: repeatable, group: "Output:")
    }

    private func filter(_ value: OptionEntry.Value, _ text: String, repeatable: Bool = false) -> OptionEntry {
        OptionEntry(value, text, standard: "all", isRepeatable: repeatable, group: "Which commands:")
    }

    private func input(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "Input:")
    }
}

extension Pages {
    static let decode = HelpPage(
        "nina decode", "prints the commands and replies of a trace", options: DecodeOption.self, operands: ["[FILE|-]"],
        hasManyOptions: true,
        [
            .text(
                "Prints each command of a trace with its reply and how long it took. Traces are written by nina-emulator "
                    + "--trace and nina run --trace; captures of logic analyzers and plain hex are read, too. Without FILE, "
                    + "or with -, it is standard input.")
        ],
        end: [
            .terms(
                Finding.Rule.allCases.map { Term($0.rawValue, $0.summary) }, title: "Rules of --strict:"),
            .terms(
                [
                    Term("0", "the trace was read; with --strict: without a fault"),
                    Term("1", "the output is not complete"),
                    Term("2", "wrong usage"),
                    Term("3", "the file cannot be read, or is no trace; what precedes the error was printed"),
                    Term("4", "--strict has found faults"),
                ], title: "Exit status:", section: "EXIT STATUS"),
            .examples([
                "nina run --trace t.jsonl -- python3 test_driver.py",
                "nina decode --strict t.jsonl",
                "nina decode --strict --except padding,leak t.jsonl",
                "nina decode --command SEND_DATA,GET_DATABUF --slot 0 --bytes t.jsonl",
                "nina decode --from saleae --firmware adafruit-1.7.7 capture.csv",
                "nina decode --to vcd t.jsonl > t.vcd",
            ]),
        ])
}
