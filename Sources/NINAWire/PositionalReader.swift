/// Reads commands as the firmware does: by position, using only the lengths of variable-size parameters.
///
/// It ignores the end byte and the padding, and also the count unless a layout asks for it; a fixed-size parameter has
/// that size whatever its length byte says. It never traps.
public struct PositionalReader: FieldCoder {
    /// The width of subsequent length fields.
    public var width = LengthWidth.byte
    private let window: ArraySlice<UInt8>
    private let missingBytes: MissingBytes
    private let count: UInt8
    private var position: Int
    private var parametersRead = 0

    private init(_ window: ArraySlice<UInt8>, count: UInt8, missingBytes: MissingBytes) {
        self.window = window
        self.count = count
        self.missingBytes = missingBytes
        position = Frame.headerLength
    }

    /// Reads a command whose header has already been read.
    /// - Throws: `.truncated` when bytes are missing and the dialect rejects that.
    public static func command<C: Command>(
        _ command: C.Type, header: CommandHeader, in window: ArraySlice<UInt8>, missingBytes: MissingBytes
    ) throws(FrameError) -> C {
        var reader = PositionalReader(window, count: header.count, missingBytes: missingBytes)
        reader.width = C.width
        var command = C()
        try command.layout(&reader)
        return command
    }

    private var bytesLeft: Int { max(0, window.count - position) }

    private mutating func take(_ size: Int) throws(FrameError) -> ArraySlice<UInt8> {
        if bytesLeft < size, missingBytes == .areRefused {
            throw FrameError(.truncated, at: position, expected: size, found: bytesLeft)
        }
        let start = window.startIndex + min(position, window.count)
        let taken = min(size, bytesLeft)
        position += taken
        return window[start..<start + taken]
    }

    private mutating func readLength() throws(FrameError) -> Int {
        parametersRead += 1
        let bytes = try take(width == .word ? 2 : 1)
        var length = 0
        for byte in bytes { length = length << 8 | Int(byte) }
        // A missing low byte reads as zero.
        return width == .word && bytes.count == 1 ? length << 8 : length
    }

    /// Sets the frame's own count.
    public mutating func parameterCount(_ count: inout UInt8) { count = self.count }
    /// Sets the frame's own count.
    public mutating func repetitions(_ count: inout Int) { count = Int(self.count) }
    /// Whether the count announces another parameter and its bytes are present.
    public mutating func presence(_ isPresent: inout Bool) {
        isPresent = Int(count) > parametersRead && bytesLeft > (width == .word ? 2 : 1)
    }
    /// The bytes not read yet.
    public var unread: ArraySlice<UInt8>? { window.suffix(bytesLeft) }

    /// Skips the length and reads the value.
    public mutating func number(
        _ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64
    ) throws(FrameError) {
        _ = try readLength()
        let bytes = try take(format.size)
        let value = format.assemble(bytes)
        let missing = format.size - bytes.count
        bits = format.order == .big ? value << UInt64(8 * missing) : value
    }

    /// Reads the length and as many bytes, or fewer if the window ends; the value shares the window's storage.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        let length = try readLength()
        value = try take(format == .dataAsPresent ? min(length, bytesLeft) : length)
    }

    /// Skips the length byte and takes that many bytes.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        _ = try readLength()
        value = try take(count)
    }
}
