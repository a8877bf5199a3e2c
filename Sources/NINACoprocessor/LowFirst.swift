// Numbers whose bytes are stored low byte first: values of socket options, headers of programs, preference files.

extension BidirectionalCollection<UInt8> {
    /// The number that these bytes are.
    func lowFirst<Number: FixedWidthInteger>(as _: Number.Type = Number.self) -> Number {
        reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}

extension FixedWidthInteger {
    /// Its lowest bytes; without a count all of them.
    func lowFirst(_ count: Int = Self.bitWidth / 8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
