import NINAWire

/// A command with its reply, as a trace has them.
public struct Exchange: Equatable, Sendable {
    /// When the command's window ended, in nanoseconds since the start of the trace.
    public var time: UInt64
    /// The coprocessor.
    public var coprocessor: UInt32
    /// The bytes of the command's window; empty for a reply without a command.
    public var out: ArraySlice<UInt8>
    /// The same without secrets, unless they are shown.
    public var shownOut: ArraySlice<UInt8>
    /// Its flags.
    public var outFlags: WindowFlags
    /// The bytes of the reply; nil without one.
    public var reply: ArraySlice<UInt8>?
    /// Nanoseconds from the command to the reply.
    public var duration: UInt64?

    /// The number of the command; nil without one.
    public var number: UInt8?
    /// The command in the firmware's family; nil if there is none with this number.
    public var opcode: Opcode?
    /// Its fields; nil when they cannot be read.
    public var fields: [DecodedField]?
    /// The fields of the reply; nil when they cannot be read.
    public var replyFields: [DecodedField]?
    /// Whether the module answered with the error frame.
    public var isRefused = false
    /// What is wrong with the command's frame.
    public var error: FrameError?
    /// What is wrong with the reply's.
    public var replyError: FrameError?
    /// Whether the firmware sends the last octet of hardware addresses first.
    public var reversesHardwareAddresses = true
    /// What it has done to a slot, as far as the trace tells.
    public var slotChange: SlotChange?
    /// What the lint says.
    public var findings: [Finding] = []

    /// The slot that the command is about, or that its reply names.
    public var slot: UInt8? {
        for field in (fields ?? []) + (replyFields ?? []) where field.name == "socket" {
            if case .unsigned(let slot) = field.values.first { return UInt8(truncatingIfNeeded: slot) }
        }
        return nil
    }
}

/// What a decoder makes of a trace.
public enum DecodedItem: Equatable, Sendable {
    /// A command with its reply.
    case exchange(Exchange)
    /// Any other event, which stands for itself.
    case event(TraceRecord, [Finding])

    /// The findings of the item.
    public var findings: [Finding] {
        switch self {
        case .exchange(let exchange): exchange.findings
        case .event(_, let findings): findings
        }
    }
}
