import NINALink
import NINAWire

// The module itself: its firmware, clock, thermometer and log.

extension WiFi {
    /// The version of the module's firmware, `3.5.0` for example.
    public func firmwareVersion() throws(WiFiError) -> String { text(try driver.version()) }

    /// The version of the module's firmware as a number: 0x030500 is 3.5.0, so that versions compare as they follow.
    /// - Throws: `.unsupported` before 3.0.0, and with Adafruit's firmware: see ``firmware()``.
    public func firmwareVersionU32() throws(WiFiError) -> UInt32 {
        do throws(WiFiError) {
            let version = try driver.send(GetFwVersionU32()).version
            driver.answersVersionNumbers = true
            return version
        } catch {
            guard case .refused = error else { throw error }
            driver.answersVersionNumbers = false
            throw driver.meaningOfErrorFrame(.getFwVersionU32)
        }
    }

    /// What firmware the module runs. The module is asked once, and after a ``reset()`` again.
    public func firmware() throws(WiFiError) -> ModuleFirmware { try driver.findFirmware() }

    /// Seconds since 1970, nil as long as the module does not know the time: it learns it from the network.
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

    /// Switches the firmware's log on its serial line.
    public func debug(_ isOn: Bool) throws(WiFiError) { _ = try driver.run(SetDebug(on: isOn ? 1 : 0)) }

    /// Installs the program that ``WiFiStorage/downloadOTA(_:)`` has fetched on the board and restarts it. Only the Uno
    /// WiFi Rev2's firmware can.
    /// - Throws: `.unsupported` with every other firmware.
    public func applyOTA() throws(WiFiError) { _ = try driver.run(ApplyOTA()) }
}
