/// Reads frames strictly: checks every length, the count and the end byte. Hosts read replies with it.
///
/// A truncated frame throws; bytes after the end byte are padding and are ignored.
public struct FrameReader: FieldCoder {
    /// The width of subsequent length fields.
    public var width = LengthWidth.byte
    private let frame: ArraySlice<UInt8>
    private var position: Int
    private var count: UInt8 = 0
    private var parametersRead = 0

    private init(_ frame: ArraySlice<UInt8>) {
        self.frame = frame
        position = frame.startIndex
    }

    /// Reads the reply to a command.
    public static func reply<C: Command>(
        to command: C.Type, in frame: ArraySlice<UInt8>
    ) throws(FrameError) -> C.Reply {
        try message(C.Reply.self, opcode: C.opcode.replyByte, in: frame)
    }

    /// Reads a command.
    public static func command<C: Command>(
        _ command: C.Type, in frame: ArraySlice<UInt8>
    ) throws(FrameError) -> C {
        try message(C.self, opcode: C.opcode.byte, in: frame)
    }

    private static func message<M: Layout>(
        _ type: M.Type, opcode: UInt8, in frame: ArraySlice<UInt8>
    ) throws(FrameError) -> M {
        var reader = FrameReader(frame)
        try reader.readHeader(opcode: opcode)
        reader.width = M.width
        var message = M()
        try message.layout(&reader)
        try reader.readEnd()
        return message
    }

    private var offset: Int { position - frame.startIndex }

    private mutating func next(expected: Int = 1) throws(FrameError) -> UInt8 {
        guard position < frame.endIndex else {
            throw FrameError(.truncated, at: offset, expected: expected, found: 0)
        }
        let byte = frame[position]
        position += 1
        return byte
    }

    private mutating func readHeader(opcode: UInt8) throws(FrameError) {
        guard !frame.isEmpty else {
            throw FrameError(.empty, at: 0, expected: Int(Frame.start), found: 0)
        }
        let start = try next()
        guard start != Frame.error else {
            throw FrameError(.errorFrame, at: 0, expected: Int(Frame.start), found: Int(start))
        }
        guard start == Frame.start else {
            throw FrameError(.startByte, at: 0, expected: Int(Frame.start), found: Int(start))
        }
        let found = try next()
        guard found == opcode else {
            throw FrameError(.opcode, at: 1, expected: Int(opcode), found: Int(found))
        }
        count = try next()
    }

    private mutating func readEnd() throws(FrameError) {
        guard parametersRead == Int(count) else {
            throw FrameError(.parameterCount, at: 2, expected: parametersRead, found: Int(count))
        }
        let end = try next()
        guard end == Frame.end else {
            throw FrameError(.endByte, at: offset - 1, expected: Int(Frame.end), found: Int(end))
        }
    }

    private mutating func readLength() throws(FrameError) -> Int {
        guard parametersRead < Int(count) else {
            throw FrameError(.parameterCount, at: 2, expected: parametersRead + 1, found: Int(count))
        }
        parametersRead += 1
        var length = Int(try next())
        if width == .word { length = length << 8 | Int(try next()) }
        return length
    }

    public mutating func parameterCount(_ count: inout UInt8) { count = self.count }
    public mutating func repetitions(_ count: inout Int) { count = Int(self.count) - parametersRead }
    public mutating func presence(_ isPresent: inout Bool) { isPresent = parametersRead < Int(count) }

    /// Reads a fixed-size parameter; its length must be that size.
    public mutating func number(
        _ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64
    ) throws(FrameError) {
        let lengthOffset = offset
        let length = try readLength()
        guard length == format.size else {
            throw FrameError(.parameterLength, at: lengthOffset, expected: format.size, found: length)
        }
        bits = format.assemble(try take(length))
    }

    /// Reads a variable-size parameter; the value shares the frame's storage.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        value = try take(try readLength())
    }

    /// Reads a length byte, which must have the given value, and then `count` bytes.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        let lengthOffset = offset
        let length = try readLength()
        guard length == Int(lengthByte) else {
            throw FrameError(.parameterLength, at: lengthOffset, expected: Int(lengthByte), found: length)
        }
        value = try take(count)
    }

    public var unread: ArraySlice<UInt8>? { frame[position...] }

    private mutating func take(_ length: Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard frame.endIndex - position >= length else {
            throw FrameError(.truncated, at: offset, expected: length, found: frame.endIndex - position)
        }
        defer { position += length }
        return frame[position..<position + length]
    }
}

extension NumberFormat {
    /// Decodes the bytes into a right-aligned number.
    func assemble(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var bits: UInt64 = 0
        var place: UInt64 = 0
        for byte in bytes {
            if order == .big {
                bits = bits << 8 | UInt64(byte)
            } else {
                bits |= UInt64(byte) << place
                place += 8
            }
        }
        return bits
    }
}
