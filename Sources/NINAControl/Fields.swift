/// The key of a member of an object, by any name.
package struct FieldKey: CodingKey, Hashable, ExpressibleByStringLiteral, Sendable {
    package let stringValue: String
    package var intValue: Int? { nil }

    package init(_ name: String) { stringValue = name }
    package init(stringLiteral value: String) { stringValue = value }
    package init?(stringValue: String) { self.init(stringValue) }
    package init?(intValue: Int) { nil }
}

/// Reads an object member by member. What nobody has taken is an error in the end: a misspelled key is not taken for one
/// left out.
package struct Fields {
    private let container: KeyedDecodingContainer<FieldKey>
    private var rest: Set<String>

    package init(_ decoder: any Decoder) throws(FieldError) {
        do {
            container = try decoder.container(keyedBy: FieldKey.self)
        } catch {
            throw FieldError(Self.name(decoder.codingPath), "expected an object in braces")
        }
        rest = Set(container.allKeys.map(\.stringValue))
    }

    /// The field in which an object stands; `line` for the outermost.
    private static func name(_ path: [any CodingKey]) -> String { path.last?.stringValue ?? "line" }

    /// Whether there is a member of this name that nobody has taken, and that is not null.
    package func has(_ name: String) -> Bool {
        rest.contains(name) && (try? container.decodeNil(forKey: FieldKey(name))) == false
    }

    /// The names that nobody has taken.
    package var remaining: [String] { rest.sorted() }

    /// Ends the reading.
    package func finish(_ whole: String) throws(FieldError) {
        guard let unknown = remaining.first else { return }
        throw FieldError(FieldError.quote(unknown), "\(whole) has no such field")
    }

    // MARK: Values

    /// A value; nil if it is left out, or null.
    package mutating func optional<Value: Decodable>(
        _ name: String, _ type: Value.Type = Value.self, _ expected: String
    ) throws(FieldError) -> Value? {
        guard has(name) else {
            rest.remove(name)
            return nil
        }
        rest.remove(name)
        do {
            return try container.decode(Value.self, forKey: FieldKey(name))
        } catch let error as FieldError {
            throw error
        } catch {
            throw FieldError(name, expected: expected, got: shown(name))
        }
    }

    package mutating func required<Value: Decodable>(
        _ name: String, _ type: Value.Type = Value.self, _ expected: String
    ) throws(FieldError) -> Value {
        guard let value = try optional(name, Value.self, expected) else {
            throw FieldError(name, "it is missing; expected \(expected)")
        }
        return value
    }

    /// A whole number in a range.
    package mutating func optionalNumber(_ name: String, _ range: ClosedRange<Int>) throws(FieldError) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = try optional(name, Int.self, expected) else { return nil }
        guard range.contains(number) else { throw FieldError(name, expected: expected, got: "\(number)") }
        return number
    }

    package mutating func number(_ name: String, _ range: ClosedRange<Int>) throws(FieldError) -> Int {
        guard let number = try optionalNumber(name, range) else {
            throw FieldError(
                name, "it is missing; expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number with a fraction or without.
    package mutating func optionalFraction(
        _ name: String, _ range: ClosedRange<Double>, _ expected: String
    ) throws(FieldError) -> Double? {
        guard let number = try optional(name, Double.self, expected) else { return nil }
        guard range.contains(number) else { throw FieldError(name, expected: expected, got: shown(name)) }
        return number
    }

    /// A time in seconds, at most a year.
    package mutating func optionalSeconds(_ name: String) throws(FieldError) -> Duration? {
        try optionalFraction(name, 0...Self.year, Self.secondsExpected).map { .seconds($0) }
    }

    package mutating func seconds(_ name: String) throws(FieldError) -> Duration {
        guard let time = try optionalSeconds(name) else {
            throw FieldError(name, "it is missing; expected \(Self.secondsExpected)")
        }
        return time
    }

    private static let year = 31_536_000.0
    private static let secondsExpected = "seconds, from 0 to 31536000"

    /// A text of so many bytes.
    package mutating func optionalText(_ name: String, _ range: ClosedRange<Int>) throws(FieldError) -> String? {
        let expected = "a text of \(range.lowerBound) to \(range.upperBound) bytes"
        guard let text = try optional(name, String.self, expected) else { return nil }
        guard range.contains(text.utf8.count) else {
            throw FieldError(name, expected: expected, got: "\(text.utf8.count) bytes")
        }
        return text
    }

    package mutating func text(_ name: String, _ range: ClosedRange<Int>) throws(FieldError) -> String {
        guard let text = try optionalText(name, range) else {
            throw FieldError(name, "it is missing; expected a text of \(range.lowerBound) to \(range.upperBound) bytes")
        }
        return text
    }

    /// One of some words.
    package mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _: Word.Type
    ) throws(FieldError) -> Word where Word.RawValue == String {
        let expected = Word.allCases.map(\.rawValue).joined(separator: ", ")
        let text = try required(name, String.self, "one of \(expected)")
        guard let word = Word(rawValue: text) else {
            throw FieldError(name, expected: "one of \(expected)", got: FieldError.quote(text))
        }
        return word
    }

    /// What stands in a member, for an error.
    private func shown(_ name: String) -> String {
        let key = FieldKey(name)
        if let text = try? container.decode(String.self, forKey: key) { return FieldError.quote(text) }
        if let value = try? container.decode(Bool.self, forKey: key) { return "\(value)" }
        if let number = try? container.decode(Int.self, forKey: key) { return "\(number)" }
        if let number = try? container.decode(Double.self, forKey: key) { return "\(number)" }
        if (try? container.nestedContainer(keyedBy: FieldKey.self, forKey: key)) != nil { return "an object" }
        return (try? container.nestedUnkeyedContainer(forKey: key)) != nil ? "a list" : "something else"
    }
}

extension KeyedEncodingContainer<FieldKey> {
    /// Writes a member.
    mutating func put(_ name: FieldKey, _ value: some Encodable) throws { try encode(value, forKey: name) }

    /// Writes a member that is left out when it is nil.
    mutating func put(_ name: FieldKey, ifAny value: (some Encodable)?) throws {
        if let value { try encode(value, forKey: name) }
    }

    /// Writes a time in seconds, as a whole number where it is one.
    mutating func put(_ name: FieldKey, _ time: Duration) throws {
        let seconds = time / .seconds(1)
        if let whole = Int(exactly: seconds) { try put(name, whole) } else { try put(name, seconds) }
    }
}
