@testable import NINALink
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct HostHandshakeTests {
    private var handshake = HostHandshake()

    private func queued(_ boots: Int, reply: Bool = false, interrupt: Bool = false) -> LinkMessage {
        let flags = QueuedFlags(interrupt: interrupt, isReply: reply, boots: boots).rawValue
        return LinkMessage(kind: .queued, flags: flags, payload: [])
    }

    private let hello = LinkMessage(kind: .deviceHello, flags: 0, payload: LinkMessage.greeting[...])

    private mutating func start() throws {
        _ = try handshake.receive(hello)
        #expect(try handshake.receive(queued(1)) == .booted)
    }

    @Test mutating func greetsAndBoots() throws {
        #expect(handshake.state == .hello)
        #expect(try handshake.receive(hello) == .none)
        #expect(handshake.state == .booting)
        #expect(try handshake.receive(queued(1, interrupt: true)) == .booted)
        #expect(handshake.state == .ready)
        #expect(handshake.boots == 1)
        #expect(handshake.interrupt)
    }

    @Test mutating func wrongGreetingIsRefused() {
        for payload in ["'NINA' 02", "'nina' 01", "'NINB' 01"] {
            let message = LinkMessage(kind: .deviceHello, flags: 0, payload: Array(hex: payload)[...])
            #expect(throws: LinkError(.violation, .hello)) { try handshake.receive(message) }
        }
        #expect(throws: LinkError(.violation, .hello)) { try handshake.receive(queued(1)) }
    }

    @Test mutating func secondGreetingIsRefused() throws {
        try start()
        #expect(throws: LinkError(.violation, .hello)) { try handshake.receive(hello) }
    }

    @Test mutating func readWindowTravelsWithTheNextCommand() throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1, 2, 3, 4], to: &output)
        #expect(output.hex == "0200000401020304")
        #expect(try handshake.receive(queued(1, reply: true)) == .reply)
        #expect(handshake.state == .replyQueued)
        output.removeAll()
        handshake.appendCommand([5], to: &output)
        #expect(output.hex == "02000000" + "0200000105")
        // The QUEUED after the read window arrives first and is skipped.
        #expect(try handshake.receive(queued(1)) == .none)
        #expect(handshake.state == .busy)
        #expect(try handshake.receive(queued(1, reply: true)) == .reply)
    }

    @Test mutating func owedWindowIsSentOnce() throws {
        try start()
        var output = ByteQueue()
        handshake.appendOwedWindow(to: &output)
        #expect(output.isEmpty)
        handshake.appendCommand([1], to: &output)
        _ = try handshake.receive(queued(1, reply: true))
        output.removeAll()
        handshake.appendOwedWindow(to: &output)
        handshake.appendOwedWindow(to: &output)
        #expect(output.hex == "02000000")
        #expect(try handshake.receive(queued(1)) == .none)
        #expect(handshake.state == .ready)
    }

    @Test mutating func interruptComesBetween() throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        #expect(try handshake.receive(LinkMessage(kind: .interrupt, flags: 1, payload: [])) == .none)
        #expect(handshake.interrupt)
        #expect(handshake.state == .busy)
        _ = try handshake.receive(queued(1, reply: true, interrupt: true))
        #expect(handshake.interrupt)
        _ = try handshake.receive(LinkMessage(kind: .interrupt, flags: 0, payload: []))
        #expect(!handshake.interrupt)
    }

    @Test mutating func resetForgetsWhatWasQueuedBefore() throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        output.removeAll()
        handshake.appendReset(to: &output)
        #expect(output.hex == "0300000102" + "0300000103")
        #expect(handshake.state == .booting)
        #expect(try handshake.receive(queued(1, reply: true)) == .none)
        #expect(try handshake.receive(queued(1)) == .none)
        #expect(try handshake.receive(queued(2)) == .booted)
        #expect(handshake.state == .ready)
        #expect(handshake.boots == 2)
    }

    @Test mutating func restartIsNoticed() throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        #expect(try handshake.receive(queued(2)) == .restarted)
        #expect(handshake.state == .ready)
        #expect(try handshake.receive(queued(3)) == .restarted)
        #expect(handshake.boots == 3)
    }

    /// The READY after the window owed for the last reply is never reported: the first reply after the restart counts.
    @Test mutating func aRestartEndsTheOwedWindow() throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        #expect(try handshake.receive(queued(1, reply: true)) == .reply)
        handshake.appendCommand([2], to: &output)
        #expect(try handshake.receive(queued(2)) == .restarted)
        try expectAnswer(2)
    }

    @Test mutating func bootsWrapAround() throws {
        _ = try handshake.receive(hello)
        _ = try handshake.receive(queued(63))
        var output = ByteQueue()
        handshake.appendReset(to: &output)
        #expect(try handshake.receive(queued(63)) == .none)
        #expect(try handshake.receive(queued(64)) == .booted)
        #expect(handshake.boots == 0)
    }

    /// A command after a reset is answered: the handshake is consistent again.
    private mutating func expectAnswer(_ boots: Int) throws {
        var output = ByteQueue()
        #expect(handshake.state == .ready)
        handshake.appendCommand([1], to: &output)
        #expect(try handshake.receive(queued(boots, reply: true)) == .reply)
        #expect(handshake.boots == UInt8(boots & 63))
        handshake.appendOwedWindow(to: &output)
        #expect(try handshake.receive(queued(boots)) == .none)
        #expect(try handshake.receive(queued(boots + 1)) == .restarted)
    }

    /// A device that was stopped for long boots once for each reset meanwhile.
    @Test(arguments: [1, 2, 62, 63, 64, 65, 66, 127, 128, 129, 1000])
    mutating func anyNumberOfResetsMayGoUnanswered(_ count: Int) throws {
        try start()
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        for _ in 0..<count { handshake.appendReset(to: &output) }
        #expect(try handshake.receive(queued(1, reply: true)) == .none)
        for boot in 2...count + 1 { #expect(try handshake.receive(queued(boot)) != .restarted) }
        try expectAnswer(count + 1)
    }

    /// The boots of most resets are never reported.
    @Test(arguments: [2, 63, 65, 128 + 7, 1000])
    mutating func bootsMayBeMissed(_ count: Int) throws {
        try start()
        var output = ByteQueue()
        for _ in 0..<count { handshake.appendReset(to: &output) }
        #expect(try handshake.receive(queued(count + 1)) == .booted)
        try expectAnswer(count + 1)
    }

    /// The host sends a command while the device still reports boots of earlier resets.
    @Test mutating func bootsOfOwnResetsAreNoRestarts() throws {
        try start()
        var output = ByteQueue()
        for _ in 0..<64 { handshake.appendReset(to: &output) }
        #expect(try handshake.receive(queued(2)) == .booted)
        handshake.appendCommand([1], to: &output)
        for boot in 3...65 { #expect(try handshake.receive(queued(boot)) == .none) }
        #expect(handshake.state == .busy)
        #expect(try handshake.receive(queued(65, reply: true)) == .reply)
    }

    /// After a wrong boot count at most one reset goes unanswered.
    @Test(arguments: 0..<64) mutating func oneFalseNumberIsSurvived(_ number: Int) throws {
        try start()
        var output = ByteQueue()
        _ = try handshake.receive(queued(number))
        handshake.appendReset(to: &output)
        if try handshake.receive(queued(2)) != .booted {
            handshake.appendReset(to: &output)
            #expect(try handshake.receive(queued(3)) == .booted)
            try expectAnswer(3)
        } else {
            try expectAnswer(2)
        }
    }

    /// The same when the wrong count answers a reset.
    @Test(arguments: 0..<64) mutating func oneFalseBootIsSurvived(_ number: Int) throws {
        try start()
        var output = ByteQueue()
        handshake.appendReset(to: &output)
        _ = try handshake.receive(queued(number))
        handshake.appendReset(to: &output)
        var boots = 3
        if try handshake.receive(queued(3)) != .booted {
            handshake.appendReset(to: &output)
            #expect(try handshake.receive(queued(4)) == .booted)
            boots = 4
        }
        try expectAnswer(boots)
    }

    @Test mutating func breachesOfTheDeviceAreRefused() throws {
        try start()
        #expect(throws: LinkError(.violation, .reply)) { try handshake.receive(queued(1, reply: true)) }
        var output = ByteQueue()
        handshake.appendCommand([1], to: &output)
        #expect(throws: LinkError(.violation, .reply)) { try handshake.receive(queued(1)) }
        #expect(throws: LinkError(.violation, .transfer)) {
            try handshake.receive(LinkMessage(kind: .window, flags: 0, payload: []))
        }
    }

    /// From 64 resets on each boot answers one of them; one more is the device's own.
    @Test mutating func moreBootsThanResetsAreRestarts() throws {
        try start()
        var output = ByteQueue()
        for _ in 0..<64 { handshake.appendReset(to: &output) }
        #expect(try handshake.receive(queued(2)) == .booted)
        for boots in 3...65 { #expect(try handshake.receive(queued(boots)) == .none, "boot \(boots)") }
        #expect(try handshake.receive(queued(66)) == .restarted)
        #expect(try handshake.receive(queued(67)) == .restarted)
        try expectAnswer(67)
    }
}
