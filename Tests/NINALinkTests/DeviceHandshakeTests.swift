import NINALink
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeviceHandshakeTests {
    private var handshake = DeviceHandshake()
    private var output = ByteQueue()

    private mutating func receive(_ hex: String, interrupt: Bool = false) throws -> DeviceHandshake.Action {
        var buffer = MessageBuffer(acceptsHostMessages: true)
        buffer.append(Array(hex: hex))
        let message = try #require(try buffer.next())
        output.removeAll()
        return try handshake.receive(message, interrupt: interrupt, output: &output)
    }

    private mutating func start() throws {
        handshake.recordBoot()
        handshake.queueCommand(interrupt: false, to: &output)
        #expect(try receive("01 00 0005 'NINA' 01") == .none)
        #expect(output.isEmpty)
    }

    private mutating func boot() {
        output.removeAll()
        handshake.recordBoot()
        handshake.queueCommand(interrupt: false, to: &output)
    }

    @Test mutating func speaksFirst() throws {
        handshake.appendHello(to: &output)
        boot()
        #expect(output.hex == "82040000")
        #expect(handshake.state == .command)
        #expect(handshake.boots == 1)
    }

    @Test(arguments: ["01 00 0005 'NINA' 02", "01 00 0005 'nina' 01", "02 00 0000", "02 00 0001 E0", "03 00 0001 03"])
    mutating func wrongFirstMessageCloses(_ hex: String) {
        boot()
        #expect(throws: LinkError(.violation, .hello)) { try receive(hex) }
    }

    @Test mutating func secondGreetingCloses() throws {
        try start()
        #expect(throws: LinkError(.violation, .transfer)) { try receive("01 00 0005 'NINA' 01") }
    }

    @Test mutating func commandThenReply() throws {
        try start()
        #expect(try receive("02 00 0004 E03F00EE") == .run)
        #expect(handshake.state == .busy)
        #expect(output.isEmpty)
        handshake.queueReply([0xE0, 0xBF], interrupt: true, to: &output)
        #expect(output.hex == "82070002E0BF")
        #expect(try receive("02 00 0000", interrupt: true) == .none)
        #expect(output.hex == "82050000")
        #expect(handshake.state == .command)
    }

    @Test mutating func emptyWindowIsNoCommand() throws {
        try start()
        #expect(try receive("02 00 0000") == .none)
        #expect(output.hex == "82040000")
        #expect(handshake.state == .command)
    }

    @Test(arguments: ["02 00 0000", "02 00 0001 00", "02 00 0004 E03F00EE"])
    mutating func anyWindowConsumesTheReply(_ hex: String) throws {
        try start()
        _ = try receive("02 00 0001 E0")
        handshake.queueReply([1, 2, 3, 4, 5, 6, 7, 8], interrupt: false, to: &output)
        #expect(try receive(hex) == .none)
        #expect(output.hex == "82040000")
        #expect(handshake.state == .command)
    }

    @Test mutating func emptyReplyIsStillAReply() throws {
        try start()
        _ = try receive("02 00 0001 E0")
        handshake.queueReply([], interrupt: false, to: &output)
        #expect(output.hex == "82060000")
        #expect(try receive("02 00 0000") == .none)
        #expect(handshake.state == .command)
    }

    @Test mutating func windowWhileBusyIsDroppedAndCounted() throws {
        try start()
        _ = try receive("02 00 0001 E0")
        #expect(try receive("02 00 0004 E03F00EE") == .windowDropped)
        #expect(try receive("02 00 0000") == .windowDropped)
        #expect(output.isEmpty)
        #expect(handshake.windowsDropped == 2)
        #expect(handshake.state == .busy)
    }

    @Test mutating func heldInResetItAnswersNothing() throws {
        try start()
        #expect(try receive("03 00 0001 02") == .hold)
        #expect(handshake.state == .held)
        #expect(try receive("03 00 0001 00") == .none)
        #expect(try receive("02 00 0004 E03F00EE") == .none)
        #expect(try receive("02 00 0000") == .none)
        handshake.reportInterrupt(true, to: &output)
        #expect(output.isEmpty)
        #expect(handshake.windowsDropped == 0)
        #expect(try receive("03 00 0001 03") == .boot)
        boot()
        #expect(output.hex == "82080000")
    }

    @Test mutating func resetInTheMiddleOfACommandAndOfAReply() throws {
        try start()
        _ = try receive("02 00 0001 E0")
        #expect(try receive("03 00 0001 02") == .hold)
        #expect(try receive("03 00 0001 03") == .boot)
        boot()
        #expect(handshake.state == .command)
        #expect(try receive("02 00 0001 E0") == .run)
        handshake.queueReply([1], interrupt: false, to: &output)
        #expect(try receive("03 00 0001 02") == .hold)
        #expect(try receive("03 00 0001 03") == .boot)
        boot()
        #expect(output.hex == "820C0000")
        #expect(try receive("02 00 0001 E0") == .run)
    }

    @Test mutating func gpio0AloneMeansNothing() throws {
        try start()
        for levels in ["01", "03", "05", "07", "01"] {
            #expect(try receive("03 00 0001 \(levels)") == .none)
            #expect(output.isEmpty)
        }
        #expect(handshake.state == .command)
    }

    @Test mutating func chipSelectLowAtAResetAsksForBluetooth() throws {
        try start()
        #expect(try receive("03 00 0001 04") == .hold)
        #expect(try receive("03 00 0001 05") == .bootBluetooth)
        #expect(try receive("03 00 0001 02") == .hold)
        #expect(try receive("03 00 0001 03") == .boot)
    }

    @Test mutating func bootsCountModulo64() throws {
        try start()
        for number in 2...130 {
            _ = try receive("03 00 0001 00")
            _ = try receive("03 00 0001 01")
            boot()
            #expect(QueuedFlags(rawValue: output.bytes[1]).boots == UInt8(number % 64))
        }
        #expect(handshake.boots == 130)
    }

    @Test mutating func interruptIsToldWhenItChanges() throws {
        try start()
        for (level, told) in [(false, ""), (true, "83010000"), (true, ""), (false, "83000000"), (false, "")] {
            output.removeAll()
            handshake.reportInterrupt(level, to: &output)
            #expect(output.hex == told)
        }
        // QUEUED reports it too.
        _ = try receive("02 00 0000", interrupt: true)
        #expect(output.hex == "82050000")
        output.removeAll()
        handshake.reportInterrupt(true, to: &output)
        #expect(output.isEmpty)
    }
}

extension DeviceHandshake {
    fileprivate mutating func queueReply(_ reply: [UInt8], interrupt: Bool, to output: inout ByteQueue) {
        queueReply(length: reply.count, interrupt: interrupt, to: &output)
        output.append(reply)
    }
}
