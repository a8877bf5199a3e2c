import NINAWire
import TestSupport
import WiFiNINA

/// `Preferences`.
let preferenceCalls: [String: HostCall] = storedValues.merging(readValues) { first, _ in first }.merging([
    "p.begin(\"space\", false)": { try done($0.preferences.begin("space", readOnly: false)) },
    "p.clear()": { try done($0.preferences.clear()) },
    "p.freeEntries()": { "\(try $0.preferences.freeEntries())" },
    "(int)p.getType(\"u16\")": { "\(try $0.preferences.getType("u16").rawValue)" },
    "p.isKey(\"u16\")": { "\(try $0.preferences.isKey("u16"))" },
    "p.remove(\"u8\")": { try done($0.preferences.remove("u8")) },
    "p.end()": { try ok($0.preferences.end()) },
    "p.begin(\"ro\", true, \"nvs2\")": { try done($0.preferences.begin("ro", readOnly: true, label: "nvs2")) },
]) { first, _ in first }

private let storedValues: [String: HostCall] = [
    "p.putChar(\"i8\", -5)": { "\(try $0.preferences.putChar("i8", -5))" },
    "p.putUChar(\"u8\", 200)": { "\(try $0.preferences.putUChar("u8", 200))" },
    "p.putShort(\"i16\", -1234)": { "\(try $0.preferences.putShort("i16", -1234))" },
    "p.putUShort(\"u16\", 0xBEEF)": { "\(try $0.preferences.putUShort("u16", 0xBEEF))" },
    "p.putInt(\"i32\", -123456)": { "\(try $0.preferences.putInt("i32", -123456))" },
    "p.putUInt(\"u32\", 0x12345678)": { "\(try $0.preferences.putUInt("u32", 0x1234_5678))" },
    "p.putLong(\"l32\", -7)": { "\(try $0.preferences.putLong("l32", -7))" },
    "p.putULong(\"ul32\", 7)": { "\(try $0.preferences.putULong("ul32", 7))" },
    "p.putLong64(\"i64\", -1234567890123LL)": { "\(try $0.preferences.putLong64("i64", -1_234_567_890_123))" },
    "p.putULong64(\"u64\", 0x0123456789ABCDEFULL)": {
        "\(try $0.preferences.putULong64("u64", 0x0123_4567_89AB_CDEF))"
    },
    "p.putFloat(\"flt\", 1.5f)": { "\(try $0.preferences.putFloat("flt", 1.5))" },
    "p.putDouble(\"dbl\", 2.25)": { "\(try $0.preferences.putDouble("dbl", 2.25))" },
    "p.putBool(\"bool\", true)": { "\(try $0.preferences.putBool("bool", true))" },
    "p.putString(\"str\", \"hello\")": { "\(try $0.preferences.putString("str", "hello"))" },
    "p.putString(\"str2\", String(\"worlds\"))": { "\(try $0.preferences.putString("str2", "worlds"))" },
    "p.putBytes(\"blob\", seq, 9)": { "\(try $0.preferences.putBytes("blob", Sketch.sequence(9)))" },
]

private let readValues: [String: HostCall] = [
    "p.getChar(\"i8\")": { "\(try $0.preferences.getChar("i8"))" },
    "p.getUChar(\"u8\")": { "\(try $0.preferences.getUChar("u8"))" },
    "p.getShort(\"i16\")": { "\(try $0.preferences.getShort("i16"))" },
    "p.getUShort(\"u16\")": { "\(try $0.preferences.getUShort("u16"))" },
    "p.getInt(\"i32\")": { "\(try $0.preferences.getInt("i32"))" },
    "p.getUInt(\"u32\")": { "\(try $0.preferences.getUInt("u32"))" },
    "p.getLong(\"l32\")": { "\(try $0.preferences.getLong("l32"))" },
    "p.getULong(\"ul32\")": { "\(try $0.preferences.getULong("ul32"))" },
    "p.getLong64(\"i64\")": { "\(try $0.preferences.getLong64("i64"))" },
    "p.getULong64(\"u64\")": { "\(try $0.preferences.getULong64("u64"))" },
    "p.getFloat(\"flt\")": { "\(try $0.preferences.getFloat("flt"))00" },
    "p.getDouble(\"dbl\")": { "\(try $0.preferences.getDouble("dbl"))0" },
    "p.getBool(\"bool\")": { "\(try $0.preferences.getBool("bool"))" },
    "p.getString(\"str\", s, 16)": {
        let text = try $0.preferences.getString("str")
        return "\(text.utf8.count) \(quoted(text))"
    },
    "p.getString(\"str2\")": { quoted(try $0.preferences.getString("str2")) },
    "p.getBytesLength(\"blob\")": { "\(try $0.preferences.getBytesLength("blob"))" },
    "p.getBytes(\"blob\", buf, 64)": {
        let bytes = try $0.preferences.getBytes("blob")
        return "\(bytes.count) \(bytes.hex.lowercased())"
    },
    "p.getInt(\"nokey\", 42)": { "\(try $0.preferences.getInt("nokey", 42))" },
]
