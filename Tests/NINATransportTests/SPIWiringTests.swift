import NINATransport
import Testing

/// The transport string `spi:`.
@Suite(.timeLimit(.minutes(10))) struct SPIWiringTests {
    private func refusal(_ text: String) -> Transport.ParseError? {
        do throws(Transport.ParseError) {
            _ = try Transport(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func parsesAllOfIt() throws {
        let text =
            "spi:/dev/spidev0.1,cs=gpiochip0:5,ready=pinctrl-rp1:24,reset=GPIO25,irq=/dev/gpiochip4:23,hz=4000000"
        guard case .spi(let wiring) = try Transport(parsing: text) else {
            Issue.record("not spi")
            return
        }
        #expect(wiring.device == "/dev/spidev0.1")
        #expect(wiring.chipSelect == .chip("gpiochip0", offset: 5))
        #expect(wiring.ready == .chip("pinctrl-rp1", offset: 24))
        #expect(wiring.reset == .named("GPIO25"))
        #expect(wiring.interrupt == .chip("/dev/gpiochip4", offset: 23))
        #expect(wiring.hertz == 4_000_000)
        #expect("\(Transport.spi(wiring))" == text)
    }

    @Test func needsOnlyTwoLines() throws {
        let wiring = try SPIWiring(parsing: "/dev/spidev0.0,ready=ID_SD,cs=GPIO5")
        #expect(wiring == SPIWiring(device: "/dev/spidev0.0", chipSelect: .named("GPIO5"), ready: .named("ID_SD")))
        #expect(wiring.reset == nil && wiring.interrupt == nil && wiring.hertz == 8_000_000)
        #expect("\(wiring)" == "/dev/spidev0.0,cs=GPIO5,ready=ID_SD,hz=8000000")
    }

    /// The last colon counts: chip names may contain some.
    @Test func chipsMayHaveColons() throws {
        let wiring = try SPIWiring(parsing: "/dev/spidev0.0,cs=1f000d0000.gpio:rp1:5,ready=a=b")
        #expect(wiring.chipSelect == .chip("1f000d0000.gpio:rp1", offset: 5))
        #expect(wiring.ready == .named("a=b"))
    }

    @Test(arguments: [
        ("", "spi:/dev/spidevB.C,cs=LINE,ready=LINE"),
        ("spidev0.0,cs=A,ready=B", "spi:/dev/spidevB.C,cs=LINE,ready=LINE"),
        (",cs=A,ready=B", "spi:/dev/spidevB.C,cs=LINE,ready=LINE"),
        ("/dev/spidev0.0", "cs=LINE, the line that selects the module"),
        ("/dev/spidev0.0,ready=B", "cs=LINE, the line that selects the module"),
        ("/dev/spidev0.0,cs=A", "ready=LINE, the module's READY (BUSY, ACK)"),
        ("/dev/spidev0.0,cs=A,ready=B,", "'' to be KEY=VALUE"),
        ("/dev/spidev0.0,cs=A,ready", "'ready' to be KEY=VALUE"),
        ("/dev/spidev0.0,cs=A,ready=B,cs=C", "'cs' once"),
        ("/dev/spidev0.0,cs=A,ready=B,irq=C,irq=C", "'irq' once"),
        ("/dev/spidev0.0,cs=A,ready=A", "'ready' to be a line of its own"),
        ("/dev/spidev0.0,cs=5,ready=B", "'cs' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=,ready=B", "'cs' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=:5,ready=B", "'cs' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=A,ready=gpiochip0:", "'ready' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=A,ready=B,reset=gpiochip0:-1", "'reset' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=A,ready=B,reset=gpiochip0:4294967296", "'reset' to be CHIP:OFFSET or the name of a line"),
        ("/dev/spidev0.0,cs=A,ready=B,hz=999", "'hz' to be a number from 1000 to 80000000, once"),
        ("/dev/spidev0.0,cs=A,ready=B,hz=80000001", "'hz' to be a number from 1000 to 80000000, once"),
        ("/dev/spidev0.0,cs=A,ready=B,hz=8MHz", "'hz' to be a number from 1000 to 80000000, once"),
        ("/dev/spidev0.0,cs=A,ready=B,hz=1000000,hz=1000000", "'hz' to be a number from 1000 to 80000000, once"),
        ("/dev/spidev0.0,cs=A,ready=B,busy=C", "cs, ready, reset, irq or hz instead of 'busy'"),
        ("/dev/spidev0.0,CS=A,ready=B", "cs, ready, reset, irq or hz instead of 'CS'"),
    ])
    func saysWhatWasExpected(text: String, expected: String) {
        let error = refusal("spi:" + text)
        #expect(error?.text == "spi:" + text)
        #expect(error?.expected == expected)
        #expect(error.map { "\($0)" } == "transport 'spi:\(text)': expected \(expected)")
    }

    @Test(arguments: ["", "tcp:host:1", "/dev/spidev0.0", "SPI:/dev/spidev0.0,cs=A,ready=B"])
    func isNoTransport(text: String) {
        #expect(refusal(text)?.expected == "unix:PATH or spi:DEVICE,cs=LINE,ready=LINE")
        #expect(refusal("unix:")?.expected == "a path after 'unix:'")
    }

    @Test func parsesASocket() throws {
        #expect(try Transport(parsing: "unix:/tmp/a,b=c") == .unix(path: "/tmp/a,b=c"))
        #expect("\(Transport.unix(path: "/tmp/a"))" == "unix:/tmp/a")
    }
}
