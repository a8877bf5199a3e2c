/// The pins of the module: what a host sets, and what the world outside sets.
public struct PinBank: Sendable {
    /// What a pin is used for.
    public enum Mode: UInt8, Sendable {
        /// Read by the host.
        case input = 0
        /// Written by the host.
        case output = 1
        /// Read by the host, high when nothing is connected.
        case inputPullUp = 2
    }

    /// One pin.
    public struct Pin: Sendable, Equatable {
        /// What it is used for.
        public var mode = Mode.input
        /// The level the host has written.
        public var output = false
        /// The duty of the pulses the host has asked for, 0 to 255; nil while the pin is digital.
        public var duty: UInt8?
        /// The level of what is connected; nil for an open pin.
        public var input: Bool?
        /// The analog value of what is connected, 12 bits; nil for an open pin.
        public var analog: UInt16?

        /// The level that is read.
        public var level: Bool {
            mode == .output ? output : input ?? (mode == .inputPullUp)
        }
    }

    private var pins = Array(repeating: Pin(), count: 256)

    /// Pins as they are after power on.
    public init() {}

    /// The pin of a number.
    public subscript(_ number: UInt8) -> Pin {
        get { pins[Int(number)] }
        set { pins[Int(number)] = newValue }
    }

    /// Forgets what the host has set; what is connected stays.
    mutating func reset() {
        for number in pins.indices {
            var pin = Pin()
            (pin.input, pin.analog) = (pins[number].input, pins[number].analog)
            pins[number] = pin
        }
    }

    /// The analog value of a channel: what is connected, else a value that differs from channel to channel.
    public func analog(_ channel: UInt8) -> UInt16 { self[channel].analog ?? 1000 + 10 * UInt16(channel & 7) }
}
