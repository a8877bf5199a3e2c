import WiFiNINA

/// Stores an array of structs as bytes: the schedule of an alarm clock.
struct Prefs2StructSketch: Sketch {
    static let summary = "stores an array of structs in the module's flash"
    let board: Board

    /// An alarm, encoded in four bytes.
    private struct Alarm {
        var hour, minutes, tone, volume: UInt8
        var bytes: [UInt8] { [hour, minutes, tone, volume] }
        static let size = 4

        init(_ hour: UInt8, _ minutes: UInt8, tone: UInt8, volume: UInt8) {
            (self.hour, self.minutes, self.tone, self.volume) = (hour, minutes, tone, volume)
        }

        init(_ bytes: [UInt8], at offset: Int) {
            self.init(bytes[offset], bytes[offset + 1], tone: bytes[offset + 2], volume: bytes[offset + 3])
        }
    }

    func setup() throws {
        let preferences = Preferences(wifi)
        try preferences.begin("schedule")
        let alarms = [
            Alarm(9, 30, tone: 1, volume: 5), Alarm(20, 15, tone: 2, volume: 3), Alarm(23, 0, tone: 3, volume: 1),
        ]
        try preferences.putBytes("alarms", alarms.flatMap(\.bytes))

        let length = try preferences.getBytesLength("alarms")
        guard length.isMultiple(of: Alarm.size) else {
            Serial.println("\(length) bytes are not alarms")
            return
        }
        let bytes = try preferences.getBytes("alarms")
        for offset in stride(from: 0, to: length, by: Alarm.size) {
            let alarm = Alarm(bytes, at: offset)
            let minutes = (alarm.minutes < 10 ? "0" : "") + "\(alarm.minutes)"
            Serial.println("\(alarm.hour):\(minutes) tone \(alarm.tone), volume \(alarm.volume)")
        }
        // Append another alarm.
        try preferences.putBytes("alarms", bytes + Alarm(6, 45, tone: 4, volume: 9).bytes)
        Serial.println("\(try preferences.getBytesLength("alarms") / Alarm.size) alarms are stored")
        try preferences.end()
    }
}
