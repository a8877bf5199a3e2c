import LinuxIO

/// How long each of many events of one kind took.
struct Samples {
    private var nanoseconds: [UInt64] = []

    /// Samples in any order.
    init(_ nanoseconds: [UInt64] = []) { self.nanoseconds = nanoseconds }

    var count: Int { nanoseconds.count }

    mutating func append(_ duration: UInt64) { nanoseconds.append(duration) }

    mutating func append(contentsOf other: Samples) { nanoseconds.append(contentsOf: other.nanoseconds) }

    /// What they say together.
    var summary: Latency {
        let sorted = nanoseconds.sorted()
        /// The nearest rank: the smallest sample that at least this share of all does not exceed.
        func percentile(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((Double(sorted.count) * share).rounded(.up))
            return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1000
        }
        return Latency(count: sorted.count, p50: percentile(0.5), p99: percentile(0.99), longest: percentile(1))
    }
}

/// Percentiles of all samples, in microseconds.
struct Latency {
    let count: Int
    let p50: Double
    let p99: Double
    let longest: Double
}

/// A figure of each round: the median, and the range that the machine's noise covers.
struct Spread {
    let median: Double
    let low: Double
    let high: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        low = sorted.first ?? 0
        high = sorted.last ?? 0
    }
}

/// Repeats an action for a while.
enum Repetition {
    /// Repeats it, and reads the clock after every 64th time only.
    /// - Returns: how often per second.
    static func rate(during nanoseconds: UInt64, _ body: () throws -> Void) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        var count = 0
        var now = start
        while now - start < nanoseconds {
            for _ in 0..<64 { try body() }
            count += 64
            now = MonotonicClock.nanoseconds()
        }
        return Double(count) * 1e9 / Double(now - start)
    }

    /// Repeats it, and notes how long each time took.
    /// - Returns: how often per second.
    static func rate(during nanoseconds: UInt64, _ samples: inout Samples, _ body: () throws -> Void) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        let first = samples.count
        var before = start
        while before - start < nanoseconds {
            try body()
            let now = MonotonicClock.nanoseconds()
            samples.append(now - before)
            before = now
        }
        return Double(samples.count - first) * 1e9 / Double(before - start)
    }
}
