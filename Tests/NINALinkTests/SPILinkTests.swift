import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// The handshake over wires, in virtual time.
@Suite(.timeLimit(.minutes(10))) struct SPILinkTests {
    private let network = VirtualNetwork()
    private let wires: VirtualWires
    private let link: SPILink<VirtualWires>
    private let wifi: WiFi

    init() throws {
        wires = VirtualWires(device: Coprocessor(network: network))
        link = try SPILink(bus: wires, until: MonotonicInstant(nanoseconds: 5_000_000_000))
        wifi = WiFi(link: link)
    }

    private var soon: MonotonicInstant { link.now.advanced(by: .seconds(2)) }

    @Test func bootsAsTheChipNeedsIt() {
        #expect(wires.calls == "sHhB")
        #expect(link.now.nanoseconds >= 760_000_000)
    }

    /// Two windows; the reply is read in one piece if its size is fixed, in two if it is variable.
    @Test func aCommandIsTwoWindows() throws {
        wires.calls = ""
        #expect(try wifi.status() == .idle)
        #expect(wires.calls == "SWsSRs")
        #expect(link.windows == 2)
        #expect(link.bytesClocked == 4 + 6)
        wires.calls = ""
        #expect(try wifi.firmwareVersion() == "3.5.0")
        #expect(wires.calls == "SWsSRRs")
    }

    /// Adafruit's 4C and 4F are different commands than Arduino's, with replies of different lengths.
    @Test func clocksAdafruitsRepliesToTheirLastByte() throws {
        var configuration = Configuration()
        configuration.firmware = .adafruit330
        let wires = VirtualWires(device: Coprocessor(configuration, network: network))
        let link = try SPILink(bus: wires, until: MonotonicInstant(nanoseconds: 5_000_000_000))
        let wifi = WiFi(link: link)
        var before = link.bytesClocked
        #expect(try wifi.run(SetEntEnable()).value == 1)
        #expect(link.bytesClocked - before == 4 + 6)
        var command = SetEntPasswd()
        command.password = [1, 2, 3, 4, 5]
        before = link.bytesClocked
        #expect(try wifi.run(command).value == 1)
        #expect(link.bytesClocked - before == 12 + 6)
    }

    @Test func carriesServersAndClients() throws {
        try wifi.begin("open-net")
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let peer = try #require(network.connect(to: 80))
        let client = try #require(try server.accept())
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }
        peer.send(bytes)
        var received: [UInt8] = []
        let clocked = link.bytesClocked
        while received.count < bytes.count {
            let piece = try client.read(8192)
            try #require(!piece.isEmpty)
            received += piece
        }
        #expect(received == bytes)
        let read = Double(bytes.count) / Double(link.bytesClocked - clocked)
        let before = link.bytesClocked
        var echoed: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try client.write(rest.prefix(4083))
            try #require(count > 0)
            rest = rest.dropFirst(count)
            echoed += peer.read()
        }
        #expect(echoed == bytes)
        let written = Double(bytes.count) / Double(link.bytesClocked - before)
        print("payload of the bytes clocked: \(read) read, \(written) written")
        #expect(read > 0.97 && written > 0.97)
        #expect(try wifi.scanNetworks() == 2)
    }

    @Test func namesWhatIsStuck() throws {
        wifi.recoveryLimit = nil
        wires.faults.ready = true
        #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), .getConnStatus)) { try wifi.status() }
        wires.faults.ready = nil
        wires.faults.ignoresSelect = true
        #expect(throws: WiFiError.link(LinkError(.timedOut, .select), .getConnStatus)) { try wifi.status() }
        #expect(wires.calls.hasSuffix("Ss"))
        wires.faults = VirtualWires.Faults()
        #expect(try wifi.status() == .idle)
    }

    @Test(arguments: [0x00, 0xFF] as [UInt8]) func deadInputIsNoReply(_ byte: UInt8) throws {
        wifi.recoveryLimit = nil
        wires.faults.input = byte
        let wrong = FrameError(.startByte, at: 0, expected: 0xE0, found: Int(byte))
        let clocked = link.bytesClocked
        do {
            _ = try wifi.status()
            Issue.record("a status without a reply")
        } catch WiFiError.badReply(let error, .getConnStatus) {
            #expect(error.kind == wrong.kind || error.kind == .empty)
        }
        #expect(link.bytesClocked - clocked < 40)
        wires.faults.input = nil
        #expect(try wifi.status() == .idle)
    }

    @Test func skipsWhatStandsInFront() throws {
        wires.faults.noise = [0xFF, 0x00, 0x7F]
        #expect(try wifi.firmwareVersion() == "3.5.0")
    }

    /// A late reply is discarded before the next command, in every way a host can send one.
    @Test func aLateReplyIsNotTakenForAnother() throws {
        try link.sendCommand([0xE0, 0x37, 0x00, 0xEE], until: soon)
        #expect(try wifi.status() == .idle)
        #expect(throws: LinkError(.violation, .reply)) { try link.receiveReply(expecting: .getFwVersion, until: soon) }
    }

    /// The previous program ended between a command and its reply, and nothing was reset.
    @Test func findsTheStepOfAModuleThatWasNotReset() throws {
        try link.sendCommand([0xE0, 0x37, 0x00, 0xEE], until: soon)
        wires.hasResetLine = false
        let wifi = WiFi(link: try SPILink(bus: wires, until: soon))
        #expect(throws: WiFiError.self) { try wifi.status() }
        #expect(try wifi.status() == .idle)
        #expect(wifi.recoveries.resynchronized == 1)
        #expect(throws: WiFiError.link(LinkError(.unavailable, .boot), nil)) { try wifi.reset() }
    }

    @Test func worksWithoutInterruptLine() throws {
        wires.hasInterruptLine = false
        try wifi.begin("open-net")
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let peer = try #require(network.connect(to: 80))
        #expect(try wifi.waitForActivity(.seconds(1)))
        let client = try #require(try server.accept())
        peer.send([1, 2, 3])
        #expect(try client.waitForBytes(.seconds(1)) == 3)
    }

    @Test func closedIsClosed() throws {
        link.close()
        #expect(throws: WiFiError.link(LinkError(.closed, .readyForCommand), .getConnStatus)) { try wifi.status() }
    }
}
