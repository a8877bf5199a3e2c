/// The pins of the module: the state set by the host, and the inputs connected from outside.
public struct PinBank: Sendable {
    /// The mode of a pin.
    public enum Mode: UInt8, Sendable {
        /// Input.
        case input = 0
        /// Output.
        case output = 1
        /// Input with a pull-up: high when nothing is connected.
        case inputPullUp = 2
    }

    /// One pin.
    public struct Pin: Sendable, Equatable {
        /// The pin's mode.
        public var mode = Mode.input
        /// The level that the host has set.
        public var output = false
        /// The PWM duty cycle that the host has set, 0 to 255; nil while the pin is digital.
        public var duty: UInt8?
        /// The level connected to the pin; nil for an open pin.
        public var input: Bool?
        /// The analog value connected to the pin, 12 bits; nil for an open pin.
        public var analog: UInt16?

        /// The level that a read returns.
        public var level: Bool {
            mode == .output ? output : input ?? (mode == .inputPullUp)
        }
    }

    /// The highest analog value: 12 bits.
    static let highestAnalog: UInt16 = 4095

    private var pins = Array(repeating: Pin(), count: 256)

    /// Pins in their power-on state.
    public init() {}

    /// The pin with a number.
    public subscript(_ number: UInt8) -> Pin {
        get { pins[Int(number)] }
        set { pins[Int(number)] = newValue }
    }

    /// Clears what the host has set; connected inputs stay.
    mutating func reset() {
        for number in pins.indices {
            var pin = Pin()
            (pin.input, pin.analog) = (pins[number].input, pins[number].analog)
            pins[number] = pin
        }
    }

    /// The analog value of a channel; for an open pin a value that differs between channels.
    public func analog(_ channel: UInt8) -> UInt16 { self[channel].analog ?? 1000 + 10 * UInt16(channel & 7) }
}
