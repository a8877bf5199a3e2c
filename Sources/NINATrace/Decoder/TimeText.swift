/// Times as text.
enum TimeText {
    /// Seconds with six decimals.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1000
        return "\(microseconds / 1_000_000).\(padded(microseconds % 1_000_000, 6))"
    }

    /// A duration in a unit that fits it, with one decimal: `4.6 us`.
    static func duration(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0..<1000: "\(nanoseconds) ns"
        case 0..<1_000_000: tenths(nanoseconds, 1000) + " us"
        case 0..<1_000_000_000: tenths(nanoseconds, 1_000_000) + " ms"
        default: tenths(nanoseconds, 1_000_000_000) + " s"
        }
    }

    private static func tenths(_ number: UInt64, _ unit: UInt64) -> String {
        "\(number / unit).\(number % unit / (unit / 10))"
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
