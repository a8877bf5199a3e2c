import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct PreferencesTests {
    private func preferences() throws -> Preferences {
        let preferences = Preferences(try Host(joined: false).wifi)
        try preferences.begin("space")
        return preferences
    }

    @Test func numbersComeBack() throws {
        let p = try preferences()
        for value in [Int8.min, -5, 0, 5, .max] {
            #expect(try p.putChar("c", value) == 1)
            #expect(try p.getChar("c") == value)
        }
        for value in [UInt8.min, 200, .max] {
            #expect(try p.putUChar("uc", value) == 1)
            #expect(try p.getUChar("uc") == value)
        }
        for value in [Int16.min, -1234, 1, .max] {
            #expect(try p.putShort("s", value) == 2)
            #expect(try p.getShort("s") == value)
        }
        for value in [UInt16.min, 0xBEEF, .max] {
            #expect(try p.putUShort("us", value) == 2)
            #expect(try p.getUShort("us") == value)
        }
        for value in [Int32.min, -123_456, 1, .max] {
            #expect(try p.putInt("i", value) + p.putLong("l", value) == 8)
            #expect(try p.getInt("i") == value && p.getLong("l") == value)
        }
        for value in [UInt32.min, 0x1234_5678, .max] {
            #expect(try p.putUInt("ui", value) + p.putULong("ul", value) == 8)
            #expect(try p.getUInt("ui") == value && p.getULong("ul") == value)
        }
        for value in [Int64.min, -1_234_567_890_123, 1, .max] {
            #expect(try p.putLong64("l64", value) == 8)
            #expect(try p.getLong64("l64") == value)
        }
        for value in [UInt64.min, 0x0123_4567_89AB_CDEF, .max] {
            #expect(try p.putULong64("ul64", value) == 8)
            #expect(try p.getULong64("ul64") == value)
        }
        for value in [-1.5, 0, .infinity, .greatestFiniteMagnitude] as [Float] {
            #expect(try p.putFloat("f", value) == 4)
            #expect(try p.getFloat("f") == value)
        }
        for value in [2.25, -.infinity, .leastNonzeroMagnitude, .pi] {
            #expect(try p.putDouble("d", value) == 8)
            #expect(try p.getDouble("d") == value)
        }
        for value in [true, false] {
            #expect(try p.putBool("b", value) == 1)
            #expect(try p.getBool("b", !value) == value)
        }
    }

    @Test func textAndBytesComeBack() throws {
        let p = try preferences()
        for text in ["", "hello", "grüße", String(repeating: "x", count: 1000)] {
            #expect(try p.putString("text", text) == text.utf8.count)
            #expect(try p.getString("text", "other") == text)
        }
        for count in [1, 9, 1000] {
            #expect(try p.putBytes("blob", pattern(count)) == count)
            #expect(try p.getBytesLength("blob") == count)
            #expect(try p.getBytes("blob") == pattern(count))
        }
    }

    @Test func whatIsNotThereIsTheOtherValue() throws {
        let p = try preferences()
        #expect(try p.getInt("no", 42) == 42 && p.getUChar("no", 7) == 7 && p.getULong64("no") == 0)
        #expect(try p.getFloat("no").isNaN && p.getDouble("no", 1.5) == 1.5)
        #expect(try p.getBool("no", true) && !p.getBool("no"))
        #expect(try p.getString("no", "other") == "other")
        #expect(try p.getBytes("no").isEmpty && p.getBytesLength("no") == 0)
        #expect(try p.getType("no") == .invalid && !p.isKey("no"))
        // A value of another type is not returned.
        try p.putInt("i", 5)
        #expect(try p.getUInt("i", 9) == 9 && p.getFloat("i", 1.5) == 1.5)
        #expect(try p.getType("i") == .i32 && p.isKey("i"))
    }

    @Test func spacesAreOpenedAndClosed() throws {
        let host = try Host(joined: false)
        let p = Preferences(host.wifi)
        #expect(throws: WiFiError.self) { try p.putInt("i", 1) }
        #expect(throws: WiFiError.failed(.prefBegin, code: 1)) { try p.begin("none", readOnly: true) }
        try p.begin("space")
        #expect(throws: WiFiError.failed(.prefBegin, code: 1)) { try p.begin("other") }
        let free = try p.freeEntries()
        try p.putInt("a", 1)
        try p.putInt("b", 2)
        #expect(try p.freeEntries() == free - 2)
        try p.remove("a")
        #expect(throws: WiFiError.failed(.prefRemove, code: 1)) { try p.remove("a") }
        try p.end()
        try p.begin("space", readOnly: true)
        #expect(try p.getInt("b") == 2)
        #expect(throws: WiFiError.failed(.prefPut, code: 0)) { try p.putInt("b", 3) }
        #expect(throws: WiFiError.failed(.prefClear, code: 1)) { try p.clear() }
        try p.end()
        // They are found in another session.
        try host.wifi.reset()
        try p.begin("space")
        #expect(try p.getInt("b") == 2)
        try p.clear()
        #expect(try !p.isKey("b"))
    }

    @Test func keysThatFirmwareCannotHoldNeverGetThere() throws {
        let host = try Host(joined: false)
        let p = Preferences(host.wifi)
        let long = String(repeating: "k", count: 16)
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try p.begin(long) }
            #expect(throws: WiFiError.self) { try p.putInt(long, 1) }
            #expect(throws: WiFiError.self) { try p.getInt(long) }
            #expect(throws: WiFiError.self) { try p.getString(long) }
            #expect(throws: WiFiError.self) { try p.remove(long) }
        }
        #expect(commands == 0)
    }

    @Test func olderFirmwareHasNone() throws {
        let p = Preferences(try Host { $0.firmware = .arduino200 }.wifi)
        #expect(throws: WiFiError.unsupported(.prefBegin)) { try p.begin("space") }
        #expect(throws: WiFiError.unsupported(.prefGettype)) { try p.getInt("i") }
    }

    /// A value that is missing is 0, false, no number or an empty text, unless the program names another.
    @Test func whatIsMissingHasADefault() throws {
        let preferences = Preferences(try Host().wifi)
        try preferences.begin("space")
        #expect(try preferences.getChar("k") == 0 && preferences.getChar("k", -7) == -7)
        #expect(try preferences.getUChar("k") == 0 && preferences.getUChar("k", 7) == 7)
        #expect(try preferences.getShort("k") == 0 && preferences.getShort("k", -7) == -7)
        #expect(try preferences.getUShort("k") == 0 && preferences.getUShort("k", 7) == 7)
        #expect(try preferences.getInt("k") == 0 && preferences.getInt("k", -7) == -7)
        #expect(try preferences.getUInt("k") == 0 && preferences.getUInt("k", 7) == 7)
        #expect(try preferences.getLong("k") == 0 && preferences.getLong("k", -7) == -7)
        #expect(try preferences.getULong("k") == 0 && preferences.getULong("k", 7) == 7)
        #expect(try preferences.getLong64("k") == 0 && preferences.getLong64("k", -7) == -7)
        #expect(try preferences.getULong64("k") == 0 && preferences.getULong64("k", 7) == 7)
        #expect(try preferences.getFloat("k").isNaN && preferences.getFloat("k", 0.5) == 0.5)
        #expect(try preferences.getDouble("k").isNaN && preferences.getDouble("k", 0.5) == 0.5)
        #expect(try !preferences.getBool("k") && preferences.getBool("k", true))
        #expect(try preferences.getString("k").isEmpty && preferences.getString("k", "other") == "other")
        #expect(try preferences.getBytes("k").isEmpty && preferences.getBytesLength("k") == 0)
    }
}
