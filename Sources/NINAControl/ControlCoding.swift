import FoundationEssentials

/// Lines of the control channel as bytes.
package enum ControlCoding {
    /// The most bytes of a request's line, without its end.
    package static let longestLine = 65_536

    /// Reads an object.
    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: some Collection<UInt8>
    ) throws(FieldError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch let error as FieldError {
            throw error
        } catch {
            let shown = bytes.isEmpty ? "nothing" : FieldError.quote(String(decoding: bytes.prefix(80), as: UTF8.self))
            throw FieldError("line", expected: "one object of JSON", got: shown)
        }
    }

    /// An object as a line, with its end.
    package static func line(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // Every type of this target can be encoded: no number is infinite.
        let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
