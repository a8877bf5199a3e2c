import Foundation

/// The number of rounds of a test: few, or many if the environment has `NINA_LONG_TESTS`, as in `Tools/soak rounds`.
public func testRounds(_ few: Int, long many: Int) -> Int {
    ProcessInfo.processInfo.environment["NINA_LONG_TESTS"] == nil ? few : many
}

/// The seed of a random test: that of the environment variable `NINA_TEST_SEED`, otherwise a new one. It is printed, so
/// that a failure can be repeated.
public func testSeed(_ test: String = #function) -> UInt64 {
    let given = ProcessInfo.processInfo.environment["NINA_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 1...999_999_999)
    print("\(test): NINA_TEST_SEED=\(seed)")
    return seed
}
