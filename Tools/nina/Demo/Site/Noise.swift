/// A small reproducible generator of pseudo-random numbers (SplitMix64), so that the site is the same on every start.
struct Chance {
    private var state: UInt64

    /// A sequence of its own for each seed.
    init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// The next number from 0 up to, but not including, 1.
    mutating func unit() -> Double {
        Double(bits() >> 11) * 0x1p-53
    }
}

/// Smooth noise: random values on a lattice of 64 by 64 points, eased in between and repeating beyond.
struct Noise {
    private let lattice: [Double]

    /// A landscape of its own for each seed.
    init(seed: UInt64) {
        var chance = Chance(seed: seed)
        lattice = (0..<64 * 64).map { _ in chance.unit() }
    }

    /// Calls `body` with a sampler that takes coordinates from 0 upward and a number of octaves, and answers from 0 to 1.
    func withSampler<Result>(_ body: ((Double, Double, Int) -> Double) -> Result) -> Result {
        lattice.withUnsafeBufferPointer { values in
            body { x, y, octaves in
                var sum = 0.0
                var weight = 0.5
                var total = 0.0
                var (u, v) = (x, y)
                var octave = 0
                while octave < octaves {
                    sum += weight * Noise.value(values, u, v)
                    total += weight
                    weight *= 0.5
                    u = u * 2 + 17.3
                    v = v * 2 + 9.1
                    octave &+= 1
                }
                return sum / total
            }
        }
    }

    private static func value(_ lattice: UnsafeBufferPointer<Double>, _ x: Double, _ y: Double) -> Double {
        let column = Int(x)
        let row = Int(y)
        let dx = x - Double(column)
        let dy = y - Double(row)
        let sx = dx * dx * (3 - 2 * dx)
        let sy = dy * dy * (3 - 2 * dy)
        let left = column & 63
        let right = (column &+ 1) & 63
        let upper = (row & 63) &* 64
        let lower = ((row &+ 1) & 63) &* 64
        let a = lattice[upper &+ left]
        let b = lattice[upper &+ right]
        let c = lattice[lower &+ left]
        let d = lattice[lower &+ right]
        let top = a + (b - a) * sx
        let bottom = c + (d - c) * sx
        return top + (bottom - top) * sy
    }
}
