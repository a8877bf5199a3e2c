/// An IPv4 address.
public struct IPv4Address: RawRepresentable, Hashable, Sendable {
    /// The address as a number: 127.0.0.1 is `0x7F00_0001`.
    public var rawValue: UInt32

    /// Makes an address from its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Makes an address from its four octets.
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// 0.0.0.0.
    public static let any = IPv4Address(rawValue: 0)
    /// 127.0.0.1.
    public static let loopback = IPv4Address(127, 0, 0, 1)
    /// 255.255.255.255, which firmware also returns for an unknown name.
    public static let broadcast = IPv4Address(rawValue: .max)

    /// The octets, first one first.
    public var octets: (UInt8, UInt8, UInt8, UInt8) {
        (
            UInt8(truncatingIfNeeded: rawValue >> 24), UInt8(truncatingIfNeeded: rawValue >> 16),
            UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)
        )
    }

    /// The mask of a prefix of this many bits (0 to 32).
    public static func mask(prefixLength: Int) -> IPv4Address {
        IPv4Address(rawValue: prefixLength <= 0 ? 0 : UInt32.max << UInt32(max(0, 32 - prefixLength)))
    }

    /// Whether both addresses are in the same network with this mask.
    public func isIn(networkOf other: IPv4Address, mask: IPv4Address) -> Bool {
        (rawValue ^ other.rawValue) & mask.rawValue == 0
    }

    /// Parses four decimal octets separated by dots; nil for anything else.
    public init?(dottedDecimal text: some Sequence<UInt8>) {
        var octets = 0
        var digits = 0
        var value: UInt32 = 0
        var result: UInt32 = 0
        for byte in text {
            switch byte {
            case 0x30...0x39:
                guard digits < 3 else { return nil }
                value = value * 10 + UInt32(byte - 0x30)
                digits += 1
                guard value <= 255 else { return nil }
            case 0x2E:
                guard digits > 0, octets < 3 else { return nil }
                result = result << 8 | value
                octets += 1
                digits = 0
                value = 0
            default: return nil
            }
        }
        guard octets == 3, digits > 0 else { return nil }
        rawValue = result << 8 | value
    }
}

#if !hasFeature(Embedded)
extension IPv4Address: CustomStringConvertible {
    /// Dotted decimal.
    public var description: String {
        let octets = octets
        return "\(octets.0).\(octets.1).\(octets.2).\(octets.3)"
    }
}
#endif
