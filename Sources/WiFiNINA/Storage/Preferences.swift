import NINALink
import NINAWire

/// Key-value storage in the module's flash: WiFiNINA's `Preferences`.
///
/// A module has at most one name space open. Keys have at most 15 bytes. Firmware from 3.0 on and Arduino's branches
/// support preferences: with other firmware every call throws `.unsupported`. Calls throw `.refused` or `.failed` when
/// no name space is open.
public struct Preferences {
    /// The maximum length of keys and names: the firmware's buffer, whose bounds it does not check.
    static let longestKey = 15

    let driver: Driver

    /// The preferences of a module.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    /// Opens a name space.
    /// - Parameters:
    ///   - name: at most 15 bytes.
    ///   - readOnly: whether to open it read-only.
    ///   - label: the flash partition; nil for the default one.
    /// - Throws: `.failed` when one is already open, or a read-only one does not exist.
    public func begin(_ name: String, readOnly: Bool = false, label: String? = nil) throws(WiFiError) {
        var command = PrefBegin(form: label == nil ? .readOnly : .label)
        command.name = try key(name, .prefBegin)
        command.readOnly = readOnly ? 1 : 0
        if let label { command.label = try bytes(label, .prefBegin) }
        try check(driver.run(command), .prefBegin)
    }

    /// Closes the name space.
    public func end() throws(WiFiError) { _ = try driver.run(PrefEnd()) }

    /// Removes all keys of the name space.
    /// - Throws: `.failed` when it is not open, or read only.
    public func clear() throws(WiFiError) { try check(driver.run(PrefClear()), .prefClear) }

    /// Removes a key.
    /// - Throws: `.failed` when the key does not exist, or the name space is not open, or read-only.
    public func remove(_ key: String) throws(WiFiError) {
        try check(driver.run(PrefRemove(key: self.key(key, .prefRemove))), .prefRemove)
    }

    /// The number of free entries: a number takes one; text and bytes take one, plus one for every 32 bytes.
    public func freeEntries() throws(WiFiError) -> Int { Int(clamping: try driver.run(PrefStat()).count) }

    /// The type of a key's value; `.invalid` when there is none.
    public func getType(_ key: String) throws(WiFiError) -> PreferenceType {
        try driver.run(PrefGettype(key: self.key(key, .prefGettype))).type
    }

    /// Whether a key has a value.
    public func isKey(_ key: String) throws(WiFiError) -> Bool { try getType(key) != .invalid }

    private func check(_ result: ResultCode, _ opcode: Opcode) throws(WiFiError) {
        guard result.value == 0 else { throw .failed(opcode, code: Int(result.value)) }
    }

    /// Converts a key for a command, checking its length.
    func key(_ text: String, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.limited(bytes(text, opcode), to: Self.longestKey, opcode)
    }

    // MARK: Values in the firmware's format

    /// Stores a value.
    /// - Returns: the number of bytes stored; text counts without its NUL.
    func put(_ key: String, _ type: PreferenceType, _ value: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        let reply = try driver.run(PrefPut(key: self.key(key, .prefPut), type: type, value: value))
        if let code = reply.error { throw .failed(.prefPut, code: Int(code)) }
        // Text is never without its NUL, so fail only if a nonempty value was not stored.
        let count = value.count - (type == .string ? 1 : 0)
        guard reply.count > 0 || count == 0 else { throw .failed(.prefPut, code: 0) }
        return Int(clamping: reply.count)
    }

    /// Stores a number, little endian.
    func put<Number: FixedWidthInteger>(
        _ key: String, _ type: PreferenceType, number: Number
    ) throws(WiFiError) -> Int {
        var value: [UInt8] = []
        for place in 0..<Number.bitWidth / 8 { value.append(UInt8(truncatingIfNeeded: number >> Number(8 * place))) }
        return try put(key, type, value[...])
    }

    /// Reads the value of a key; empty when there is none.
    func get(_ key: String, _ type: PreferenceType) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.run(PrefGet(key: self.key(key, .prefGet), type: type)).value
    }

    /// Reads a number: big endian, unlike how it is stored. Nil when the key's value has a different type, for which
    /// the firmware would answer 0.
    func get<Number: FixedWidthInteger>(
        _ key: String, _ type: PreferenceType, as: Number.Type
    ) throws(WiFiError) -> Number? {
        guard try getType(key) == type else { return nil }
        let value = try get(key, type)
        guard value.count == Number.bitWidth / 8 else { return nil }
        var number = Number.zero
        for byte in value { number = number << 8 | Number(truncatingIfNeeded: byte) }
        return number
    }
}
