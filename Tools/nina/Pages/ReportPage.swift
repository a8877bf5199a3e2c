import ToolSupport

enum ReportOption: String, ToolOption {
    case output = "--output"
    case except = "--except"
    case from = "--from"
    case firmware = "--firmware"
    case rate = "--rate"

    var entry: OptionEntry {
        switch self {
        case .output:
            OptionEntry(
                .file("FILE"), "the file of the page, for this user alone (0600)", standard: "standard output",
                aliases: ["-o"])
        case .except:
            OptionEntry(
                .text("RULE,..."), "mark no faults by these rules of nina decode --strict: padding,leak",
                standard: "none", isRepeatable: true)
        case .from: Self.ungrouped(DecodeOption.from)
        case .firmware: Self.ungrouped(DecodeOption.firmware)
        case .rate: Self.ungrouped(DecodeOption.rate)
        }
    }

    private static func ungrouped(_ option: DecodeOption) -> OptionEntry {
        OptionEntry(option.entry.value, option.entry.text, standard: option.entry.standard)
    }
}

extension Pages {
    static let report = HelpPage(
        "nina report", "makes a page of a trace, to look at or to keep", options: ReportOption.self,
        operands: ["TRACE|-"],
        [
            .text(
                "Makes one HTML file of a trace that needs nothing else: lines and slots over time, the commands with their "
                    + "fields and bytes, filters, and how long commands took. Faults that nina decode --strict finds are marked. "
                    + "It has what programs have sent and received: keep it as the trace.")
        ],
        end: [
            .terms(
                [
                    Term("0", "the page was written, with faults or without"),
                    Term("1", "it cannot be written"),
                    Term("2", "wrong usage"),
                    Term("3", "the trace cannot be read; the page has what precedes the error, if that is a command"),
                ], title: "Exit status:", section: "EXIT STATUS"),
            .examples([
                "nina run --trace t.jsonl -- python3 test_driver.py",
                "nina report t.jsonl -o report.html",
            ]),
        ])
}
