import Glibc

/// Random numbers that a seed repeats: the environment's NINA_TEST_SEED, else a new one. The seed is printed.
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(_ test: String) {
        let given = getenv("NINA_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
        state = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(test): NINA_TEST_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
