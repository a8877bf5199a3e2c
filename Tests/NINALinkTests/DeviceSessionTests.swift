import NINALink
import NINAWire
import TestSupport
import Testing

/// A device scripted by the test.
private final class ScriptedDevice: LinkDevice {
    var bootsSPI = true
    var answersAtOnce = true
    var answer: [UInt8] = [0xAA]
    var isDone = false
    var interrupt = false
    var nextDeadline: MonotonicInstant?
    private(set) var windows: [[UInt8]] = []
    private(set) var calls: [String] = []

    func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        calls.append(bluetooth ? "boot bluetooth" : "boot")
        return bootsSPI
    }

    func halt(at now: MonotonicInstant) { calls.append("halt") }

    func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        windows.append(Array(window))
        if answersAtOnce { reply = answer }
        return answersAtOnce
    }

    func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        if isDone { reply = [0xBB, 0xCC] }
        return isDone
    }

    func advance(to now: MonotonicInstant) {}
}

/// Keeps the IRQ levels, and "start" for each start.
private final class LevelObserver: LinkObserver {
    var events: [String] = []

    func observe(window: ArraySlice<UInt8>, _ fate: WindowFate, interrupt: Bool) {}
    func observe(reply: [UInt8], interrupt: Bool) {}
    func observe(lines: PinLevels) {}
    func observe(interrupt: Bool) { events.append(interrupt ? "high" : "low") }
    func observe(start boots: Int, bluetooth: Bool) { events.append("start") }
}

@Suite(.timeLimit(.minutes(10))) struct DeviceSessionTests {
    private let device = ScriptedDevice()
    private var session: DeviceSession
    private let now = MonotonicInstant(nanoseconds: 1)

    init() { session = DeviceSession(device: device) }

    /// Sends bytes and returns the device's answer.
    private mutating func send(_ hex: String) throws(LinkError) -> String {
        session.input.append(Array(hex: hex))
        try session.receive(at: now)
        return takeOutput()
    }

    private mutating func takeOutput() -> String {
        defer { session.output.removeAll() }
        return session.output.hex
    }

    private mutating func start() throws {
        session.start(at: now)
        #expect(takeOutput() == "810000054E494E4101" + "82040000")
        #expect(try send("01 00 0005 'NINA' 01") == "")
    }

    @Test mutating func answersAtOnce() throws {
        try start()
        #expect(try send("02 00 0004 E03F00EE") == "82060001AA")
        #expect(device.windows == [[0xE0, 0x3F, 0x00, 0xEE]])
        // The read window and the next command, sent together.
        #expect(try send("02 00 0000 02 00 0001 E0") == "82040000" + "82060001AA")
    }

    @Test mutating func answersLater() throws {
        try start()
        device.answersAtOnce = false
        #expect(try send("02 00 0001 E0") == "")
        #expect(session.isBusy)
        #expect(try send("02 00 0001 E0") == "")
        #expect(session.windowsDropped == 1)
        device.interrupt = true
        session.update(at: now)
        #expect(takeOutput() == "83010000")
        device.isDone = true
        session.update(at: now)
        #expect(takeOutput() == "82070002BBCC")
        #expect(!session.isBusy)
    }

    /// What follows a reply stays behind it, whatever part of both is sent at a time.
    @Test(arguments: [511, 512, 4092])
    mutating func repliesAreSentInOrder(_ length: Int) throws {
        try start()
        device.answer = Array(repeating: 0xCC, count: length)
        func sent(_ flags: String) -> String {
            "82 \(flags)" + String(length | 0x1_0000, radix: 16).suffix(4) + device.answer.hex
        }
        session.input.append(Array(hex: "02 00 0001 E0"))
        try session.receive(at: now)
        #expect(session.output.count == 4 + length)
        #expect(Array(hex: takeOutput()) == Array(hex: sent("06")))
        // An interrupt, and then the next command and its reply, before the first reply is sent.
        session.input.append(Array(hex: "02 00 0000 02 00 0001 E0"))
        try session.receive(at: now)
        device.interrupt = true
        session.update(at: now)
        session.input.append(Array(hex: "02 00 0000 02 00 0001 E0"))
        try session.receive(at: now)
        let expected = Array(hex: "82 04 0000" + sent("06") + "83 01 0000" + "82 05 0000" + sent("07"))
        #expect(session.output.count == expected.count)
        // In two sends, of which the first is partly taken, in any place.
        for taken in [0, 1, 4, 5, 7, 8, length, length + 7, length + 9, expected.count - 1] {
            var output = session.output
            output.removeFirst(taken)
            #expect(output.bytes == Array(expected[taken...]))
        }
        session.output.removeFirst(expected.count)
        #expect(session.output.isEmpty)
    }

    @Test mutating func bytesBeyondTheBufferAreDropped() throws {
        try start()
        session.input.append(Array(hex: "02 00 1388") + Array(repeating: 7, count: 5000))
        try session.receive(at: now)
        #expect(device.windows.map(\.count) == [Frame.limit])
    }

    @Test mutating func resetsWhileACommandRuns() throws {
        try start()
        device.answersAtOnce = false
        _ = try send("02 00 0001 E0")
        #expect(try send("03 00 0001 02") == "")
        device.isDone = true
        session.update(at: now)
        #expect(takeOutput() == "", "a device held in reset sends nothing")
        #expect(try send("03 00 0001 03") == "82080000")
        #expect(device.calls == ["boot", "halt", "boot"])
        #expect(session.boots == 2)
    }

    /// QUEUED after a start says the IRQ level: an observer hears it then, not at the next window.
    @Test mutating func startsTellTheInterruptLevel() throws {
        let observer = LevelObserver()
        session.observer = observer
        try start()
        device.interrupt = true
        session.update(at: now)
        _ = try send("03 00 0001 02")
        device.interrupt = false
        #expect(try send("03 00 0001 03") == "82080000")
        #expect(observer.events == ["start", "low", "high", "start", "low"])
    }

    @Test mutating func bluetoothLeavesItSilent() throws {
        try start()
        device.bootsSPI = false
        #expect(try send("03 00 0001 04 03 00 0001 05") == "")
        #expect(device.calls == ["boot", "halt", "boot bluetooth"])
        #expect(try send("02 00 0001 E0") == "")
        #expect(device.windows.isEmpty)
        device.bootsSPI = true
        // A boot for each reset: this is the third.
        #expect(try send("03 00 0001 02 03 00 0001 03") == "820C0000")
    }

    @Test mutating func breachesCloseTheConnection() throws {
        session.start(at: now)
        #expect(throws: LinkError(.violation, .hello)) { try send("02 00 0000") }
    }
}
