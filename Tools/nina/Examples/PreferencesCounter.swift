import WiFiNINA

/// Counts the module's starts in its flash.
struct PreferencesCounterSketch: Sketch {
    static let summary = "counts the module's restarts (--every, --rounds)"
    let board: Board

    func setup() {}

    func loop() throws {
        let preferences = Preferences(wifi)
        try preferences.begin("my-app")
        // 0 at the first start.
        let counter = try preferences.getUInt("counter") + 1
        Serial.println("Current counter value: \(counter)")
        try preferences.putUInt("counter", counter)
        try preferences.end()
        try board.nextRound(after: .seconds(10))
        guard board.isRunning else { return }
        Serial.println("Restarting...")
        try wifi.reset()
    }
}
