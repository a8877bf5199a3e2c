import NINALink
import NINAWire

/// The mode of a module pin.
public enum PinMode: UInt8, Sendable {
    /// An input.
    case input = 0
    /// An output.
    case output = 1
    /// An input with a pull-up resistor. Firmware before 1.4.5 ignores the resistor.
    case inputPullUp = 2
}

// The module's own pins, which for example drive a board's LED: WiFiNINA's `WiFiDrv`.

extension WiFi {
    /// Sets the mode of a pin.
    /// - Parameters:
    ///   - pin: the number of the ESP32's GPIO.
    ///   - mode: the mode.
    public func pinMode(_ pin: UInt8, _ mode: PinMode) throws(WiFiError) {
        _ = try driver.run(SetPinMode(pin: pin, mode: mode.rawValue))
    }

    /// Sets the level of a pin; true is high.
    public func digitalWrite(_ pin: UInt8, _ isHigh: Bool) throws(WiFiError) {
        _ = try driver.run(SetDigitalWrite(pin: pin, value: isHigh ? 1 : 0))
    }

    /// Sets the PWM duty cycle of a pin, 0 to 255, at about 1 kHz.
    public func analogWrite(_ pin: UInt8, _ duty: UInt8) throws(WiFiError) {
        _ = try driver.run(SetAnalogWrite(pin: pin, value: duty))
    }

    /// The level of a pin; true is high. Firmware before 3.0 returns 0 for output pins.
    /// - Throws: `.unsupported` before Arduino's firmware 1.4.5 and Adafruit's 1.5.0.
    public func digitalRead(_ pin: UInt8) throws(WiFiError) -> Bool {
        try driver.run(GetDigitalRead(pin: pin)).value != 0
    }

    /// Reads a voltage as a 12-bit number.
    /// - Parameter channel: with Arduino's firmware a channel of ADC1, 0 to 7; with Adafruit's a GPIO, 32 to 39.
    /// - Throws: `.failed` when Adafruit's firmware does not have the pin; `.unsupported` as in ``digitalRead(_:)``.
    public func analogRead(_ channel: UInt8) throws(WiFiError) -> Int {
        // Adafruit's command takes an attenuation: 3 is the full range, up to about 2.7 V.
        let isAdafruit = try driver.findFirmware().family == .adafruit
        let value = try driver.run(GetAnalogRead(pin: channel, attenuation: isAdafruit ? 3 : nil)).value
        guard value >= 0 else { throw .failed(.getAnalogRead, code: Int(value)) }
        return Int(value)
    }
}
