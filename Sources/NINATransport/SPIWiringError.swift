import LinuxIO

/// Which part of the wiring could not be had, and why.
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

    /// A sentence for people, with what to do about it.
    public var description: String {
        let hint =
            switch (part, error.errno) {
            case (.device, .noEntry): "; enable SPI: dtparam=spi=on in config.txt, then restart"
            case (.device, .accessDenied): "; add the user to the group spi"
            case (_, .accessDenied): "; add the user to the group gpio"
            case (_, .busy): "; another program or driver has the line: gpioinfo tells which"
            case (_, .noDevice), (_, .noEntry): "; gpioinfo lists chips and lines"
            default: ""
            }
        return "\(part.rawValue): \(error)\(hint)"
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
