import NINALink
import NINAWire

// Typed values. Numbers are stored by size; Arduino's `int` and `long` have 32 bits. Read a value with the type with
// which it was stored: a value of another type counts as missing.
//
// Each `put` returns the number of bytes stored and throws `.failed` if that is none: the name space is not open, or
// read-only, or the flash is full. Each `get` returns its second argument when the value is missing.

extension Preferences {
    /// Stores a signed 8-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putChar(_ key: String, _ value: Int8) throws(WiFiError) -> Int { try put(key, .i8, number: value) }
    /// Stores an unsigned 8-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putUChar(_ key: String, _ value: UInt8) throws(WiFiError) -> Int { try put(key, .u8, number: value) }
    /// Stores a signed 16-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putShort(_ key: String, _ value: Int16) throws(WiFiError) -> Int { try put(key, .i16, number: value) }
    /// Stores an unsigned 16-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putUShort(_ key: String, _ value: UInt16) throws(WiFiError) -> Int { try put(key, .u16, number: value) }
    /// Stores a signed 32-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putInt(_ key: String, _ value: Int32) throws(WiFiError) -> Int { try put(key, .i32, number: value) }
    /// Stores an unsigned 32-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putUInt(_ key: String, _ value: UInt32) throws(WiFiError) -> Int { try put(key, .u32, number: value) }
    /// See ``putInt(_:_:)``: Arduino's `long` has 32 bits.
    @discardableResult
    public func putLong(_ key: String, _ value: Int32) throws(WiFiError) -> Int { try putInt(key, value) }
    /// See ``putUInt(_:_:)``: Arduino's `unsigned long` has 32 bits.
    @discardableResult
    public func putULong(_ key: String, _ value: UInt32) throws(WiFiError) -> Int { try putUInt(key, value) }
    /// Stores a signed 64-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putLong64(_ key: String, _ value: Int64) throws(WiFiError) -> Int { try put(key, .i64, number: value) }
    /// Stores an unsigned 64-bit number. Returns the number of bytes stored.
    @discardableResult
    public func putULong64(_ key: String, _ value: UInt64) throws(WiFiError) -> Int {
        try put(key, .u64, number: value)
    }
    /// Stores a single-precision number as four bytes. Returns the number of bytes stored.
    @discardableResult
    public func putFloat(_ key: String, _ value: Float) throws(WiFiError) -> Int {
        try put(key, .blob, number: value.bitPattern)
    }
    /// Stores a double-precision number as eight bytes. Returns the number of bytes stored.
    @discardableResult
    public func putDouble(_ key: String, _ value: Double) throws(WiFiError) -> Int {
        try put(key, .blob, number: value.bitPattern)
    }
    /// Stores 1 for true, 0 for false; see ``putUChar(_:_:)``. Returns the number of bytes stored.
    @discardableResult
    public func putBool(_ key: String, _ value: Bool) throws(WiFiError) -> Int { try putUChar(key, value ? 1 : 0) }
    /// Stores text. Returns the number of bytes stored, without the terminating NUL. Throws `.invalidArgument` for text
    /// with a NUL, of which the module would store the part before it; use ``putBytes(_:_:)`` for that.
    @discardableResult
    public func putString(_ key: String, _ value: String) throws(WiFiError) -> Int {
        try put(key, .string, bytes(value, .prefPut) + [0])
    }
    /// Stores bytes. Returns their number.
    @discardableResult
    public func putBytes(_ key: String, _ value: [UInt8]) throws(WiFiError) -> Int { try put(key, .blob, value[...]) }

    /// Reads a signed 8-bit number.
    public func getChar(_ key: String, _ other: Int8 = 0) throws(WiFiError) -> Int8 {
        try get(key, .i8, as: Int8.self) ?? other
    }
    /// Reads an unsigned 8-bit number.
    public func getUChar(_ key: String, _ other: UInt8 = 0) throws(WiFiError) -> UInt8 {
        try get(key, .u8, as: UInt8.self) ?? other
    }
    /// Reads a signed 16-bit number.
    public func getShort(_ key: String, _ other: Int16 = 0) throws(WiFiError) -> Int16 {
        try get(key, .i16, as: Int16.self) ?? other
    }
    /// Reads an unsigned 16-bit number.
    public func getUShort(_ key: String, _ other: UInt16 = 0) throws(WiFiError) -> UInt16 {
        try get(key, .u16, as: UInt16.self) ?? other
    }
    /// Reads a signed 32-bit number.
    public func getInt(_ key: String, _ other: Int32 = 0) throws(WiFiError) -> Int32 {
        try get(key, .i32, as: Int32.self) ?? other
    }
    /// Reads an unsigned 32-bit number.
    public func getUInt(_ key: String, _ other: UInt32 = 0) throws(WiFiError) -> UInt32 {
        try get(key, .u32, as: UInt32.self) ?? other
    }
    /// See ``getInt(_:_:)``.
    public func getLong(_ key: String, _ other: Int32 = 0) throws(WiFiError) -> Int32 { try getInt(key, other) }
    /// See ``getUInt(_:_:)``.
    public func getULong(_ key: String, _ other: UInt32 = 0) throws(WiFiError) -> UInt32 { try getUInt(key, other) }
    /// Reads a signed 64-bit number. On Arduino's branches of 2.0.0 only the lower 32 bits are correct.
    public func getLong64(_ key: String, _ other: Int64 = 0) throws(WiFiError) -> Int64 {
        try get(key, .i64, as: Int64.self) ?? other
    }
    /// Reads an unsigned 64-bit number. On Arduino's branches of 2.0.0 only the lower 32 bits are correct.
    public func getULong64(_ key: String, _ other: UInt64 = 0) throws(WiFiError) -> UInt64 {
        try get(key, .u64, as: UInt64.self) ?? other
    }
    /// Reads a number stored by ``putFloat(_:_:)``.
    public func getFloat(_ key: String, _ other: Float = .nan) throws(WiFiError) -> Float {
        guard let bits = try get(key, .blob, as: UInt32.self) else { return other }
        return Float(bitPattern: bits.byteSwapped)
    }
    /// Reads a number stored by ``putDouble(_:_:)``.
    public func getDouble(_ key: String, _ other: Double = .nan) throws(WiFiError) -> Double {
        guard let bits = try get(key, .blob, as: UInt64.self) else { return other }
        return Double(bitPattern: bits.byteSwapped)
    }
    /// Reads a value stored by ``putBool(_:_:)``.
    public func getBool(_ key: String, _ other: Bool = false) throws(WiFiError) -> Bool {
        try getUChar(key, other ? 1 : 0) != 0
    }
    /// Reads text, without the terminating NUL.
    public func getString(_ key: String, _ other: String = "") throws(WiFiError) -> String {
        guard try length(key) > 0 else { return other }
        return text(try get(key, .string))
    }
    /// Reads bytes; empty when the value is missing.
    public func getBytes(_ key: String) throws(WiFiError) -> [UInt8] { Array(try get(key, .blob)) }
    /// The number of bytes that ``getBytes(_:)`` will return.
    public func getBytesLength(_ key: String) throws(WiFiError) -> Int { try length(key) }

    /// The size of a value in bytes, including the NUL of text; 0 when it is missing.
    private func length(_ key: String) throws(WiFiError) -> Int {
        let reply = try driver.run(PrefLen(key: self.key(key, .prefLen)))
        if let code = reply.error { throw .failed(.prefLen, code: Int(code)) }
        return Int(clamping: reply.count)
    }
}
