/// What the demo is connected to, as far as it can know.
enum DemoModule: CustomStringConvertible {
    /// The emulator that it has started.
    case ownEmulator(pid: Int32)
    /// Whatever listens at a Unix socket: an emulator, or a program in front of a module.
    case socket
    /// A module on an SPI bus.
    case wires

    /// After "to".
    var description: String {
        switch self {
        case .ownEmulator(let pid): "the emulated coprocessor of process \(pid)"
        case .socket: "the coprocessor behind that socket"
        case .wires: "the module on that SPI bus"
        }
    }

    /// The module in the heading of the page.
    var heading: String {
        switch self {
        case .ownEmulator: "an emulated Wi&#8209;Fi coprocessor"
        case .socket: "a Wi&#8209;Fi coprocessor"
        case .wires: "a Wi&#8209;Fi module"
        }
    }

    /// Where the program sends its frames.
    var target: String {
        switch self {
        case .ownEmulator: "over a Unix socket to an emulated ESP32"
        case .socket: "over a Unix socket to a coprocessor"
        case .wires: "over an SPI bus to such a module"
        }
    }

    /// The channel, in the way of each byte.
    var channel: String {
        switch self {
        case .ownEmulator, .socket: "SPI frames over a Unix socket"
        case .wires: "SPI frames over an SPI bus"
        }
    }

    /// The station in the way of each byte.
    var station: String {
        switch self {
        case .ownEmulator: "<b>Emulated ESP32</b> nina-emulator"
        case .socket: "<b>Coprocessor</b> behind the socket"
        case .wires: "<b>Module</b> on the SPI bus"
        }
    }
}
