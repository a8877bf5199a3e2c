/// Computes how many bytes of a reply are missing, for links that clock it in piece by piece.
///
/// It walks the layout of the reply: it uses the lengths of parameters that have arrived, and the minimum size of the
/// others. A link that repeatedly clocks the missing bytes therefore never clocks padding, and needs at most two pieces
/// for a reply with one variable-size parameter.
public struct ReplyMeasure: FieldCoder {
    /// The width of subsequent length fields.
    public var width: LengthWidth
    private let bytes: ArraySlice<UInt8>
    /// The end of the parameters walked so far, counted from the first byte.
    private var end = Frame.headerLength
    private var parametersRead = 0

    /// The minimum number of missing bytes of a reply.
    /// - Parameters:
    ///   - bytes: the bytes received, from the start byte on.
    ///   - opcode: the command that is answered.
    /// - Returns: 0 when the reply is complete, or is not a reply to this command, which the reader reports.
    public static func missing(_ bytes: ArraySlice<UInt8>, of opcode: Opcode) -> Int {
        var visitor = Visitor(bytes: bytes)
        let length = opcode.accept(&visitor)
        return max(length - bytes.count, 0)
    }

    private struct Visitor: CommandVisitor {
        let bytes: ArraySlice<UInt8>

        mutating func visit<C: Command>(_ command: C.Type) -> Int {
            var header = bytes.makeIterator()
            switch header.next() {
            case nil, Frame.start: break
            case Frame.error: return Frame.headerLength
            default: return 0
            }
            if let opcode = header.next(), opcode != C.opcode.replyByte { return 0 }
            var measure = ReplyMeasure(bytes: bytes, width: C.Reply.width)
            // A value of this length starts like the rejection of PREF_GET, `00 EE`: wait for the bytes that follow it.
            let value = bytes.dropFirst(Frame.headerLength)
            let longer = Frame.headerLength + 2 + Int(Frame.end) + 1
            if C.opcode == .prefGet, value.starts(with: [0, Frame.end]), bytes.count < longer { return longer }
            var reply = C.Reply()
            // It never throws.
            try? reply.layout(&measure)
            return min(measure.end + 1, Frame.limit)
        }
    }

    private init(bytes: ArraySlice<UInt8>, width: LengthWidth) {
        self.bytes = bytes
        self.width = width
    }

    /// The frame's parameter count; nil when it has not arrived yet.
    private var count: Int? {
        bytes.count < Frame.headerLength ? nil : Int(bytes[bytes.startIndex + Frame.headerLength - 1])
    }

    /// The bytes after the parameters walked so far.
    public var unread: ArraySlice<UInt8>? { bytes.dropFirst(end) }

    /// Sets the frame's own count.
    public mutating func parameterCount(_ count: inout UInt8) {
        if let own = self.count { count = UInt8(truncatingIfNeeded: own) }
    }

    /// Sets the frame's own count; 0 when it has not arrived yet.
    public mutating func repetitions(_ count: inout Int) {
        count = max((self.count ?? 0) - parametersRead, 0)
    }

    /// Whether the count announces another parameter.
    public mutating func presence(_ isPresent: inout Bool) { isPresent = parametersRead < self.count ?? 0 }

    /// A parameter of this size, or of the length that has arrived.
    public mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        pass(otherwise: format.size)
    }

    /// A parameter of the length that has arrived.
    public mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        pass(otherwise: 0)
    }

    /// A parameter of this size, whatever its length byte says.
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) {
        parametersRead += 1
        end += Int(width.rawValue) + count
    }

    private mutating func pass(otherwise shortest: Int) {
        if let count, parametersRead >= count { return }
        parametersRead += 1
        guard let rest = unread, rest.count >= Int(width.rawValue) else {
            end += Int(width.rawValue) + shortest
            return
        }
        var length = 0
        for byte in rest.prefix(Int(width.rawValue)) { length = length << 8 | Int(byte) }
        end += Int(width.rawValue) + length
    }
}
