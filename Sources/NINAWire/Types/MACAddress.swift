/// A hardware address of six octets: a MAC address or a BSSID.
public struct MACAddress: RawRepresentable, Hashable, Sendable {
    /// The address as a 48-bit number, first octet in the highest bits.
    public var rawValue: UInt64

    /// Makes an address from its number; bits above 48 are dropped.
    public init(rawValue: UInt64) { self.rawValue = rawValue & 0xFFFF_FFFF_FFFF }

    /// 00:00:00:00:00:00.
    public static let zero = MACAddress(rawValue: 0)

    /// The octet at an index; 0 is the one written first.
    public subscript(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: rawValue >> UInt64(8 * (5 - index)))
    }

    /// The octets in reverse order: most firmware sends the last octet first.
    public var reversed: MACAddress {
        MACAddress(rawValue: rawValue.byteSwapped >> 16)
    }

    /// Parses six hexadecimal octets separated by colons; nil for anything else.
    public init?(colonHex text: some Sequence<UInt8>) {
        var octets = 0
        var digits = 0
        var result: UInt64 = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x3A:
                guard digits == 2, octets < 5 else { return nil }
                octets += 1
                digits = 0
                continue
            default: return nil
            }
            guard digits < 2 else { return nil }
            result = result << 4 | UInt64(digit)
            digits += 1
        }
        guard octets == 5, digits == 2 else { return nil }
        rawValue = result
    }
}

#if !hasFeature(Embedded)
extension MACAddress: CustomStringConvertible {
    /// Six hexadecimal octets separated by colons.
    public var description: String {
        (0..<6).map { index in
            let digits = String(self[index], radix: 16, uppercase: true)
            return digits.utf8.count < 2 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}
#endif
