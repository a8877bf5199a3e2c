import NINAWire

/// A field of a command or a reply.
public struct DecodedField: Equatable, Sendable {
    /// A value, by how it is shown.
    public enum Value: Equatable, Sendable {
        /// A number.
        case unsigned(UInt64)
        /// A number that may be negative.
        case signed(Int64)
        /// An IPv4 address.
        case address(IPv4Address)
        /// A hardware address, in wire order.
        case hardwareAddress(MACAddress)
        /// Text, perhaps with `*` for what is secret.
        case text(ArraySlice<UInt8>)
        /// Any bytes.
        case data(ArraySlice<UInt8>)
    }

    /// Its name in `commands.json`.
    public var name: String
    /// Its value; several, or none, for a repeated field.
    public var values: [Value]
    /// Whether the field is repeated.
    public var isList: Bool
}

/// Collects the fields of a message by walking its layout.
struct FieldCollector: FieldCoder {
    var width = LengthWidth.byte
    private let showsSecrets: Bool
    /// How many values may be shown, all of variable size as stars; nil for a frame without a defect.
    private var left: Int?
    private var isRepeated = false
    private(set) var fields: [DecodedField] = []

    /// The fields of a message.
    /// - Parameter shownValues: `SecretHider.shownValues` for a frame with a defect, unless secrets are shown.
    static func fields<M: Layout>(of message: M, showsSecrets: Bool, shownValues: Int? = nil) -> [DecodedField] {
        var collector = FieldCollector(showsSecrets: showsSecrets, shownValues: shownValues)
        var message = message
        try? message.layout(&collector)
        return collector.fields
    }

    private init(showsSecrets: Bool, shownValues: Int?) {
        self.showsSecrets = showsSecrets
        left = shownValues
    }

    mutating func parameterCount(_ count: inout UInt8) {}
    mutating func repetitions(_ count: inout Int) { isRepeated = true }
    mutating func presence(_ isPresent: inout Bool) {}

    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        let value: DecodedField.Value =
            switch format.meaning {
            case .unsigned: .unsigned(bits)
            case .signed: .signed(Int64(bitPattern: bits << UInt64(64 - 8 * format.size)) >> (64 - 8 * format.size))
            case .address: .address(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits)))
            case .hardwareAddress: .hardwareAddress(MACAddress(rawValue: bits))
            }
        append(name, value)
    }

    mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        var shown = value
        if !showsSecrets {
            let isHidden = format == .secret || left != nil
            let secrets = isHidden ? [value.indices] : format == .url ? URLSecrets.ranges(in: value) : []
            for range in secrets {
                for index in range { shown[index] = SecretHider.star }
            }
        }
        switch format {
        case .text, .secret, .url: append(name, .text(shown))
        case .data, .dataAsPresent: append(name, .data(shown))
        }
    }

    private mutating func append(_ name: StaticString, _ value: DecodedField.Value) {
        if let left {
            guard left > 0 else { return }
            self.left = left - 1
        }
        let name = "\(name)"
        if isRepeated, let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index].values.append(value)
        } else {
            fields.append(DecodedField(name: name, values: [value], isList: isRepeated))
        }
    }
}
