import NINAWire
import WiFiNINA

// Values of every type, including the limits of their ranges.

extension APISuite {
    func preferenceCalls() {
        let preferences = Preferences(wifi)
        call("Preferences.init(_:)") { _ = Preferences(wifi) }
        call("Preferences.begin(_:readOnly:label:)", .prefBegin, failure: .failed(.prefBegin, code: 255)) {
            // A name space that does not exist can only be created by opening it for writing.
            do throws(WiFiError) {
                try preferences.begin("suite", readOnly: true)
            } catch {
                guard case .failed(.prefBegin, _) = error else { throw error }
                throw WiFiError.failed(.prefBegin, code: 255)
            }
        }
        call("Preferences.begin(_:readOnly:label:)", .prefBegin) { try preferences.begin("suite") }
        var free = 0
        call("Preferences.freeEntries()", .prefStat) {
            free = try preferences.freeEntries()
            try check(free > 0, "no entry is free")
        }
        numberCalls(preferences)
        otherValueCalls(preferences)
        call("Preferences.getType(_:)", .prefGettype) {
            try equal(preferences.getType("char"), .i8)
            try equal(preferences.getType("string"), .string)
            try equal(preferences.getType("none"), .invalid)
        }
        call("Preferences.isKey(_:)", .prefGettype) {
            try equal(preferences.isKey("char"), true)
            try equal(preferences.isKey("none"), false)
        }
        call("Preferences.freeEntries()", .prefStat) {
            try check(preferences.freeEntries() < free, "what is stored takes no entry")
        }
        call("Preferences.remove(_:)", .prefRemove) {
            try preferences.remove("char")
            try equal(preferences.isKey("char"), false)
        }
        call("Preferences.clear()", .prefClear) {
            try preferences.clear()
            try equal(preferences.isKey("string"), false)
        }
        call("Preferences.end()", .prefEnd) {
            try preferences.end()
            try preferences.begin("suite", readOnly: true)
            try preferences.end()
        }
    }

    private func numberCalls(_ preferences: Preferences) {
        call("Preferences.putChar(_:_:)", .prefPut) { try equal(preferences.putChar("char", -128), 1) }
        call("Preferences.getChar(_:_:)", .prefGettype, .prefGet) {
            try equal(preferences.getChar("char"), -128)
            try equal(preferences.getChar("none", 3), 3)
        }
        call("Preferences.putUChar(_:_:)", .prefPut) { try equal(preferences.putUChar("uchar", 255), 1) }
        call("Preferences.getUChar(_:_:)", .prefGettype) { try equal(preferences.getUChar("uchar"), 255) }
        call("Preferences.putShort(_:_:)", .prefPut) { try equal(preferences.putShort("short", -30_000), 2) }
        call("Preferences.getShort(_:_:)", .prefGettype) { try equal(preferences.getShort("short"), -30_000) }
        call("Preferences.putUShort(_:_:)", .prefPut) { try equal(preferences.putUShort("ushort", 60_000), 2) }
        call("Preferences.getUShort(_:_:)", .prefGettype) { try equal(preferences.getUShort("ushort"), 60_000) }
        call("Preferences.putInt(_:_:)", .prefPut) { try equal(preferences.putInt("int", .min + 1), 4) }
        call("Preferences.getInt(_:_:)", .prefGettype) { try equal(preferences.getInt("int"), .min + 1) }
        call("Preferences.putUInt(_:_:)", .prefPut) { try equal(preferences.putUInt("uint", .max - 1), 4) }
        call("Preferences.getUInt(_:_:)", .prefGettype) { try equal(preferences.getUInt("uint"), .max - 1) }
        call("Preferences.putLong(_:_:)", .prefPut) { try equal(preferences.putLong("long", -70_000), 4) }
        call("Preferences.getLong(_:_:)", .prefGettype) { try equal(preferences.getLong("long"), -70_000) }
        call("Preferences.putULong(_:_:)", .prefPut) { try equal(preferences.putULong("ulong", 3_000_000_000), 4) }
        call("Preferences.getULong(_:_:)", .prefGettype) { try equal(preferences.getULong("ulong"), 3_000_000_000) }
        call("Preferences.putLong64(_:_:)", .prefPut) { try equal(preferences.putLong64("long64", .min + 2), 8) }
        call("Preferences.getLong64(_:_:)", .prefGettype) { try equal(preferences.getLong64("long64"), .min + 2) }
        call("Preferences.putULong64(_:_:)", .prefPut) { try equal(preferences.putULong64("ulong64", .max - 2), 8) }
        call("Preferences.getULong64(_:_:)", .prefGettype) { try equal(preferences.getULong64("ulong64"), .max - 2) }
        call("Preferences.putFloat(_:_:)", .prefPut) { try equal(preferences.putFloat("float", -1.25), 4) }
        call("Preferences.getFloat(_:_:)", .prefGettype) {
            try equal(preferences.getFloat("float"), -1.25)
            try check(preferences.getFloat("none").isNaN, "a number that was never stored")
        }
        call("Preferences.putDouble(_:_:)", .prefPut) { try equal(preferences.putDouble("double", 0.1), 8) }
        call("Preferences.getDouble(_:_:)", .prefGettype) {
            try equal(preferences.getDouble("double"), 0.1)
            try equal(preferences.getDouble("none", 2.5), 2.5)
        }
    }

    private func otherValueCalls(_ preferences: Preferences) {
        call("Preferences.putBool(_:_:)", .prefPut) { try equal(preferences.putBool("bool", true), 1) }
        call("Preferences.getBool(_:_:)", .prefGettype) {
            try equal(preferences.getBool("bool"), true)
            try equal(preferences.getBool("none", true), true)
        }
        call("Preferences.putString(_:_:)", .prefPut) {
            try equal(preferences.putString("string", "Grüße"), 7)
            try equal(preferences.putString("empty", ""), 0)
        }
        call("Preferences.getString(_:_:)", .prefLen, .prefGet) {
            try equal(preferences.getString("string"), "Grüße")
            try equal(preferences.getString("empty", "other"), "")
            try equal(preferences.getString("none", "other"), "other")
        }
        call("Preferences.putBytes(_:_:)", .prefPut) { try equal(preferences.putBytes("bytes", pattern(300)), 300) }
        call("Preferences.getBytesLength(_:)", .prefLen) {
            try equal(preferences.getBytesLength("bytes"), 300)
            try equal(preferences.getBytesLength("none"), 0)
        }
        call("Preferences.getBytes(_:)", .prefGet) {
            try equal(preferences.getBytes("bytes"), pattern(300))
            try equal(preferences.getBytes("none"), [])
        }
    }
}
