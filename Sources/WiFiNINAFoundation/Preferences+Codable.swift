import Foundation
import WiFiNINA

extension Preferences {
    /// Stores a value as JSON, in bytes.
    /// - Returns: the number of bytes stored.
    /// - Throws: the encoder's error; `WiFiError` as ``putBytes(_:_:)`` does. A module has a few KB for preferences, and a
    ///   value has to fit a frame.
    @discardableResult
    public func put(_ key: String, _ value: some Encodable) throws -> Int {
        try putBytes(key, Array(JSONEncoder().encode(value)))
    }

    /// Reads a value stored by ``put(_:_:)``.
    /// - Returns: nil when the key has none.
    /// - Throws: the decoder's error when it is another's; `WiFiError`.
    public func get<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
        let bytes = try getBytes(key)
        return bytes.isEmpty ? nil : try JSONDecoder().decode(type, from: Data(bytes))
    }
}
