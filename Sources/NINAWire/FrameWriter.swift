/// Writes commands and replies into a buffer that is allocated once.
public struct FrameWriter: FieldCoder {
    /// The last frame written, including padding.
    public private(set) var frame: [UInt8] = []
    /// The width of subsequent length fields.
    public var width = LengthWidth.byte
    private var count: UInt8 = 0

    /// Makes a writer with a buffer for the longest frame.
    public init() { frame.reserveCapacity(Frame.limit) }

    /// Replaces the frame with a command.
    /// - Parameters:
    ///   - command: the command.
    ///   - padding: the byte used to pad the frame to a multiple of 4 bytes; 0 also means "do not accept" to firmware
    ///     that reads the accept flag of AVAIL_DATA from the padding.
    public mutating func write<C: Command>(_ command: C, padding: UInt8 = 0) throws(FrameError) {
        try write(C.opcode.byte, command, padding: padding)
    }

    /// Replaces the frame with a reply to a command.
    /// - Parameters:
    ///   - reply: the reply.
    ///   - command: the command's type.
    ///   - isPadded: false for firmware before 1.4.0, which does not pad its replies.
    public mutating func writeReply<C: Command>(
        _ reply: C.Reply, to command: C.Type, isPadded: Bool = true
    ) throws(FrameError) {
        try write(C.opcode.replyByte, reply, padding: isPadded ? 0 : nil)
    }

    /// Replaces the frame with the error frame `EF 00 EE`.
    /// - Parameter isPadded: false for firmware before 1.4.0, which does not pad its replies.
    public mutating func writeErrorFrame(isPadded: Bool = true) {
        frame.removeAll(keepingCapacity: true)
        frame.append(Frame.error)
        frame.append(0)
        frame.append(Frame.end)
        if isPadded { frame.append(0) }
    }

    /// Replaces the frame with bytes that are not a frame, which some firmware sends: WRITE_FILE's reply, a reply
    /// without bytes.
    public mutating func writeNoFrame(_ bytes: [UInt8]) {
        frame.removeAll(keepingCapacity: true)
        frame.append(contentsOf: bytes)
    }

    /// Swaps the frame and its storage with another buffer, without copying.
    public mutating func swapFrame(with other: inout [UInt8]) { swap(&frame, &other) }

    private mutating func write<M: Layout>(
        _ opcode: UInt8, _ message: M, padding: UInt8?
    ) throws(FrameError) {
        frame.removeAll(keepingCapacity: true)
        frame.append(Frame.start)
        frame.append(opcode)
        frame.append(0)
        count = 0
        width = M.width
        var message = message
        try message.layout(&self)
        frame[2] = count
        frame.append(Frame.end)
        if let padding {
            while frame.count % Frame.alignment != 0 { frame.append(padding) }
        }
        guard frame.count <= Frame.limit else {
            throw FrameError(.frameTooLong, at: Frame.limit, expected: Frame.limit, found: frame.count)
        }
    }

    private mutating func beginParameter(length: Int) throws(FrameError) {
        guard length <= width.longestValue else {
            throw FrameError(.valueTooLong, at: frame.count, expected: width.longestValue, found: length)
        }
        guard count < .max else {
            throw FrameError(.parameterCount, at: 2, expected: Int(UInt8.max), found: Int(count) + 1)
        }
        count += 1
        if width == .word { frame.append(UInt8(truncatingIfNeeded: length >> 8)) }
        frame.append(UInt8(truncatingIfNeeded: length))
    }

    /// Does nothing: the writer counts the parameters itself.
    public mutating func parameterCount(_ count: inout UInt8) {}
    /// Does nothing: the message has the number.
    public mutating func repetitions(_ count: inout Int) {}
    /// Does nothing: the message has the value.
    public mutating func presence(_ isPresent: inout Bool) {}

    /// Appends a fixed-size parameter.
    public mutating func number(
        _ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64
    ) throws(FrameError) {
        try beginParameter(length: format.size)
        for index in 0..<format.size {
            let place = format.order == .little ? index : format.size - 1 - index
            frame.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place)))
        }
    }

    /// Appends a variable-size parameter.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        try beginParameter(length: value.count)
        try append(value)
    }

    /// Appends the length byte and the whole value.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        try beginParameter(length: Int(lengthByte))
        try append(value)
    }

    private mutating func append(_ value: ArraySlice<UInt8>) throws(FrameError) {
        guard frame.count + value.count < Frame.limit else {
            throw FrameError(
                .frameTooLong, at: Frame.limit, expected: Frame.limit, found: frame.count + value.count + 1)
        }
        frame.append(contentsOf: value)
    }
}
