/// What is wrong with a trace, and where.
public struct TraceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A place in a file.
    public enum Place: Equatable, Sendable {
        /// A line, from 1.
        case line(Int)
        /// A byte, from 0.
        case offset(Int)
    }

    /// Where.
    public var place: Place
    /// The field, column, block or option that is wrong.
    public var field: String
    /// What was expected, and what came.
    public var problem: String

    /// Makes an error.
    public init(_ place: Place, _ field: String, _ problem: String) {
        self.place = place
        self.field = field
        self.problem = problem
    }

    public var description: String {
        let location =
            switch place {
            case .line(let number): "line \(number)"
            case .offset(let offset): "byte \(offset)"
            }
        return "\(location), \(field): \(problem)"
    }

    /// A piece of the input in an error: printable ASCII only, and not long, because whoever wrote the file chose it.
    static func quote(_ bytes: some Collection<UInt8>) -> String {
        let shown = bytes.prefix(40).map { (0x20...0x7E).contains($0) ? Character(UnicodeScalar($0)) : "?" }
        return "'\(String(shown))\(bytes.count > 40 ? "..." : "")'"
    }

    static func quote(_ text: some StringProtocol) -> String { quote(Array(text.utf8)) }
}
