import NINAWire
import TestSupport
import Testing

/// How this library's commands of a call differ from the recorded ones, and why that is right.
struct HostDifference: Sendable {
    enum Edit: Sendable {
        /// No command of this opcode is sent.
        case omits(Opcode)
        /// Only one of several commands of this opcode is sent.
        case omitsRepeats(Opcode)
        /// Some fields of this opcode differ.
        case replaces(Opcode, String, String)
        /// These are sent first.
        case addsFirst([String])
        /// These are sent last.
        case addsLast([String])
        /// Only these are sent.
        case sends([String])
    }

    /// The calls, by their own words; `#76` after them is the position in the recording, where the words occur again.
    var calls: [String]
    var edit: Edit
    /// Replies to commands that WiFiNINA sent differently, or not at all.
    var replies: [String] = []
    var reason: String

    /// Whether it applies to a call.
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

/// A command in the tables' notation: name and fields.
func commandText(_ frame: [UInt8]) -> String {
    guard frame.count > 1, let opcode = Opcode(byte: frame[1], family: .arduino) else { return "not a command" }
    let strict = Inspection.strict(command: opcode, in: frame[...]).text
    let fields = strict ?? Inspection.positional(command: opcode, in: frame[...]).text ?? "unreadable"
    return fields.isEmpty ? opcode.name : opcode.name + " " + fields
}
