import NINAWire

/// Something that goes wrong on purpose, on the module's side.
///
/// Hosts see what a broken wire, a bad supply or a bad network causes; memory faults of firmware are never reproduced.
public struct Fault: Equatable, Sendable {
    /// What goes wrong.
    public enum Kind: Equatable, Sendable {
        /// The reply comes this much later.
        case replyLate(Duration)
        /// The command runs, and its reply is empty: the host reads zeros.
        case replyLost
        /// A reply to another command comes: its opcode byte differs in one bit.
        case replyWrong
        /// The reply has at most this many bytes.
        case replyCut(Int)
        /// READY stays high after the command, which has run, until the fault is removed or the module is reset.
        case readyHigh
        /// READY is low before the command has run: the host reads zeros, and its next window clocks the reply out in place of
        /// carrying a command.
        case readyLow
        /// IRQ stays at this level; only with ``Trigger/always``.
        case interruptStuck(Bool)
        /// A bit of the command window is flipped, of which the module does not know.
        case windowBit
        /// The module restarts before it has run the command.
        case brownOut
        /// A name is not found, as if no DNS server answered.
        case nameLookupFails
        /// The peers reset all TCP connections of the module.
        case connectionReset
        /// A TLS handshake fails.
        case tlsFails
        /// A write to the storage finds no room.
        case storageFull
    }

    /// When it goes wrong. A fault of the link or of connections has an opportunity with each command, the others where they
    /// may occur: a look-up, a handshake, a write.
    public enum Trigger: Equatable, Sendable {
        /// At each opportunity.
        case always
        /// At random, the same with the same seed.
        case probability(Double, seed: UInt64)
        /// At the next opportunities.
        case count(Int)
        /// At the next opportunities with this command.
        case command(Opcode, count: Int)
    }

    /// The identifier, 1 to 64 bytes.
    public var id: String
    /// What goes wrong.
    public var kind: Kind
    /// When.
    public var trigger: Trigger

    /// Makes a fault.
    public init(id: String, _ kind: Kind, _ trigger: Trigger = .always) {
        self.id = id
        self.kind = kind
        self.trigger = trigger
    }
}
