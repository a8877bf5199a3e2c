import LinuxBoards
import LinuxIO
import Testing

/// Nodes that are neither an SPI device nor a GPIO chip; real ones are tested in a guest.
@Suite(.timeLimit(.minutes(10))) struct BoardDeviceTests {
    @Test(arguments: [
        ("/no/such/spidev0.0", "open", Errno.noEntry), ("/dev/null", "SPI_IOC_WR_MODE32", .notTerminal),
        ("/dev/zero", "SPI_IOC_WR_MODE32", .notTerminal), ("/", "open", .isDirectory),
    ])
    func isNoSPIDevice(path: String, call: String, errno: Errno) {
        do throws(LinuxError) {
            _ = try SPIDevice(path: path)
            Issue.record("\(path) is an SPI device")
        } catch {
            #expect(error.call.description == call && error.errno == errno && error.context == path)
        }
    }

    @Test(arguments: [
        ("/no/such/gpiochip0", "open", Errno.noEntry), ("/dev/null", "GPIO_GET_CHIPINFO", .notTerminal),
        ("/dev/zero", "GPIO_GET_CHIPINFO", .notTerminal), ("/", "open", .isDirectory),
    ])
    func isNoChip(path: String, call: String, errno: Errno) {
        do throws(LinuxError) {
            _ = try GPIOChip(path: path)
            Issue.record("\(path) is a GPIO chip")
        } catch {
            #expect(error.call.description == call && error.errno == errno && error.context == path)
        }
        #expect(throws: LinuxError.self) { _ = try GPIOChip.find(path) }
    }

    /// EACCES where this user may not open the machine's own chips.
    @Test func findsNothingOfThatName() {
        let unlikely = "no-such-chip-on-any-machine"
        let chip = errno(of: { () throws(LinuxError) in _ = try GPIOChip.find(unlikely) })
        #expect(chip == .noDevice || chip == .accessDenied)
        let line = errno(of: { () throws(LinuxError) in _ = try GPIOChip.find(lineNamed: unlikely) })
        #expect(line == .noDevice || line == .accessDenied)
    }
}
