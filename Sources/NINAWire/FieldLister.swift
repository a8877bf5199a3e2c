/// One parameter in the description of a message.
public struct FieldDescription: Sendable {
    /// The parameter's name in `commands.json` and in traces.
    public var name: StaticString
    /// The format of a fixed-size parameter.
    public var number: NumberFormat?
    /// The format of a variable-size parameter.
    public var bytes: BytesFormat?
    /// The width of its length field.
    public var width: LengthWidth
    /// Whether hosts may omit it.
    public var isOptional: Bool
    /// Whether it may be repeated.
    public var isRepeated: Bool
    /// Whether its length byte is its size; false when the data extend past that.
    public var lengthIsSize: Bool
}

/// Lists the parameters of a message by walking its layout: the source of `commands.json` and the tables.
public struct FieldLister: FieldCoder {
    /// The parameters found, in wire order.
    public private(set) var fields: [FieldDescription] = []
    /// The width of subsequent length fields.
    public var width: LengthWidth
    /// Whether the layout depends on the number of parameters.
    public private(set) var consultsCount = false
    private var isOptional = false
    private var isRepeated = false

    /// The parameters of one form of a message.
    public init<M: Layout>(_ form: M) {
        width = M.width
        var form = form
        try? form.layout(&self)
    }

    public mutating func parameterCount(_ count: inout UInt8) { consultsCount = true }
    public mutating func repetitions(_ count: inout Int) { isRepeated = true }
    public mutating func presence(_ isPresent: inout Bool) { isOptional = true }

    public mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        append(name, format, nil)
    }

    public mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        append(name, nil, format)
    }

    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) {
        append(name, nil, format, lengthIsSize: false)
    }

    private mutating func append(
        _ name: StaticString, _ number: NumberFormat?, _ bytes: BytesFormat?, lengthIsSize: Bool = true
    ) {
        fields.append(
            FieldDescription(
                name: name, number: number, bytes: bytes, width: width, isOptional: isOptional, isRepeated: isRepeated,
                lengthIsSize: lengthIsSize))
    }
}
