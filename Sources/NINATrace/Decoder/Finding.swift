/// What a trace shows that should not be.
public struct Finding: Equatable, Sendable {
    /// The rule that is broken.
    public enum Rule: String, CaseIterable, Sendable {
        /// The layout of a command.
        case frame
        /// Padding of a window.
        case padding
        /// The order of windows.
        case handshake
        /// The layout of a reply.
        case reply
        /// Bytes that were lost.
        case lost
        /// A slot that is not open.
        case stale
        /// A slot that was never closed.
        case leak

        /// What it says.
        public var summary: String {
            switch self {
            case .frame: "a command is not laid out as the protocol says"
            case .padding: "a window is not a multiple of 4 bytes, or padded with something else than 00 or FF"
            case .handshake:
                "a command while another one runs or RESET is low, a command without a reply, or the reverse"
            case .reply: "a reply does not fit its command"
            case .lost: "a window was too long for the module, or too short for the reply"
            case .stale: "a command for a slot that is closed or was never opened"
            case .leak: "a connection or a UDP socket is still open at a reset, or at the end"
            }
        }
    }

    /// The rule.
    public var rule: Rule
    /// What was seen.
    public var text: String

    /// Makes a finding.
    public init(_ rule: Rule, _ text: String) {
        self.rule = rule
        self.text = text
    }
}
