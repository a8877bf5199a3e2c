/// How a module is wired to this machine: the transport string `spi:`.
///
///     spi:/dev/spidev0.0,cs=gpiochip0:5,ready=gpiochip0:24,reset=gpiochip0:25,irq=gpiochip0:23,hz=8000000
///
/// A line is `CHIP:OFFSET`, with the chip's name or label (`pinctrl-rp1`), or a line name (`GPIO5`). `cs` and `ready`
/// are required.
public struct SPIWiring: Equatable, Sendable {
    /// A line of a GPIO chip.
    public enum Line: Equatable, Sendable {
        /// By the chip's name, label or device node, and the line's offset.
        case chip(String, offset: UInt32)
        /// By the line's own name.
        case named(String)
    }

    /// The device node of the SPI device.
    public var device: String
    /// Chip select: any free line; the kernel owns the controller's own.
    public var chipSelect: Line
    /// READY, which some boards call BUSY or ACK.
    public var ready: Line
    /// RESET.
    public var reset: Line?
    /// IRQ, the module's GPIO0.
    public var interrupt: Line?
    /// The clock rate; 8 MHz by default, the fastest that the module supports.
    public var hertz: UInt32 = 8_000_000

    /// A module with these lines.
    public init(device: String, chipSelect: Line, ready: Line, reset: Line? = nil, interrupt: Line? = nil) {
        self.device = device
        self.chipSelect = chipSelect
        self.ready = ready
        self.reset = reset
        self.interrupt = interrupt
    }

    /// Parses the text after `spi:`.
    public init(parsing text: String) throws(Transport.ParseError) {
        func fail(_ expected: String) -> Transport.ParseError {
            Transport.ParseError(text: "spi:" + text, expected: expected)
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard let device = parts.first, device.hasPrefix("/") else {
            throw fail("spi:/dev/spidevB.C,cs=LINE,ready=LINE")
        }
        var lines: [String: Line] = [:]
        var hertz: UInt32?
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { throw fail("'\(part)' to be KEY=VALUE") }
            let key = String(part[..<equals])
            let value = String(part[part.index(after: equals)...])
            switch key {
            case "cs", "ready", "reset", "irq":
                guard lines[key] == nil else { throw fail("'\(key)' once") }
                guard let line = Line(parsing: value) else {
                    throw fail("'\(key)' to be CHIP:OFFSET or the name of a line")
                }
                guard !lines.values.contains(line) else { throw fail("'\(key)' to be a line of its own") }
                lines[key] = line
            case "hz":
                guard let number = UInt32(value), (1000...80_000_000).contains(number), hertz == nil else {
                    throw fail("'hz' to be a number from 1000 to 80000000, once")
                }
                hertz = number
            default: throw fail("cs, ready, reset, irq or hz instead of '\(key)'")
            }
        }
        guard let chipSelect = lines["cs"] else { throw fail("cs=LINE, the line that selects the module") }
        guard let ready = lines["ready"] else { throw fail("ready=LINE, the module's READY (BUSY, ACK)") }
        self.init(device: device, chipSelect: chipSelect, ready: ready, reset: lines["reset"], interrupt: lines["irq"])
        if let hertz { self.hertz = hertz }
    }
}

extension SPIWiring.Line: CustomStringConvertible {
    /// Parses `CHIP:OFFSET` or a name.
    init?(parsing text: String) {
        // A number alone is not a line name.
        guard !text.isEmpty, UInt32(text) == nil else { return nil }
        guard let colon = text.lastIndex(of: ":") else {
            self = .named(text)
            return
        }
        guard colon > text.startIndex, let offset = UInt32(text[text.index(after: colon)...]) else { return nil }
        self = .chip(String(text[..<colon]), offset: offset)
    }

    /// The line as in the transport string.
    public var description: String {
        switch self {
        case .chip(let chip, let offset): "\(chip):\(offset)"
        case .named(let name): name
        }
    }
}

extension SPIWiring: CustomStringConvertible {
    /// The transport string without `spi:`.
    public var description: String {
        var text = "\(device),cs=\(chipSelect),ready=\(ready)"
        if let reset { text += ",reset=\(reset)" }
        if let interrupt { text += ",irq=\(interrupt)" }
        return text + ",hz=\(hertz)"
    }
}
