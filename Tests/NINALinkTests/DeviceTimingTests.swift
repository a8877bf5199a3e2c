import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct DeviceTimingTests {
    private let network = VirtualNetwork()
    private var session: DeviceSession
    private var now = MonotonicInstant(nanoseconds: 0)

    /// 1 us for a byte, 100 us for a command.
    init() {
        var configuration = Configuration()
        configuration.timing = LinkTiming(command: .microseconds(100), boot: .milliseconds(750))
        session = DeviceSession(device: Coprocessor(configuration, network: network))
        session.start(at: now)
    }

    private mutating func pass(_ time: Duration) -> String {
        now = now.advanced(by: time)
        session.device.advance(to: now)
        session.update(at: now)
        return takeOutput()
    }

    private mutating func takeOutput() -> String {
        defer { session.output.removeAll() }
        return session.output.hex
    }

    private mutating func send(_ hex: String) throws -> String {
        session.input.append(Array(hex: hex))
        try session.receive(at: now)
        return takeOutput()
    }

    private mutating func start() throws {
        #expect(takeOutput() == "810000054E494E4101")
        #expect(try send("01 00 0005 'NINA' 01") == "")
        #expect(session.nextDeadline == now.advanced(by: .milliseconds(750)))
        #expect(pass(.milliseconds(749)) == "")
        // A window before the device is up is lost.
        #expect(try send("02 00 0004 E03F00EE") == "")
        #expect(pass(.milliseconds(1)) == "82040000")
        #expect(session.nextDeadline == nil)
    }

    @Test mutating func aStartTakesItsTime() throws {
        try start()
        #expect(try send("03 00 0001 02 03 00 0001 03") == "")
        // A second reset begins anew.
        #expect(pass(.milliseconds(700)) == "")
        #expect(try send("03 00 0001 02 03 00 0001 03") == "")
        #expect(pass(.milliseconds(749)) == "")
        #expect(pass(.milliseconds(1)) == "820C0000")
    }

    @Test mutating func aCommandTakesItsTimeAndThatOfItsWindows() throws {
        try start()
        let reply = "82060008E0A0010100EE0000"
        #expect(try send("02 00 0004 E02000EE") == "")
        #expect(session.isBusy)
        #expect(session.nextDeadline == now.advanced(by: .microseconds(104)))
        #expect(pass(.microseconds(103)) == "")
        #expect(pass(.microseconds(1)) == reply)
        #expect(session.nextDeadline == nil)
        // The reply's 8 bytes, then the next command's 4.
        #expect(try send("02 00 0000 02 00 0004 E02000EE") == "82040000")
        #expect(pass(.microseconds(111)) == "")
        #expect(pass(.microseconds(1)) == reply)
    }

    @Test mutating func aCommandThatWaitsLongerIsNotLater() throws {
        try start()
        #expect(try send("02 00 0004 E02700EE") == "")
        #expect(pass(.milliseconds(29)) == "")
        #expect(pass(.milliseconds(1)).hasPrefix("8206"))
    }

    @Test mutating func aResetEndsWhatIsLate() throws {
        try start()
        #expect(try send("02 00 0004 E02000EE 03 00 0001 02") == "")
        #expect(pass(.seconds(1)) == "")
        #expect(session.nextDeadline == nil)
    }

    /// The whole of it, on virtual time.
    @Test func aBoard() throws {
        var configuration = Configuration()
        configuration.use(.nano33IoT)
        let link = try MessageLink.loopback(to: Coprocessor(configuration, network: VirtualNetwork()))
        let wifi = WiFi(link: link)
        func milliseconds(_ body: () throws -> Void) throws -> UInt64 {
            let start = link.now
            try body()
            return link.now.nanoseconds(since: start) / 1_000_000
        }
        #expect(link.now >= MonotonicInstant(nanoseconds: 750_000_000))
        let scan = try milliseconds { _ = try wifi.scanNetworks() }
        #expect((2600...2700).contains(scan))
        let join = try milliseconds { try wifi.begin("lab-net", passphrase: "correct-horse") }
        #expect((3000...3200).contains(join))
        let commands = try milliseconds { for _ in 0..<100 { _ = try wifi.status() } }
        #expect((66...72).contains(commands))
    }
}
