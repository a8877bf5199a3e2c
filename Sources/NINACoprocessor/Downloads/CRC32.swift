/// The checksum of zip, PNG and Ethernet (IEEE 802.3), computed incrementally.
struct CRC32 {
    private var bits = UInt32.max

    /// The checksum of the bytes so far.
    var value: UInt32 { ~bits }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            bits ^= UInt32(byte)
            for _ in 0..<8 { bits = bits & 1 == 0 ? bits >> 1 : bits >> 1 ^ 0xEDB8_8320 }
        }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.add(bytes)
        return crc.value
    }
}
