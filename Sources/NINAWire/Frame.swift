/// The framing bytes of commands and replies.
///
///     command  E0  opcode       count  parameters...  EE  padding to a multiple of 4
///     reply    E0  opcode | 80  count  parameters...  EE  padding to a multiple of 4
///     error    EF  00  EE
///
/// A parameter consists of its length (one byte, or two bytes big endian for commands that transfer bulk data) and its
/// bytes.
/// Source: nina-fw's command handler and WiFiNINA's `spi_drv`; observed on both.
public enum Frame {
    /// First byte of a command or reply.
    public static let start: UInt8 = 0xE0
    /// First byte of the error frame.
    public static let error: UInt8 = 0xEF
    /// Last byte before the padding.
    public static let end: UInt8 = 0xEE
    /// Set in the opcode byte of a reply.
    public static let replyBit: UInt8 = 0x80
    /// Size in bytes of the firmware's command and reply buffers, including padding.
    public static let limit = 4092
    /// Frames are padded to a multiple of this many bytes.
    public static let alignment = 4
    /// Bytes before the first parameter: start, opcode, count.
    public static let headerLength = 3
    /// The maximum number of data bytes in one SEND_DATA: `E0 44 02 | 00 01 slot | len len | data | EE`.
    public static let longestSend = limit - 9
    /// The maximum number of data bytes in one GET_DATABUF reply: `E0 C5 01 | len len | data | EE`.
    public static let longestReceive = limit - 6

    /// `length` rounded up to the alignment.
    public static func padded(_ length: Int) -> Int {
        (length + alignment - 1) / alignment * alignment
    }
}

/// The first bytes of a command window as a device reads them; later bytes are ignored here.
public struct CommandHeader: Equatable, Sendable {
    /// The command.
    public var opcode: Opcode
    /// The parameter count in the frame (zero when the window ends before it).
    public var count: UInt8

    /// Makes a header.
    public init(opcode: Opcode, count: UInt8) {
        self.opcode = opcode
        self.count = count
    }

    /// Reads the header of a command window.
    ///
    /// - Parameters:
    ///   - window: the bytes of the window.
    ///   - family: the family of the firmware that reads it.
    ///
    /// A missing count byte reads as zero, as in the firmware, whose buffer is cleared before each command.
    /// - Throws: `.empty`, `.startByte` or `.unknownOpcode`; the device answers each with the error frame.
    public init(window: ArraySlice<UInt8>, family: CommandFamily = .arduino) throws(FrameError) {
        var bytes = window.makeIterator()
        guard let first = bytes.next() else { throw FrameError(.empty, at: 0, expected: Int(Frame.start), found: 0) }
        guard first == Frame.start else {
            throw FrameError(.startByte, at: 0, expected: Int(Frame.start), found: Int(first))
        }
        let raw = bytes.next() ?? 0
        guard let opcode = Opcode(byte: raw, family: family) else {
            throw FrameError(.unknownOpcode, at: 1, expected: 0, found: Int(raw))
        }
        self.opcode = opcode
        self.count = bytes.next() ?? 0
    }
}
