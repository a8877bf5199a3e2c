import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// Both ends of the socket link without I/O: a host session and a device session that exchange bytes.
@Suite(.timeLimit(.minutes(10))) struct HostSessionTests {
    private var host = HostSession()
    private var device: DeviceSession
    private let now = MonotonicInstant(nanoseconds: 1)
    /// The size of the pieces in which bytes are delivered, in both directions.
    private var pieceSize = Int.max

    init() { device = DeviceSession(device: Coprocessor(network: VirtualNetwork())) }

    /// Exchanges the output of both.
    /// - Returns: the events at the host.
    private mutating func exchange() throws -> [HostHandshake.Event] {
        var events: [HostHandshake.Event] = []
        while !host.output.isEmpty || !device.output.isEmpty {
            let down = host.output.bytes.prefix(pieceSize)
            host.output.removeFirst(down.count)
            device.input.append(Array(down))
            try device.receive(at: now)
            let up = device.output.bytes.prefix(pieceSize)
            device.output.removeFirst(up.count)
            host.input.append(Array(up))
            while let event = try host.receive() { events.append(event) }
        }
        return events
    }

    private mutating func boot() throws {
        device.start(at: now)
        host.start()
        #expect(!host.canSendCommand)
        let events = try exchange()
        #expect(events == [.booted])
        #expect(host.canSendCommand)
    }

    private mutating func ask() throws -> [UInt8]? {
        host.sendCommand(Array(hex: "E0 37 00 EE"))
        #expect(host.isWaitingForReply)
        let events = try exchange()
        #expect(events == [.reply])
        return host.takeReply().map { Array($0) }
    }

    @Test(arguments: [Int.max, 1, 3]) mutating func carriesCommands(_ size: Int) throws {
        pieceSize = size
        try boot()
        for _ in 0..<3 {
            let answer = try ask()
            let reply = try #require(answer)
            #expect(try FrameReader.reply(to: GetFwVersion.self, in: reply[...]).version.starts(with: "3.5.0".utf8))
        }
        host.finish()
        let events = try exchange()
        #expect(events.isEmpty)
        #expect(host.state == .ready && !device.isBusy)
        #expect(device.windowsDropped == 0)
    }

    /// A reply that was not taken is not delivered for the next command.
    @Test mutating func discardsWhatWasNotTaken() throws {
        try boot()
        var reply = host.takeReply()
        #expect(reply == nil)
        for command in ["E0 37 00 EE", "E0 20 00 EE"] {
            host.sendCommand(Array(hex: command))
            let events = try exchange()
            #expect(events == [.reply])
        }
        reply = host.takeReply()
        #expect(reply?.hex == "E0A0010100EE0000")
    }

    @Test mutating func resets() throws {
        try boot()
        host.reset()
        let events = try exchange()
        #expect(events == [.booted])
        #expect(host.boots == 2 && device.boots == 2)
        let hasRestarted = host.takeRestart()
        #expect(!hasRestarted)
        let answer = try ask()
        #expect(answer != nil)
    }

    /// The device reboots by itself: the host is notified once, and the reply is lost.
    @Test mutating func noticesARestart() throws {
        try boot()
        host.sendCommand(Array(hex: "E0 37 00 EE"))
        host.output.removeAll()
        host.input.append(Array(hex: "82 08 0000"))
        let event = try host.receive()
        #expect(event == .restarted)
        let reply = host.takeReply()
        #expect(reply == nil)
        let reports = [host.takeRestart(), host.takeRestart()]
        #expect(reports == [true, false])
    }

    @Test mutating func refusesABreach() throws {
        try boot()
        host.input.append(Array(hex: "82 06 0001 AA"))
        var session = host
        #expect(throws: LinkError(.violation, .reply)) { try session.receive() }
    }
}
