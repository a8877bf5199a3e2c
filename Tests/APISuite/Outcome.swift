import NINAWire

/// What became of one call of the library.
public struct Outcome: Sendable {
    /// How a call ended.
    public enum Result: Equatable, Sendable {
        /// It did what it should, or failed as it should.
        case passed
        /// The firmware has no such command, and the call said so.
        case unsupported(Opcode)
        /// It was not made, as was wished.
        case skipped
        /// It did something else: what, and where in the suite that was found.
        case failed(String)
    }

    /// The call: `WiFi.begin(_:passphrase:)`. Where labels do not tell overloads apart the type of the first argument
    /// follows: `WiFiClient.write(_:)-UInt8`.
    public let call: String
    /// How it ended.
    public let result: Result
}

/// A check of the suite that did not hold.
struct CheckFailed: Error, CustomStringConvertible {
    let description: String
}

/// Checks that something is as expected.
func equal<Value: Equatable>(
    _ found: Value, _ expected: Value, file: StaticString = #fileID, line: Int = #line
) throws {
    guard found == expected else { throw CheckFailed(description: "\(file):\(line): \(found), expected \(expected)") }
}

/// Checks that something holds.
func check(_ holds: Bool, _ what: String, file: StaticString = #fileID, line: Int = #line) throws {
    guard holds else { throw CheckFailed(description: "\(file):\(line): \(what)") }
}

/// What is there, or a failed check.
func need<Value>(_ value: Value?, _ what: String, file: StaticString = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw CheckFailed(description: "\(file):\(line): no \(what)") }
    return value
}
