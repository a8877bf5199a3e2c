import NINAWire

// The pins of the module.

extension PinBank {
    mutating func setPinMode(_ command: SetPinMode, _ context: Context) -> Answer<Acknowledgement> {
        // The firmware ignores invalid modes.
        if PinBank.Mode(rawValue: command.mode) == nil {
            context.log(.warning, "SET_PIN_MODE: pin \(command.pin) stays as it is, there is no mode \(command.mode)")
        }
        if let mode = PinBank.Mode(rawValue: command.mode) {
            self[command.pin].mode = mode
            self[command.pin].duty = nil
        }
        return .reply(Acknowledgement(true))
    }

    mutating func setDigitalWrite(_ command: SetDigitalWrite) -> Answer<Acknowledgement> {
        self[command.pin].output = command.value != 0
        self[command.pin].duty = nil
        return .reply(Acknowledgement(true))
    }

    mutating func setAnalogWrite(_ command: SetAnalogWrite) -> Answer<Acknowledgement> {
        self[command.pin].duty = command.value
        return .reply(Acknowledgement(true))
    }

    func getDigitalRead(_ command: GetDigitalRead, _ context: Context) -> Answer<GetDigitalRead.Reply> {
        var reply = GetDigitalRead.Reply()
        let pin = self[command.pin]
        reply.value = pin.level && !(pin.mode == .output && context.has(.outputPinsReadZero)) ? 1 : 0
        return .reply(reply)
    }

    /// With an attenuation, as sent by Adafruit's hosts, `modern` replies 32 bits; firmware has one form only.
    func getAnalogRead(_ command: GetAnalogRead, _ context: Context) -> Answer<GetAnalogRead.Reply> {
        var reply = GetAnalogRead.Reply()
        reply.value = Int32(analog(command.pin))
        switch context.dialect.analogRule {
        case .asRequested: reply.isWide = command.attenuation != nil
        case .channels: break
        case .pins: reply.isWide = true
        case .converterPins:
            reply.isWide = true
            if !Self.converterPins.contains(command.pin) { reply.value = -1 }
        }
        return .reply(reply)
    }

    /// The pins of the ESP32 that are channels of its first converter.
    private static var converterPins: ClosedRange<UInt8> { 32...39 }
}
