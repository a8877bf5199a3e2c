import NINALink

/// Random numbers that are reproducible with a seed; see ``testSeed(_:)``.
public struct RandomSource: RandomNumberGenerator {
    private var generator: SplitMix64

    /// A source with a fixed seed.
    public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// A source for a test; prints its seed.
    public init(_ test: String) { generator = SplitMix64(seed: testSeed(test)) }

    /// The next number.
    public mutating func next() -> UInt64 { generator.next() }

    /// A number from 0 to one less than the limit.
    public mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
