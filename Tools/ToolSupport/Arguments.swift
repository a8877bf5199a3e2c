/// Wrong usage of a tool: the message has the expected and the actual argument.
public struct UsageError: Error, CustomStringConvertible {
    /// The message.
    public let description: String
    /// Makes an error.
    public init(_ description: String) { self.description = description }
}

/// Parses a tool's arguments one option after another: `--name VALUE` or `--name=VALUE`.
public struct Arguments {
    private var rest: ArraySlice<String>
    private var attached: String?
    private var current = ""

    /// The arguments after the program's name.
    public init(_ arguments: some Sequence<String>) { rest = ArraySlice(Array(arguments)) }

    /// The next option or word; nil at the end.
    public mutating func next() throws -> String? {
        if let attached { throw UsageError("\(current) takes no value, but '\(attached)' was given") }
        guard let word = rest.popFirst() else { return nil }
        current = word
        if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
            attached = String(word[word.index(after: equals)...])
            current = String(word[..<equals])
        }
        return current
    }

    /// An argument, by a table of options.
    public enum Argument<Option> {
        case option(Option)
        case word(String)
        /// `--`: what remains is not this program's.
        case separator
    }

    /// The next option of a table, word or `--`; nil at the end. The table says whether a value follows, see `value()`.
    public mutating func next<Option: ToolOption>(_: Option.Type) throws -> Argument<Option>? {
        guard let name = try next() else { return nil }
        if name == "--", attached == nil { return .separator }
        // A negative number is no option.
        guard name.hasPrefix("-"), name != "-", Int(name) == nil else { return .word(name) }
        guard let option = Option.named(name) else { throw unknown() }
        if option.entry.placeholder == nil {
            if let attached { throw UsageError("\(current) takes no value, but '\(attached)' was given") }
        } else if attached == nil {
            // `--` is no value: it is the end of the options, in front of which the value is missing.
            guard let value = rest.popFirst(), value != "--" else { throw UsageError("\(current) needs a value") }
            attached = value
        }
        return .option(option)
    }

    /// The value of the last option.
    public mutating func value() throws -> String {
        if let value = attached {
            attached = nil
            return value
        }
        guard let value = rest.popFirst() else { throw UsageError("\(current) needs a value") }
        return value
    }

    /// All remaining arguments unparsed: those after `--`.
    public mutating func remaining() -> [String] {
        defer { rest = [] }
        return Array(rest)
    }

    /// The value of the last option, as a whole number in a range.
    public mutating func number(_ range: ClosedRange<Int>) throws -> Int {
        let text = try value()
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(current): expected a number from \(range.lowerBound) to \(range.upperBound), got '\(text)'")
        }
        return number
    }

    /// The value of the last option, as whole numbers in a range, with commas between them: `10,64`.
    public mutating func numbers(_ range: ClosedRange<Int>) throws -> [Int] {
        let text = try value()
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part), range.contains(number) else {
                throw UsageError(
                    "\(current): expected numbers from \(range.lowerBound) to \(range.upperBound), got '\(text)'")
            }
            return number
        }
    }

    /// An error about the last option.
    public func error(expected: String, got text: String) -> UsageError {
        UsageError("\(current): expected \(expected), got '\(text)'")
    }

    /// An error about an unknown option or word.
    public func unknown() -> UsageError {
        UsageError(current.hasPrefix("-") ? "unknown option '\(current)'" : "unexpected argument '\(current)'")
    }
}

extension ToolOption {
    /// The option of a name or an alias.
    static func named(_ name: String) -> Self? {
        Self(rawValue: name) ?? allCases.first { $0.entry.aliases.contains(name) }
    }
}

/// The version of the tools.
public let toolVersion = "0.1.0"
/// When this version was made, as the manual writes it.
let toolDate = "November 26, 2026"
