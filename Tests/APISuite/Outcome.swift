import NINAWire

/// The outcome of one call of the library.
public struct Outcome: Sendable {
    /// The result of a call.
    public enum Result: Equatable, Sendable {
        /// It succeeded, or failed as expected.
        case passed
        /// The firmware lacks the command, and the call reported that.
        case unsupported(Opcode)
        /// It was skipped on request.
        case skipped
        /// It behaved differently: how, and where in the suite that was found.
        case failed(String)
    }

    /// The call: `WiFi.begin(_:passphrase:)`. If labels do not distinguish overloads, the type of the first argument
    /// follows: `WiFiClient.write(_:)-UInt8`.
    public let call: String
    /// The result.
    public let result: Result
}

/// A failed check of the suite.
struct CheckFailed: Error, CustomStringConvertible {
    let description: String
}

/// Checks that a value is as expected.
func equal<Value: Equatable>(
    _ found: Value, _ expected: Value, file: StaticString = #fileID, line: Int = #line
) throws {
    guard found == expected else { throw CheckFailed(description: "\(file):\(line): \(found), expected \(expected)") }
}

/// Checks a condition.
func check(_ holds: Bool, _ what: String, file: StaticString = #fileID, line: Int = #line) throws {
    guard holds else { throw CheckFailed(description: "\(file):\(line): \(what)") }
}

/// Unwraps a value, or throws a failed check.
func need<Value>(_ value: Value?, _ what: String, file: StaticString = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw CheckFailed(description: "\(file):\(line): no \(what)") }
    return value
}
