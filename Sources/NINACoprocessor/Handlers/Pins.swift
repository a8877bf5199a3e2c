import NINAWire

// The pins of the module.

extension Coprocessor {
    func setPinMode(_ command: SetPinMode) -> Answer<Acknowledgement> {
        // A mode that the firmware does not know is ignored.
        if let mode = PinBank.Mode(rawValue: command.mode) {
            pins[command.pin].mode = mode
            pins[command.pin].duty = nil
        }
        return .reply(Acknowledgement(true))
    }

    func setDigitalWrite(_ command: SetDigitalWrite) -> Answer<Acknowledgement> {
        pins[command.pin].output = command.value != 0
        pins[command.pin].duty = nil
        return .reply(Acknowledgement(true))
    }

    func setAnalogWrite(_ command: SetAnalogWrite) -> Answer<Acknowledgement> {
        pins[command.pin].duty = command.value
        return .reply(Acknowledgement(true))
    }

    func getDigitalRead(_ command: GetDigitalRead) -> Answer<GetDigitalRead.Reply> {
        var reply = GetDigitalRead.Reply()
        let pin = pins[command.pin]
        reply.value = pin.level && !(pin.mode == .output && has(.outputPinsReadZero)) ? 1 : 0
        return .reply(reply)
    }

    /// With an attenuation, as Adafruit's hosts send it, the answer has 32 bits.
    func getAnalogRead(_ command: GetAnalogRead) -> Answer<GetAnalogRead.Reply> {
        var reply = GetAnalogRead.Reply()
        reply.value = Int32(pins.analog(command.pin))
        reply.isWide = command.attenuation != nil
        return .reply(reply)
    }
}
