import CLinux
import LinuxIO

/// A GPIO chip of the kernel: `/dev/gpiochipN`.
public struct GPIOChip: ~Copyable {
    private let descriptor: FileDescriptor
    /// The device node.
    public let path: String
    /// The kernel's name, `gpiochip0`.
    public let name: String
    /// The driver's label, for example `pinctrl-bcm2711`: unlike the number it does not change between boots.
    public let label: String
    /// The number of lines.
    public let lineCount: UInt32

    /// Opens a device node.
    /// - Throws: ENOENT, EACCES; ENOTTY when it is not a GPIO chip.
    public init(path: String) throws(LinuxError) {
        let descriptor = try DeviceNode.open(path)
        let number = descriptor.rawValue
        var name = [CChar](repeating: 0, count: Int(CLINUX_GPIO_NAME))
        var label = name
        var lines: UInt32 = 0
        guard retrying({ clinux_gpio_chip(number, &name, &label, &lines) }) >= 0 else {
            throw .current("GPIO_GET_CHIPINFO", path)
        }
        self.descriptor = descriptor
        self.path = path
        self.name = Self.text(name)
        self.label = Self.text(label)
        lineCount = lines
    }

    /// The descriptor.
    public var rawValue: Int32 { descriptor.rawValue }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The name of a line and of its current consumer; both may be empty.
    public func line(_ offset: UInt32) throws(LinuxError) -> (name: String, consumer: String) {
        var name = [CChar](repeating: 0, count: Int(CLINUX_GPIO_NAME))
        var consumer = name
        guard retrying({ clinux_gpio_line(rawValue, offset, &name, &consumer) }) >= 0 else {
            throw .current("GPIO_V2_GET_LINEINFO", "line \(offset) of \(path)")
        }
        return (Self.text(name), Self.text(consumer))
    }

    /// Machines have few chips; their numbers may have gaps.
    private static let numbers = 0..<128

    /// Finds a chip by its path, its name or its label.
    /// - Throws: ENODEV when no chip matches; EACCES when no chip matches and one could not be opened.
    public static func find(_ wanted: String) throws(LinuxError) -> GPIOChip {
        if wanted.hasPrefix("/") { return try GPIOChip(path: wanted) }
        let path = try search("a GPIO chip called \(wanted)") { chip throws(LinuxError) -> String? in
            chip.name == wanted || chip.label == wanted ? chip.path : nil
        }
        return try GPIOChip(path: path)
    }

    /// Finds the chip with a line of this name, and the line's offset.
    /// - Throws: ENODEV when no chip has it; EACCES when no chip has it and one could not be opened.
    public static func find(lineNamed wanted: String) throws(LinuxError) -> (path: String, offset: UInt32) {
        try search("a GPIO line called \(wanted)") { chip throws(LinuxError) -> (path: String, offset: UInt32)? in
            for offset in 0..<chip.lineCount where try chip.line(offset).name == wanted { return (chip.path, offset) }
            return nil
        }
    }

    private static func search<Found>(
        _ what: String, _ look: (borrowing GPIOChip) throws(LinuxError) -> Found?
    ) throws(LinuxError) -> Found {
        var failure = LinuxError("open", .noDevice, what)
        for number in numbers {
            do throws(LinuxError) {
                if let found = try look(GPIOChip(path: "/dev/gpiochip\(number)")) { return found }
            } catch {
                if error.errno == .accessDenied { failure = error }
            }
        }
        throw failure
    }
}
