import NINALink
import NINAWire

// The module itself: its firmware, clock, thermometer and log.

extension WiFi {
    /// The version of the module's firmware, `3.5.0` for example.
    public func firmwareVersion() throws(WiFiError) -> String { text(try driver.version()) }

    /// The version of the module's firmware as a number that can be compared: 0x030500 is 3.5.0.
    /// - Throws: `.unsupported` before 3.0.0, and with Adafruit's firmware: see ``firmware()``.
    public func firmwareVersionU32() throws(WiFiError) -> UInt32 {
        do throws(WiFiError) {
            let version = try driver.send(GetFwVersionU32()).version
            driver.identity.record(answersVersionNumbers: true)
            return version
        } catch {
            guard case .refused = error else { throw error }
            driver.identity.record(answersVersionNumbers: false)
            throw driver.meaningOfErrorFrame(.getFwVersionU32)
        }
    }

    /// The module's firmware. It is queried once, and again after ``reset()``.
    public func firmware() throws(WiFiError) -> ModuleFirmware { try driver.findFirmware() }

    /// Seconds since 1970; nil until the module has obtained the time from the network.
    public func getTime() throws(WiFiError) -> UInt64? {
        let seconds = try driver.run(GetTime()).seconds
        return seconds == 0 ? nil : seconds
    }

    /// Sets the module's clock.
    /// - Parameter seconds: since 1970.
    /// - Throws: `.failed`; `.unsupported` before 3.0.0 and with Adafruit's firmware.
    public func setTime(_ seconds: UInt32) throws(WiFiError) {
        let code = try driver.run(SetTime(seconds: seconds)).value
        guard code != 255 else { throw .failed(.setTime, code: 255) }
    }

    /// The temperature of the chip in degrees Celsius.
    public func temperature() throws(WiFiError) -> Float { try driver.run(GetTemperature()).celsius }

    /// Switches the firmware's log on its serial port on or off.
    public func debug(_ isOn: Bool) throws(WiFiError) { _ = try driver.run(SetDebug(on: isOn ? 1 : 0)) }

    /// Installs the program fetched by ``WiFiStorage/downloadOTA(_:)`` on the board and restarts it. Only the firmware
    /// of the Uno WiFi Rev2 supports this.
    /// - Throws: `.unsupported` with all other firmware.
    public func applyOTA() throws(WiFiError) { _ = try driver.run(ApplyOTA()) }
}
