import NINAWire

/// Writes all fields of a message as text: two messages with the same text have the same fields.
public struct FieldDump: FieldCoder {
    /// The width of subsequent length fields.
    public var width = LengthWidth.byte
    private var fields: [String] = []

    /// `name=value name=value`: numbers in decimal, addresses in their usual notation, unprintable data in hexadecimal.
    public static func text<M: Layout>(of message: M) -> String {
        var dump = FieldDump()
        var message = message
        try? message.layout(&dump)
        return dump.fields.joined(separator: " ")
    }

    /// Keeps the message's own form.
    public mutating func parameterCount(_ count: inout UInt8) {}
    /// Keeps the message's own number.
    public mutating func repetitions(_ count: inout Int) {}
    /// Keeps the message's own form.
    public mutating func presence(_ isPresent: inout Bool) {}

    /// Records a number.
    public mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        switch format.meaning {
        case .unsigned: note(name, "\(bits)")
        case .signed:
            let isNegative = bits >> UInt64(8 * format.size - 1) != 0
            note(name, isNegative ? "-\(~bits & mask(format.size) &+ 1)" : "\(bits)")
        case .address: note(name, (0..<4).map { "\(bits >> UInt64(24 - 8 * $0) & 0xFF)" }.joined(separator: "."))
        case .hardwareAddress:
            note(name, (0..<6).map { [UInt8(bits >> UInt64(40 - 8 * $0) & 0xFF)].hex }.joined(separator: ":"))
        }
    }

    private func mask(_ size: Int) -> UInt64 { size == 8 ? .max : 1 << UInt64(8 * size) - 1 }

    /// Records text or data.
    public mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        let isPrintable = value.allSatisfy { (0x21...0x7E).contains($0) }
        note(name, isPrintable ? String(decoding: value, as: UTF8.self) : "0x" + value.hex)
    }

    private mutating func note(_ name: StaticString, _ value: String) { fields.append("\(name)=\(value)") }
}
