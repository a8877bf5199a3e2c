/// Numbers as text.
enum Numbers {
    /// For people: 12,345, 45.7 and 0.934.
    static func grouped(_ value: Double) -> String {
        // Above, a Double has no exact integers.
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        return fixed(value, digits: abs(value) < 10 ? 3 : abs(value) < 100 ? 1 : 0)
    }

    /// A count for people: 12,345.
    static func grouped(_ value: Int) -> String { fixed(Double(value), digits: 0) }

    /// For programs: a whole number, or below 100 at most three decimals; JSON has no infinity.
    static func plain(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "null" }
        guard abs(value) < 100 else { return "\(Int(value.rounded()))" }
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func fixed(_ value: Double, digits: Int) -> String {
        let scale = [1, 10, 100, 1000][digits]
        let scaled = Int((abs(value) * Double(scale)).rounded())
        var whole = Array("\(scaled / scale)")
        for position in stride(from: whole.count - 3, to: 0, by: -3) { whole.insert(",", at: position) }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(whole) }
        // The 1 in front keeps the zeros after the point.
        return sign + String(whole) + "." + "\(scaled % scale + scale)".dropFirst()
    }
}

/// A member of a JSON object.
struct JSONMember {
    let key: String
    let value: JSONText

    init(_ key: String, _ value: JSONText) {
        self.key = key
        self.value = value
    }
}

/// A JSON value.
enum JSONText {
    case number(Double)
    case string(String)
    case bool(Bool)
    case array([JSONText])
    case object([JSONMember])

    /// On one line.
    var text: String {
        switch self {
        case .number(let value): Numbers.plain(value)
        case .string(let text): Self.quoted(text)
        case .bool(let value): "\(value)"
        case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
