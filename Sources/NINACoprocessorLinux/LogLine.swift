import NINACoprocessor
import NINAWire

/// The coprocessor that a line of the log is about: its number in this process, which no other gets, and its address, which
/// the next one gets.
struct LogSource: Equatable {
    let coprocessor: UInt64
    let address: IPv4Address
}

/// One line of the log, for people or for programs.
///
/// It is bounded: a line, and the one before it that counts lines left out, fit together into the 4096 bytes that a pipe takes
/// whole or not at all (PIPE_BUF), so that writing them never waits for a reader.
struct LogLine {
    /// The maximum length of a text after escaping, in bytes; the rest of the line has at most 240.
    static let longestText = 3600

    /// Since 1970, UTC.
    let milliseconds: UInt64
    let level: LogLevel
    /// Nil for the emulator itself.
    let source: LogSource?
    let text: String

    /// For example `2026-01-31T12:00:00.250Z nina-emulator: info: coprocessor 1, 127.1.0.1: joined 'lab-net'`.
    func text(isColored: Bool) -> String {
        let place = source.map { "coprocessor \($0.coprocessor), \($0.address): " } ?? ""
        let name = isColored ? "\u{1B}[\(level.color)m\(level)\u{1B}[0m" : "\(level)"
        return "\(time) nina-emulator: \(name): \(place)\(Self.escaped(text, quotes: false))"
    }

    /// A JSON object; `coprocessor` and `address` are missing in lines about the emulator itself.
    var json: String {
        let place = source.map { "\"coprocessor\":\($0.coprocessor),\"address\":\"\($0.address)\"," } ?? ""
        let text = Self.escaped(text, quotes: true)
        return "{\"time\":\"\(time)\",\"level\":\"\(level)\",\(place)\"text\":\"\(text)\"}"
    }

    /// The text in one line: escapes what a terminal would obey, what a reader of lines would take for an end of a line, and
    /// for JSON what its strings may not contain (RFC 8259, 7). Swift's strings have no invalid UTF-8. A text that is too
    /// long ends with the number of its bytes that were left out.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        var taken = 0
        for scalar in text.unicodeScalars {
            let piece = escaped(scalar, quotes: quotes)
            guard result.utf8.count + piece.utf8.count <= longestText else {
                return result + " ... \(text.utf8.count - taken) bytes were left out"
            }
            result += piece
            taken += UTF8.width(scalar)
        }
        return result
    }

    private static func escaped(_ scalar: Unicode.Scalar, quotes: Bool) -> String {
        switch scalar.value {
        case 0x22 where quotes, 0x5C where quotes: return "\\" + String(scalar)
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return String(scalar)
        }
    }

    /// ISO 8601 with milliseconds.
    private var time: String {
        let seconds = milliseconds / 1000
        let (year, month, day) = Self.date(daysSince1970: seconds / 86_400)
        let ofDay = seconds % 86_400
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let clock = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(Self.padded(milliseconds % 1000, 3))Z"
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The date of the Gregorian calendar, in years that begin in March, so that the leap day is their last (Howard
    /// Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func date(daysSince1970 days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        // From 1 March of the year 0; 146,097 days are 400 years.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension LogLevel {
    /// The number of a terminal's color (ECMA-48, SGR).
    fileprivate var color: Int {
        switch self {
        case .error: 31
        case .warning: 33
        case .info: 32
        case .debug: 2
        }
    }
}
