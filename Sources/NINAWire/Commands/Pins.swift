// Commands for the pins of the coprocessor.

/// SET_PIN_MODE: the mode of a pin.
///
///     E0 50 02 | 01 pin | 01 mode | EE        reply: 1
public struct SetPinMode: Command {
    /// Number of the GPIO.
    public var pin: UInt8 = 0
    /// 0 input, 1 output, 2 input with pull-up; the firmware ignores others.
    public var mode: UInt8 = 0

    public init() {}
    public init(pin: UInt8, mode: UInt8) {
        self.pin = pin
        self.mode = mode
    }

    public static var opcode: Opcode { .setPinMode }
    public static var summary: StaticString { "set the mode of a pin" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("pin", &pin)
        try coder.u8("mode", &mode)
    }
}

/// SET_DIGITAL_WRITE: sets the level of a pin.
///
///     E0 51 02 | 01 pin | 01 value | EE        reply: 1
public struct SetDigitalWrite: Command {
    /// Number of the GPIO.
    public var pin: UInt8 = 0
    /// 0 for low, anything else for high.
    public var value: UInt8 = 0

    public init() {}
    public init(pin: UInt8, value: UInt8) {
        self.pin = pin
        self.value = value
    }

    public static var opcode: Opcode { .setDigitalWrite }
    public static var summary: StaticString { "set the level of a pin" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("pin", &pin)
        try coder.u8("value", &value)
    }
}

/// SET_ANALOG_WRITE: pulse-width modulation on a pin at 1 kHz.
///
///     E0 52 02 | 01 pin | 01 value | EE        reply: 1
public struct SetAnalogWrite: Command {
    /// Number of the GPIO.
    public var pin: UInt8 = 0
    /// Duty cycle, 0 to 255.
    public var value: UInt8 = 0

    public init() {}
    public init(pin: UInt8, value: UInt8) {
        self.pin = pin
        self.value = value
    }

    public static var opcode: Opcode { .setAnalogWrite }
    public static var summary: StaticString { "set the duty cycle of a pin" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("pin", &pin)
        try coder.u8("value", &value)
    }
}

/// GET_DIGITAL_READ: the level of a pin.
///
///     E0 53 01 | 01 pin | EE        reply: E0 D3 01 | 01 value | EE
public struct GetDigitalRead: Command {
    /// The level.
    public struct Reply: Layout, Equatable, Sendable {
        /// 0 low, 1 high; 0 for an output in nina-fw.
        public var value: UInt8 = 0

        public init() {}
        public init(value: UInt8) { self.value = value }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("value", &value)
        }
    }

    /// Number of the GPIO.
    public var pin: UInt8 = 0

    public init() {}
    public init(pin: UInt8) { self.pin = pin }

    public static var opcode: Opcode { .getDigitalRead }
    public static var summary: StaticString { "the level of a pin" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("pin", &pin)
    }
}

/// GET_ANALOG_READ: measures a voltage. Arduino's firmware takes a channel, Adafruit's a pin.
///
///     E0 54 01 | 01 channel | EE                    reply: E0 D4 01 | 02 value (little endian) | EE
///     E0 54 02 | 01 pin | 01 attenuation | EE       reply: E0 D4 01 | 04 value (little endian, signed) | EE
public struct GetAnalogRead: Command {
    /// The measured value, 12 bits.
    public struct Reply: Layout, Equatable, Sendable {
        /// 0 to 4095; -1 for an invalid pin in Adafruit's form.
        public var value: Int32 = 0
        /// Adafruit's form: 4 bytes.
        public var isWide = false

        public init() {}
        public init(value: Int32, isWide: Bool = false) {
            self.value = value
            self.isWide = isWide
        }

        public static var forms: [Reply] { [Reply(value: 0, isWide: false), Reply(value: 0, isWide: true)] }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            if let length = coder.nextLengthByte { isWide = length == 4 }
            if isWide {
                try coder.i32("value", .little, &value)
            } else {
                var narrow = UInt16(truncatingIfNeeded: value)
                try coder.u16("value", .little, &narrow)
                value = Int32(narrow)
            }
        }
    }

    /// Channel 0 to 7 of the converter (Arduino), or number of the GPIO, 32 to 39 (Adafruit).
    public var pin: UInt8 = 0
    /// Adafruit: 0 for 0 dB to 3 for 11 dB; nil in Arduino's form.
    public var attenuation: UInt8?

    public init() {}
    public init(pin: UInt8, attenuation: UInt8? = nil) {
        self.pin = pin
        self.attenuation = attenuation
    }

    public static var opcode: Opcode { .getAnalogRead }
    public static var summary: StaticString { "measure a voltage" }
    public static var forms: [GetAnalogRead] { [GetAnalogRead(), GetAnalogRead(pin: 0, attenuation: 0)] }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("pin", &pin)
        var isPresent = attenuation != nil
        try coder.presence(&isPresent)
        guard isPresent else {
            attenuation = nil
            return
        }
        var value = attenuation ?? 0
        try coder.u8("attenuation", &value)
        attenuation = value
    }
}
