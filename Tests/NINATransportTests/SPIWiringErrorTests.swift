import LinuxIO
import NINALink
import NINATransport
import Testing

/// What is missing is named, with advice.
@Suite(.timeLimit(.minutes(10))) struct SPIWiringErrorTests {
    @Test(arguments: [
        (SPIWiringError.Part.device, Errno.noEntry, "dtparam=spi=on"), (.device, .accessDenied, "usermod -aG spi"),
        (.device, .notTerminal, "not an SPI device"), (.device, .busy, "another program has the device"),
        (.chipSelect, .accessDenied, "usermod -aG gpio"), (.ready, .busy, "CE0 and CE1"),
        (.reset, .invalidArgument, "no such line"), (.interrupt, .notTerminal, "not a GPIO chip"),
        (.chipSelect, .noDevice, "label"), (.ready, .noEntry, "gpioinfo"),
    ])
    func advises(part: SPIWiringError.Part, errno: Errno, words: String) {
        let error = SPIWiringError(part: part, error: LinuxError("open", errno, "a node"))
        #expect(error.advice.contains(words))
        #expect("\(error)" == "\(part.rawValue): open a node: \(errno); \(error.advice)")
    }

    @Test func isSilentWhereItKnowsNothing() {
        let error = SPIWiringError(part: .reset, error: LinuxError("GPIO_V2_LINE_SET_CONFIG", .inputOutput))
        #expect(error.advice.isEmpty)
        #expect("\(error)" == "RESET: GPIO_V2_LINE_SET_CONFIG: EIO (Input/output error)")
    }

    private func failure(_ text: String) throws -> TransportError {
        let transport = try Transport(parsing: text)
        do throws(TransportError) {
            _ = try transport.open()
        } catch {
            return error
        }
        throw LinuxError("open", .exists, text)
    }

    /// Opening proceeds part by part; no line is driven before the SPI device is open.
    @Test func openingNamesThePart() throws {
        let missing = try failure("spi:/no/such/spidev0.0,cs=A,ready=B")
        #expect(missing.wiring?.part == .device && missing.wiring?.error.errno == .noEntry)
        #expect(missing.error == LinkError(.system, .connect, code: Errno.noEntry.rawValue))
        #expect(
            "\(missing)".hasPrefix("no module at spi:/no/such/spidev0.0,cs=A,ready=B,hz=8000000: the SPI device: open"))
        let other = try failure("spi:/dev/null,cs=A,ready=B")
        #expect(other.wiring?.part == .device && other.wiring?.error.errno == .notTerminal)
        #expect("\(other)".hasSuffix("it is not an SPI device; ls /dev/spidev* lists them"))
    }
}
