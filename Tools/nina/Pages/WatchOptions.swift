import ToolSupport

enum WatchOption: String, ToolOption {
    case web = "--web"
    case control = "--control"
    case trace = "--trace"
    case except = "--except"
    case firmware = "--firmware"

    var entry: OptionEntry {
        switch self {
        case .web:
            OptionEntry(
                .none, "serve a page for a browser, at ADDR, an address of this machine: 127.0.0.1:8080, :8080",
                standard: "the terminal; of ADDR, 127.0.0.1 and a free port")
        case .control:
            OptionEntry(
                .text("unix:PATH[,uid=N|any]"), "the control channel of the emulator",
                standard: "NINA_CONTROL, which nina run sets")
        case .trace:
            OptionEntry(
                .file("FILE"), "follow a trace of JSON lines that a program writes, such as one with a real module",
                standard: "the emulator of --control")
        case .except: ReportOption.except.entry
        case .firmware: ReportOption.firmware.entry
        }
    }
}

extension Pages {
    static let watch = HelpPage(
        "nina watch", "shows what modules do while they do it, in the terminal or a browser",
        options: WatchOption.self, operands: ["[ADDR]"],
        [
            .text(
                "Shows modules, slots and commands until q or Ctrl-C; where the output is no terminal, a line for each "
                    + "command. NO_COLOR is honored."),
            .text(
                "With --web it prints the address of a page with a word in it that nobody can guess: whoever has it may look at what "
                    + "programs send, and make faults."),
        ],
        end: [
            .terms(
                [
                    Term("0", "ended by q, by a signal, or because the emulator has ended"),
                    Term("2", "wrong usage"),
                    Term("3", "there is no such emulator, or the trace cannot be read"),
                ], title: "Exit status:", section: "EXIT STATUS"),
            .examples([
                "nina-emulator --control unix:control.sock",
                "nina watch --control unix:control.sock --web",
                "nina watch --trace t.jsonl",
            ]),
        ])
}
