import NINAWire
import TestSupport
import Testing

/// How the commands of this library's call differ from the recorded ones, and why that is right.
struct HostDifference: Sendable {
    enum Edit: Sendable {
        /// All commands of this opcode are left out.
        case omits(Opcode)
        /// Of several commands of this opcode one is sent.
        case omitsRepeats(Opcode)
        /// A part of the fields of this opcode is another.
        case replaces(Opcode, String, String)
        /// These come first.
        case addsFirst([String])
        /// These come last.
        case addsLast([String])
        /// These are sent, and nothing else.
        case sends([String])
    }

    /// The calls, by their own words; `#76` behind them is the place in the recording, where the words occur again.
    var calls: [String]
    var edit: Edit
    /// Replies to commands that WiFiNINA sent otherwise, or not at all.
    var replies: [String] = []
    var reason: String

    /// Whether it is about a call.
    func isAbout(_ call: WiFiNINAVector, at index: Int) -> Bool {
        calls.contains(call.api) || calls.contains("\(call.api) #\(index)")
    }

    /// The commands as this library sends them.
    func apply(to commands: [String]) -> [String] {
        switch edit {
        case .omits(let opcode): return commands.filter { !isOf(opcode, $0) }
        case .omitsRepeats(let opcode):
            guard let first = commands.firstIndex(where: { isOf(opcode, $0) }) else { return commands }
            return commands.indices.filter { $0 == first || !isOf(opcode, commands[$0]) }.map { commands[$0] }
        case .replaces(let opcode, let old, let new):
            return commands.map { isOf(opcode, $0) ? $0.replacing(old, with: new) : $0 }
        case .addsFirst(let more): return more + commands
        case .addsLast(let more): return commands + more
        case .sends(let others): return others
        }
    }

    private func isOf(_ opcode: Opcode, _ command: String) -> Bool {
        command == opcode.name || command.hasPrefix(opcode.name + " ")
    }
}

/// A command as the tables write it: name and fields.
func commandText(_ frame: [UInt8]) -> String {
    guard frame.count > 1, let opcode = Opcode(byte: frame[1], family: .arduino) else { return "not a command" }
    let strict = Inspection.strict(command: opcode, in: frame[...]).text
    let fields = strict ?? Inspection.positional(command: opcode, in: frame[...]).text ?? "unreadable"
    return fields.isEmpty ? opcode.name : opcode.name + " " + fields
}
