/// A colour as 0xRRGGBB.
typealias Ink = UInt32

/// The ten inks that the pictures share, from which nearly all colours are mixed.
enum Inks {
    /// Nearly black blue.
    static let night: Ink = 0x101B33
    /// Dark green blue.
    static let petrol: Ink = 0x17505C
    /// Middle green blue.
    static let teal: Ink = 0x2F8F8B
    /// Pale green.
    static let mist: Ink = 0xA9D1C0
    /// Warm white.
    static let paper: Ink = 0xF8EFDD
    /// Pale yellow.
    static let sand: Ink = 0xEFD29B
    /// Orange yellow.
    static let amber: Ink = 0xE5A13C
    /// Orange red.
    static let coral: Ink = 0xDD6647
    /// Dark red.
    static let wine: Ink = 0x7C2B42
    /// Nearly black violet.
    static let plum: Ink = 0x32183A
}

/// Palettes of 256 colours, as the bytes of a PLTE chunk.
enum Palette {
    /// One gradient through evenly spaced inks.
    static func gradient(_ inks: [Ink]) -> [UInt8] {
        ramp(inks, entries: 256)
    }

    /// One gradient through inks at positions between 0 and 255, which must ascend and begin with 0.
    static func gradient(at stops: [(position: Int, ink: Ink)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (stop, next) in zip(stops, stops.dropFirst()) {
            let steps = next.position - stop.position
            for step in 0..<steps {
                bytes += blend(stop.ink, next.ink, Double(step) / Double(steps))
            }
        }
        if let last = stops.last {
            while bytes.count < 768 {
                bytes += blend(last.ink, last.ink, 0)
            }
        }
        return bytes
    }

    /// Several gradients one after the other, each with the same number of entries.
    static func ramps(_ ramps: [[Ink]], entries: Int) -> [UInt8] {
        ramps.flatMap { ramp($0, entries: entries) }
    }

    /// Sixteen tints of sixteen shades: entry `16 * tint + shade` leads from `ground` (0) to the tint (15).
    static func tints(_ inks: [Ink], on ground: Ink) -> [UInt8] {
        var bytes: [UInt8] = []
        for tint in 0..<16 {
            let ink = mix(inks, Double(tint) / 15)
            for shade in 0..<16 {
                bytes += blend(ground, ink, Double(shade) / 15)
            }
        }
        return bytes
    }

    private static func ramp(_ inks: [Ink], entries: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in 0..<entries {
            bytes += components(mix(inks, Double(entry) / Double(entries - 1)))
        }
        return bytes
    }

    /// The colour at a position between 0 and 1 of a gradient through evenly spaced inks.
    private static func mix(_ inks: [Ink], _ position: Double) -> Ink {
        let scaled = position * Double(inks.count - 1)
        let index = min(Int(scaled), inks.count - 2)
        guard index >= 0 else { return inks[0] }
        let mixed = blend(inks[index], inks[index + 1], scaled - Double(index))
        return Ink(mixed[0]) << 16 | Ink(mixed[1]) << 8 | Ink(mixed[2])
    }

    private static func components(_ ink: Ink) -> [UInt8] {
        [UInt8(ink >> 16 & 0xFF), UInt8(ink >> 8 & 0xFF), UInt8(ink & 0xFF)]
    }

    /// Mixes squares rather than the encoded values, which keeps the middle of a gradient from going muddy.
    private static func blend(_ from: Ink, _ to: Ink, _ fraction: Double) -> [UInt8] {
        zip(components(from), components(to)).map { low, high in
            let start = Double(low) * Double(low)
            let end = Double(high) * Double(high)
            return UInt8((start + (end - start) * fraction).squareRoot().rounded())
        }
    }
}
