/// A framing error and its byte offset.
public struct FrameError: Error, Equatable, Sendable {
    /// The kind of fault.
    public enum Kind: UInt8, Equatable, Sendable {
        /// The frame is empty.
        case empty
        /// The first byte is not `E0`.
        case startByte
        /// The device sent its error frame `EF 00 EE`: it rejected the command.
        case errorFrame
        /// The opcode is unknown to this library.
        case unknownOpcode
        /// The frame belongs to a different command (or is a command where a reply is expected).
        case opcode
        /// The number of parameters differs from the command's layout.
        case parameterCount
        /// A parameter's length does not match its type.
        case parameterLength
        /// The frame ends inside a parameter or before the end byte.
        case truncated
        /// A byte other than `EE` at the position of the end byte.
        case endByte
        /// A value is too long for its length field.
        case valueTooLong
        /// The whole frame would exceed ``Frame/limit``.
        case frameTooLong
        /// A number is outside the range of its field.
        case valueOutOfRange
        /// A text contains a NUL, where firmware, which keeps it as a C string, would end it.
        case nulInText
    }

    /// The kind of fault.
    public var kind: Kind
    /// Offset in bytes from the frame's first byte.
    public var offset: Int
    /// The expected value or length, for kinds that have one.
    public var expected: Int
    /// The actual value or length.
    public var found: Int

    /// Makes an error.
    public init(_ kind: Kind, at offset: Int, expected: Int, found: Int) {
        self.kind = kind
        self.offset = offset
        self.expected = expected
        self.found = found
    }
}

#if !hasFeature(Embedded)
extension FrameError: CustomStringConvertible {
    /// A description for users: what, where, expected and found.
    public var description: String {
        switch kind {
        case .empty: "the frame is empty"
        case .startByte: "byte \(offset): the frame starts with \(hex(found)), not with \(hex(expected))"
        case .errorFrame: "the device refused the command (error frame EF 00 EE)"
        case .unknownOpcode: "byte \(offset): no command has the number \(hex(found))"
        case .opcode: "byte \(offset): opcode \(hex(found)) where \(hex(expected)) was due"
        case .parameterCount: "byte \(offset): \(found) parameters where \(expected) were due"
        case .parameterLength: "byte \(offset): a parameter of \(found) bytes where \(expected) were due"
        case .truncated: "byte \(offset): the frame ends where \(expected) more bytes were due (\(found) are there)"
        case .endByte: "byte \(offset): \(hex(found)) where the end byte \(hex(expected)) was due"
        case .valueTooLong: "byte \(offset): a value of \(found) bytes does not fit its length field (most \(expected))"
        case .frameTooLong: "byte \(offset): the frame would take \(found) bytes, the limit is \(expected)"
        case .valueOutOfRange: "the number \(found) is out of range (0 to \(expected))"
        case .nulInText: "a text has a NUL after \(found) bytes: the module would not see what follows"
        }
    }

    private func hex(_ value: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count < 2 ? "0" + digits : digits)
    }
}
#endif
