import WiFiNINA

/// Stores a value of every type and checks it by reading it back.
struct PreferencesValidationSketch: Sketch {
    static let summary = "stores a value of every type and reads it back"
    let board: Board

    func setup() throws {
        let store = Preferences(wifi)
        try store.begin("validation")
        try store.clear()
        Serial.println("Free entries: \(try store.freeEntries())")
        var failures = 0
        func check(_ type: String, _ isSame: Bool) {
            Serial.println("\(type): \(isSame ? "ok" : "WRONG")")
            if !isSame { failures += 1 }
        }
        try store.putChar("char", .min)
        check("char", try store.getChar("char") == .min)
        try store.putUChar("uchar", .max)
        check("uchar", try store.getUChar("uchar") == .max)
        try store.putShort("short", .min)
        check("short", try store.getShort("short") == .min)
        try store.putUShort("ushort", .max)
        check("ushort", try store.getUShort("ushort") == .max)
        try store.putInt("int", .min)
        check("int", try store.getInt("int") == .min)
        try store.putUInt("uint", .max)
        check("uint", try store.getUInt("uint") == .max)
        try store.putLong64("long64", .min)
        check("long64", try store.getLong64("long64") == .min)
        try store.putULong64("ulong64", .max)
        check("ulong64", try store.getULong64("ulong64") == .max)
        try store.putFloat("float", 1.5)
        check("float", try store.getFloat("float") == 1.5)
        try store.putDouble("double", -2.25)
        check("double", try store.getDouble("double") == -2.25)
        try store.putBool("bool", true)
        check("bool", try store.getBool("bool"))
        try store.putString("string", "nina")
        check("string", try store.getString("string") == "nina")
        try store.putBytes("bytes", [0, 1, 255])
        check("bytes", try store.getBytes("bytes") == [0, 1, 255])
        try store.remove("int")
        check("a removed key", try !store.isKey("int"))
        try store.end()
        Serial.println(failures == 0 ? "All values are as they were stored" : "\(failures) values are wrong")
    }
}
