import NINAControl
import NINACoprocessor
import ToolSupport

extension Pages {
    static let ctl = HelpPage(
        "nina ctl", "looks at the modules of an emulator, and changes what is around them", options: CtlOption.self,
        operands: ["COMMAND [WORD...]"], hasManyOptions: true, words: CtlParser.words,
        [
            .text(
                "Asks an emulator that has a control channel: nina-emulator --control, or nina run, whose command finds it in "
                    + "NINA_CONTROL. What it changes is around a module, whose host notices it as on a real one."),
            .terms(CtlParser.commands.map { Term($0.0, $0.1) }, title: "Commands:"),
        ],
        end: [
            .terms(Condition.grammar.map { Term($0.0, $0.1) }, title: "Conditions of wait:"),
            .terms(
                FaultKindName.allCases.map { Term(faultUsage($0), $0.summary) }, title: "Kinds of fault add:"),
            .terms(
                [
                    Term("0", "done; of wait: the condition holds"),
                    Term("1", "the emulator refuses: there is no such network, coprocessor or fault"),
                    Term("2", "wrong usage"),
                    Term("3", "there is no emulator, or it has ended"),
                    Term("42", "the time of wait is over"),
                ], title: "Exit status:", section: "EXIT STATUS"),
            .examples([
                "nina ctl wait 'listening 80' --timeout 5 && curl http://$NINA_ADDRESS/",
                "nina ctl network loss lab-net --for 30",
                "nina ctl fault add reply-late 0.5 --command SEND_DATA --count 3",
                "nina ctl watch --trace --timeout 5 | nina decode",
            ]),
        ])

    private static func faultUsage(_ kind: FaultKindName) -> String {
        let name = kind.rawValue.replacing("_", with: "-")
        return switch kind {
        case .replyLate: name + " SECONDS"
        case .replyCut: name + " BYTES"
        default: name
        }
    }
}

extension FaultKindName {
    /// What happens.
    fileprivate var summary: String {
        switch self {
        case .replyLate: "the reply comes so much later"
        case .replyLost: "the command runs, and the host reads zeros"
        case .replyWrong: "the reply is to another command"
        case .replyCut: "only so many bytes of the reply are there"
        case .readyHigh: "READY stays high after the command, until the fault ends or a reset"
        case .readyLow: "READY is low before the command has run"
        case .interruptHigh: "IRQ stays high"
        case .interruptLow: "IRQ stays low"
        case .windowBit: "a bit of the command is flipped"
        case .brownOut: "the module starts again instead of running the command"
        case .nameLookupFails: "a name is not found"
        case .connectionReset: "peers reset the connections"
        case .tlsFails: "a handshake of TLS fails"
        case .storageFull: "there is no room for what is written"
        }
    }
}
