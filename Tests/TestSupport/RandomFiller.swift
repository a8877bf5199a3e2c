import NINALink
import NINAWire

/// Fills a message with random values by walking its layout, so that every message can be tested without being named.
public struct RandomFiller: FieldCoder {
    /// The width of the lengths of the parameters that follow.
    public var width = LengthWidth.byte
    /// Where the values come from; take it back after a fill.
    public var random: SplitMix64
    /// Socket numbers are mostly those of slots that exist, values mostly short: a device then does more than refuse.
    public var isPlausible: Bool
    /// Bytes that the frame can still take in front of its end byte.
    private var room = Frame.limit - Frame.headerLength - 1
    /// The fields of the message and how many of them are filled.
    private var fields: [FieldDescription] = []
    private var filled = 0

    /// Makes a filler.
    public init(random: SplitMix64, isPlausible: Bool = false) {
        self.random = random
        self.isPlausible = isPlausible
    }

    /// Fills a message whose form stays as it is.
    public mutating func fill<M: Layout>(_ message: inout M) {
        room = Frame.limit - Frame.headerLength - 1
        width = M.width
        fields = FieldLister(message).fields
        filled = 0
        try? message.layout(&self)
    }

    /// The form stays.
    public mutating func parameterCount(_ count: inout UInt8) {}
    /// Up to 20 repetitions.
    public mutating func repetitions(_ count: inout Int) { count = Int(random.next() % 21) }
    /// The form stays.
    public mutating func presence(_ isPresent: inout Bool) {}

    /// Any bits that fit.
    public mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        bits = random.next() >> UInt64(64 - 8 * format.size)
        if isPlausible, format.size == 1 { bits %= name.description == "socket" ? 12 : 4 }
        room -= format.size + Int(width.rawValue)
        filled += 1
    }

    /// Any bytes: none, a few, or as many as the length or the frame allows.
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

    /// Bytes that the parameters behind the one being filled need at least; of repeated ones there are more to come.
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
