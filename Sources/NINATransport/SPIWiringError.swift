import LinuxIO

/// The part of the wiring that is unavailable, and the reason.
public struct SPIWiringError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A part of the wiring.
    public enum Part: String, Sendable {
        /// The SPI device.
        case device = "the SPI device"
        /// The line of chip select.
        case chipSelect = "chip select (cs)"
        /// The line of READY.
        case ready = "READY"
        /// The line of RESET.
        case reset = "RESET"
        /// The line of IRQ.
        case interrupt = "IRQ"
    }

    /// The part.
    public let part: Part
    /// The call that failed.
    public let error: LinuxError

    /// Makes an error.
    public init(part: Part, error: LinuxError) {
        self.part = part
        self.error = error
    }

    /// A description for users, with the advice.
    public var description: String {
        let advice = self.advice
        return "\(part.rawValue): \(error)" + (advice.isEmpty ? "" : "; " + advice)
    }

    /// How to fix it; may be empty.
    public var advice: String {
        switch (part, error.errno) {
        case (.device, .noEntry):
            "enable SPI: dtparam=spi=on in /boot/firmware/config.txt, then restart; ls /dev/spidev* lists the devices"
        case (.device, .accessDenied): "add the user to the group spi: sudo usermod -aG spi NAME, then log in again"
        case (.device, .notTerminal): "it is not an SPI device; ls /dev/spidev* lists them"
        case (_, .accessDenied): "add the user to the group gpio: sudo usermod -aG gpio NAME, then log in again"
        case (.device, .busy): "another program has the device"
        case (_, .busy):
            "another program or driver has the line: gpioinfo shows which; the SPI driver holds CE0 and CE1 (BCM 8 and 7)"
        case (_, .invalidArgument): "the chip has no such line: gpioinfo lists chips and lines"
        case (_, .notTerminal): "it is not a GPIO chip: gpioinfo lists chips and lines"
        case (_, .noDevice), (_, .noEntry):
            "gpioinfo lists chips and lines; a chip's label does not change, its number may"
        default: ""
        }
    }

    static func naming<T: ~Copyable>(
        _ part: Part, _ body: () throws(LinuxError) -> T
    ) throws(SPIWiringError) -> T {
        do throws(LinuxError) {
            return try body()
        } catch {
            throw SPIWiringError(part: part, error: error)
        }
    }
}
