import NINALink
import NINAWire

/// What a pin of the module is used for.
public enum PinMode: UInt8, Sendable {
    /// It is read.
    case input = 0
    /// It is written.
    case output = 1
    /// It is read, and high when nothing is connected. Older firmware than 1.4.5 ignores this.
    case inputPullUp = 2
}

// The module's own pins, the ones a board's LED hangs on for example: WiFiNINA's `WiFiDrv`.

extension WiFi {
    /// Sets what a pin is used for.
    /// - Parameters:
    ///   - pin: the number of the ESP32's GPIO.
    ///   - mode: what for.
    public func pinMode(_ pin: UInt8, _ mode: PinMode) throws(WiFiError) {
        _ = try driver.run(SetPinMode(pin: pin, mode: mode.rawValue))
    }

    /// Sets the level of a pin: high for true.
    public func digitalWrite(_ pin: UInt8, _ isHigh: Bool) throws(WiFiError) {
        _ = try driver.run(SetDigitalWrite(pin: pin, value: isHigh ? 1 : 0))
    }

    /// Sets the duty of the pulses on a pin, of 255, at about 1 kHz.
    public func analogWrite(_ pin: UInt8, _ duty: UInt8) throws(WiFiError) {
        _ = try driver.run(SetAnalogWrite(pin: pin, value: duty))
    }

    /// The level of a pin: true for high. Firmware before 3.0 reads 0 from pins that are outputs.
    /// - Throws: `.unsupported` before Arduino's firmware 1.4.5 and Adafruit's 1.5.0.
    public func digitalRead(_ pin: UInt8) throws(WiFiError) -> Bool {
        try driver.run(GetDigitalRead(pin: pin)).value != 0
    }

    /// A voltage as a number of 12 bits.
    /// - Parameter channel: with Arduino's firmware a channel of ADC1, 0 to 7; with Adafruit's a GPIO, 32 to 39.
    /// - Throws: `.failed` when Adafruit's firmware has no such pin; `.unsupported` as ``digitalRead(_:)``.
    public func analogRead(_ channel: UInt8) throws(WiFiError) -> Int {
        // Adafruit's command has an attenuation: 3 is the whole range, up to about 2.7 V.
        let isAdafruit = try driver.findFirmware().family == .adafruit
        let value = try driver.run(GetAnalogRead(pin: channel, attenuation: isAdafruit ? 3 : nil)).value
        guard value >= 0 else { throw .failed(.getAnalogRead, code: Int(value)) }
        return Int(value)
    }
}
