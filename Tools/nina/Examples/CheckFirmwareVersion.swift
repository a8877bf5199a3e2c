import WiFiNINA

/// Checks whether the module's firmware is the version that the library was made for.
struct CheckFirmwareVersionSketch: Sketch {
    static let summary = "compares the firmware with Arduino's newest one"
    let board: Board

    /// Arduino's newest nina-fw that this library was tested with.
    private static let latest = ModuleFirmware(major: 3, minor: 0, patch: 0)

    func setup() throws {
        Serial.println("WiFiNINA firmware check.")
        Serial.println("Firmware version installed: \(try wifi.firmwareVersion())")
        let latest = Self.latest
        Serial.println("Latest firmware version available: \(latest.major).\(latest.minor).\(latest.patch)")
        let firmware = try wifi.firmware()
        if firmware.isAtLeast(latest.major, latest.minor, latest.patch) {
            Serial.println("Check result: PASSED")
        } else {
            Serial.println("Check result: NOT PASSED")
            Serial.println("\(firmware) lacks commands of newer versions: upgrade it")
        }
    }
}
