// Commands about the coprocessor itself.

/// GET_FW_VERSION: the version as text with a terminating NUL.
///
///     E0 37 00 EE        reply: E0 B7 01 | 06 "x.y.z" 00 | EE
public struct GetFwVersion: Query {
    /// The firmware version.
    public struct Reply: Layout, Equatable, Sendable {
        /// The version and its NUL.
        public var version: ArraySlice<UInt8> = []

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.text("version", &version)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getFwVersion }
    public static var summary: StaticString { "firmware version" }
}

/// SET_DEBUG: switches the firmware's log on its serial port on or off.
///
///     E0 1A 01 | 01 on | EE        reply: 1
public struct SetDebug: Command {
    /// 0 for off, anything else for on.
    public var on: UInt8 = 0

    public init() {}
    public init(on: UInt8) { self.on = on }

    public static var opcode: Opcode { .setDebug }
    public static var summary: StaticString { "switch the log on the serial port" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("on", &on)
    }
}

/// GET_TEMPERATURE: the temperature of the chip.
///
///     E0 1B 00 EE        reply: E0 9B 01 | 04 celsius (IEEE 754 single, little endian) | EE
public struct GetTemperature: NoParameters {
    /// The temperature.
    public struct Reply: Layout, Equatable, Sendable {
        /// The bits of the temperature in degrees Celsius.
        public var bits: UInt32 = 0

        public init() {}
        public init(celsius: Float) { bits = celsius.bitPattern }

        /// The temperature in degrees Celsius.
        public var celsius: Float { Float(bitPattern: bits) }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u32("celsius_bits", .little, &bits)
        }
    }

    public init() {}

    public static var opcode: Opcode { .getTemperature }
    public static var summary: StaticString { "temperature of the chip" }
}

/// GET_TIME: seconds since 1970; 0 before the clock is set.
///
///     E0 3B 00 EE        reply: E0 BB 01 | 04 seconds (little endian) | EE
///                        reply: E0 BB 01 | 08 seconds (little endian) | EE        Adafruit 3.x
public struct GetTime: NoParameters {
    /// The time.
    public struct Reply: Layout, Equatable, Sendable {
        /// Seconds since 1970.
        public var seconds: UInt64 = 0
        /// Whether the time has 8 bytes, as in Adafruit 3.x.
        public var isWide = false

        public init() {}
        public init(seconds: UInt64, isWide: Bool = false) {
            self.seconds = seconds
            self.isWide = isWide
        }

        public static var forms: [Reply] { [Reply(seconds: 0, isWide: false), Reply(seconds: 0, isWide: true)] }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            if let length = coder.nextLengthByte { isWide = length == 8 }
            try coder.number("seconds", NumberFormat(isWide ? 8 : 4, .little), &seconds)
        }
    }

    public init() {}

    public static var opcode: Opcode { .getTime }
    public static var summary: StaticString { "seconds since 1970" }
}

/// SET_TIME: sets the clock (WiFiNINA 2.1.0; nina-fw's branch set-time has it under the number of PREF_BEGIN).
///
///     E0 5F 01 | 04 seconds (little endian) | EE        reply: E0 DF 01 | 01 code | EE
public struct SetTime: Command {
    /// 0, or 255 for a failure.
    public typealias Reply = ResultCode

    /// Seconds since 1970.
    public var seconds: UInt32 = 0

    public init() {}
    public init(seconds: UInt32) { self.seconds = seconds }

    public static var opcode: Opcode { .setTime }
    public static var summary: StaticString { "set the clock" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u32("seconds", .little, &seconds)
    }
}

/// GET_FW_VERSION_U32: the version as numbers (WiFiNINA 2.1.0, which uses the first three).
///
///     E0 5E 00 EE        reply: E0 DE 01 | 04 major minor patch extra | EE
///                        reply: E0 DE 01 | 03 major minor patch | EE
public struct GetFwVersionU32: NoParameters {
    /// The firmware version.
    public struct Reply: Layout, Equatable, Sendable {
        /// Major, minor and patch, each in 8 bits: 0x030500 is 3.5.0.
        public var version: UInt32 = 0
        /// The fourth byte, in the form that has it.
        public var extra: UInt8?

        public init() {}
        public init(version: UInt32, extra: UInt8? = 0) {
            self.version = version
            self.extra = extra
        }

        public static var forms: [Reply] { [Reply(version: 0, extra: 0), Reply()] }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            if let length = coder.nextLengthByte { extra = length == 3 ? nil : 0 }
            var bits = UInt64(version)
            if let byte = extra { bits = bits << 8 | UInt64(byte) }
            try coder.number("version", NumberFormat(extra == nil ? 3 : 4, .big), &bits)
            if extra != nil {
                extra = UInt8(truncatingIfNeeded: bits)
                bits >>= 8
            }
            version = UInt32(truncatingIfNeeded: bits)
        }
    }

    public init() {}

    public static var opcode: Opcode { .getFwVersionU32 }
    public static var summary: StaticString { "firmware version as numbers" }
}
