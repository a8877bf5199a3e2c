import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct MessageLinkTests {
    private let stream = ScriptedStream()
    private let command = Array(hex: "E0 3F 00 EE")
    private let answer = Array(hex: "E0 BF 01 01 00 EE 00 00")

    private func open() throws -> MessageLink {
        stream.arriveBoot()
        return try MessageLink(stream: stream, until: after(1000, stream.now))
    }

    private func read(_ link: MessageLink, _ milliseconds: UInt64 = 1000) throws -> [UInt8] {
        Array(try link.receiveReply(expecting: .getClientState, until: after(milliseconds, link.now)))
    }

    private func write(_ link: MessageLink, _ frame: [UInt8]) throws {
        try link.sendCommand(frame, until: after(1000, link.now))
    }

    @Test func opens() throws {
        _ = try open()
        #expect(stream.sent.map(\.hex) == ["010000054E494E4101"])
    }

    /// A command, the window before it and its header leave by one send.
    @Test(arguments: [0, 4, 4092, 65_535])
    func aCommandIsSentAtOnce(length: Int) throws {
        let link = try open()
        let frame = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try write(link, frame)
        let header: [UInt8] = [2, 0, UInt8(length >> 8), UInt8(length & 0xFF)]
        #expect(stream.sent.dropFirst() == [header + frame])
        stream.arriveQueued(answer)
        _ = try read(link)
        try write(link, frame)
        #expect(stream.sent.dropFirst(2) == [[2, 0, 0, 0] + header + frame])
    }

    @Test func silenceAndWrongGreetingsFail() {
        #expect(throws: LinkError(.timedOut, .hello)) {
            try MessageLink(stream: ScriptedStream(), until: MonotonicInstant(nanoseconds: 5))
        }
        let mute = ScriptedStream()
        mute.arrive(Array(hex: "81 00 0005 'NINA' 01"))
        #expect(throws: LinkError(.timedOut, .boot)) {
            try MessageLink(stream: mute, until: MonotonicInstant(nanoseconds: 5))
        }
        let wrong = ScriptedStream()
        wrong.arrive(Array(hex: "81 00 0005 'NINA' 02"))
        #expect(throws: LinkError(.violation, .hello)) {
            try MessageLink(stream: wrong, until: MonotonicInstant(nanoseconds: 5))
        }
    }

    /// A device that sends useless messages without pause delays no deadline.
    @Test(arguments: ["83 00 0000", "82 04 0000", "82 0C 0000 82 08 0000"])
    func stormsHoldUpNoDeadline(_ storm: String) throws {
        let link = try open()
        stream.storm = Array(hex: storm)
        _ = try link.interruptLevel()
        #expect(throws: LinkError.self) {
            for _ in 0..<3 {
                try write(link, command)
                _ = try read(link)
            }
        }
        #expect((try? link.waitForInterrupt(until: after(1000, link.now))) != true)
    }

    @Test func stormsBeforeTheBootHoldUpNoDeadline() {
        stream.arrive(Array(hex: "81 00 0005 'NINA' 01"))
        stream.storm = Array(hex: "83 01 0000")
        #expect(throws: LinkError(.timedOut, .boot)) { try MessageLink(stream: stream, until: after(1000, stream.now)) }
    }

    @Test func oneSendPerCommand() throws {
        let link = try open()
        for _ in 0..<3 {
            try write(link, command)
            stream.arriveQueued(answer)
            #expect(try read(link) == answer)
            stream.arriveQueued([], isReply: false)
        }
        let window = "02000004E03F00EE"
        #expect(stream.sent.dropFirst().map(\.hex) == [window, "02000000" + window, "02000000" + window])
    }

    @Test func realSessionSendsOncePerCommand() throws {
        let counter = CountingStream(LoopbackStream(device: Coprocessor(network: VirtualNetwork())))
        let wifi = WiFi(link: try MessageLink(stream: counter, until: MonotonicInstant(nanoseconds: 1_000_000_000)))
        try wifi.begin("open-net")
        for _ in 0..<50 { _ = try wifi.rssi() }
        #expect(try wifi.scanNetworks() == 2)
        #expect(counter.sends == wifi.commandCount + 1)
    }

    @Test func lateReplyIsDiscarded() throws {
        let link = try open()
        try write(link, command)
        stream.arriveQueued(after: 1500, [9, 9, 9])
        #expect(throws: LinkError(.timedOut, .reply)) { try read(link) }
        // The next command waits for it, and receives its own reply.
        stream.arriveQueued(after: 600, [], isReply: false)
        stream.arriveQueued(after: 600, answer)
        try write(link, command)
        #expect(try read(link) == answer)
        #expect(stream.sent.last?.hex == "02000000" + "02000004E03F00EE")
    }

    @Test func replyThatNeverComesHoldsTheNextCommandBack() throws {
        let link = try open()
        try write(link, command)
        #expect(throws: LinkError(.timedOut, .reply)) { try read(link) }
        let before = link.now
        #expect(throws: LinkError(.timedOut, .readyForCommand)) { try write(link, command) }
        #expect(link.now == after(1000, before))
        #expect(stream.sent.count == 2)
    }

    @Test func restartIsNoticed() throws {
        let link = try open()
        try write(link, command)
        stream.arriveQueued([], isReply: false, boots: 2)
        #expect(throws: LinkError(.restarted, .reply)) { try read(link) }
        try write(link, command)
        stream.arriveQueued(answer, boots: 2)
        #expect(try read(link) == answer)
    }

    @Test func interruptsComeBetweenTheOthers() throws {
        let link = try open()
        #expect(try !link.interruptLevel())
        try write(link, command)
        stream.arriveInterrupt(true)
        stream.arriveInterrupt(false)
        stream.arriveInterrupt(true)
        stream.arriveQueued(answer, interrupt: true)
        #expect(try read(link) == answer)
        #expect(try link.interruptLevel())
        stream.arriveInterrupt(false)
        #expect(try link.interruptLevel(), "known to be high: nothing is received")
        try link.sleep(until: after(1, link.now))
        #expect(try !link.interruptLevel())
    }

    @Test func waitsForInterrupt() throws {
        let link = try open()
        let start = link.now
        #expect(try !link.waitForInterrupt(until: after(10, start)))
        #expect(link.now == after(10, start))
        stream.arriveInterrupt(after: 5, true)
        #expect(try link.waitForInterrupt(until: after(100, start)))
        #expect(link.now == after(15, start))
    }

    @Test func resetsAndDropsWhatWasQueuedBefore() throws {
        let link = try open()
        try write(link, command)
        stream.arriveQueued([1, 2, 3])
        stream.arriveQueued(after: 3, [], isReply: false, boots: 2)
        try link.reset(until: after(1000, link.now))
        #expect(stream.sent.last?.hex == "0300000102" + "0300000103")
        try write(link, command)
        #expect(stream.sent.last?.hex == "02000004E03F00EE", "no window is owed after a reset")
        stream.arriveQueued(answer, boots: 2)
        #expect(try read(link) == answer)
    }

    /// A device that stands still is not sent a reset for each call, but ever more rarely.
    @Test func resetsBackOff() throws {
        let link = try open()
        func resets(_ count: Int) -> Int {
            let before = stream.sent.count
            for _ in 0..<count {
                #expect(throws: LinkError(.timedOut, .boot)) { try link.reset(until: after(1, link.now)) }
            }
            return stream.sent.count - before
        }
        #expect(resets(128) == 128)
        #expect(resets(127) == 0)
        #expect(resets(1) == 1)
        #expect(resets(10_000) == 5)
        // The boots of the resets that were sent, while a reset is called for that is not sent.
        for boot in 2...135 { stream.arriveQueued([], isReply: false, boots: boot) }
        try link.reset(until: after(1, link.now))
        try write(link, command)
        stream.arriveQueued(answer, boots: 135)
        #expect(try read(link) == answer)
        #expect(resets(2) == 2, "the device was up in between")
    }

    /// The device reads nothing, and what was to be sent is not.
    @Test func aFullStreamIsNotTheEnd() throws {
        let link = try open()
        stream.isFull = true
        #expect(throws: LinkError(.timedOut, .readyForCommand)) { try write(link, command) }
        #expect(throws: LinkError(.timedOut, .boot)) { try link.reset(until: after(1, link.now)) }
        stream.isFull = false
        try write(link, command)
        stream.arriveQueued(answer)
        #expect(try read(link) == answer)
        stream.isFull = true
        #expect(throws: LinkError(.timedOut, .boot)) { try link.reset(until: after(1, link.now)) }
        #expect(throws: LinkError(.timedOut, .readyForCommand)) { try write(link, command) }
        stream.isFull = false
        // The reset that was not sent has no boot.
        stream.arriveQueued([], isReply: false, boots: 2)
        try link.reset(until: after(1, link.now))
        try write(link, command)
        stream.arriveQueued(answer, boots: 2)
        #expect(try read(link) == answer)
    }

    @Test func messagesMayComeInPieces() throws {
        let link = try open()
        try write(link, command)
        for byte in Array(hex: "83 01 0000 | 82 07 0008") + answer { stream.arrive([byte]) }
        #expect(try read(link) == answer)
        #expect(try link.interruptLevel())
    }

    @Test func breachEndsTheCallWithItsPhase() throws {
        let link = try open()
        #expect(throws: LinkError(.violation, .reply)) { try read(link) }
        try write(link, command)
        stream.arrive(Array(hex: "02 00 0000"))
        #expect(throws: LinkError(.violation, .reply)) { try read(link) }
    }

    @Test func closedLinkThrows() throws {
        let link = try open()
        try write(link, command)
        stream.arriveQueued(answer)
        _ = try read(link)
        link.close()
        link.close()
        #expect(stream.sent.last?.hex == "02000000", "the window owed is sent before the end")
        #expect(stream.isClosed)
        #expect(throws: LinkError(.closed, .readyForCommand)) { try write(link, command) }
        #expect(throws: LinkError(.closed, .idle)) { try link.waitForInterrupt(until: after(1, link.now)) }
    }
}

/// Counts the sends of another stream: each is a round trip.
private final class CountingStream: MessageStream {
    private let stream: LoopbackStream
    private(set) var sends = 0

    init(_ stream: LoopbackStream) { self.stream = stream }

    var now: MonotonicInstant { stream.now }

    func send(_ output: inout ByteQueue, until deadline: MonotonicInstant) throws(LinkError) {
        sends += 1
        try stream.send(&output, until: deadline)
    }

    func receive(into buffer: inout MessageBuffer, until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try stream.receive(into: &buffer, until: deadline)
    }

    func close() { stream.close() }
}
