import NINALink
import NINAWire

/// Fills a message with random values by walking its layout, so that every message can be tested generically.
public struct RandomFiller: FieldCoder {
    /// The width of subsequent length fields.
    public var width = LengthWidth.byte
    /// The source of random numbers; read it back after filling.
    public var random: SplitMix64
    /// Socket numbers are mostly those of existing slots, and values mostly short, so that a device does not reject
    /// most commands.
    public var isPlausible: Bool
    /// The number of bytes that still fit in the frame before its end byte.
    private var room = Frame.limit - Frame.headerLength - 1
    /// The number of fields of the message, and of those filled so far.
    private var fields: [FieldDescription] = []
    private var filled = 0

    /// Makes a filler.
    public init(random: SplitMix64, isPlausible: Bool = false) {
        self.random = random
        self.isPlausible = isPlausible
    }

    /// Fills a message without changing its form.
    public mutating func fill<M: Layout>(_ message: inout M) {
        room = Frame.limit - Frame.headerLength - 1
        width = M.width
        fields = FieldLister(message).fields
        filled = 0
        try? message.layout(&self)
    }

    /// Keeps the form.
    public mutating func parameterCount(_ count: inout UInt8) {}
    /// Up to 20 repetitions.
    public mutating func repetitions(_ count: inout Int) { count = Int(random.next() % 21) }
    /// Keeps the form.
    public mutating func presence(_ isPresent: inout Bool) {}

    /// Random bits that fit.
    public mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        bits = random.next() >> UInt64(64 - 8 * format.size)
        if isPlausible, format.size == 1 { bits %= name.description == "socket" ? 12 : 4 }
        room -= format.size + Int(width.rawValue)
        filled += 1
    }

    /// Random bytes: none, a few, or as many as the length field or the frame allows.
    public mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        filled += 1
        let most = max(0, min(width.longestValue, room - Int(width.rawValue) - roomBehind))
        let count: Int
        switch random.next() % (isPlausible ? 64 : 8) {
        case 0: count = most
        case 1: count = 0
        case 2: count = Int(random.next() % UInt64(most + 1))
        default: count = Int(random.next() % UInt64(min(most, 24) + 1))
        }
        value = ArraySlice(randomBytes(count))
        room -= count + Int(width.rawValue)
    }

    /// The minimum number of bytes of the parameters after the current one, including remaining repetitions.
    private var roomBehind: Int {
        if fields.contains(where: \.isRepeated) { return 300 }
        return fields.dropFirst(filled).reduce(0) { $0 + Int($1.width.rawValue) + ($1.number?.size ?? 0) }
    }

    /// Random bytes.
    public mutating func randomBytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let bits = random.next()
            for place in 0..<UInt64(8) { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * place))) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
