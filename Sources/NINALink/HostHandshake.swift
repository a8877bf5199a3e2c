/// The host's half of the handshake over messages: what the host may send, and how device messages are interpreted.
///
/// The window that reads a reply is deferred: QUEUED has already delivered the reply's bytes, so the empty window is
/// sent together with the next command in one write. A command therefore takes one round trip.
public struct HostHandshake: Sendable {
    /// The state of the handshake.
    public enum State: UInt8, Sendable {
        /// Waiting for the device's greeting.
        case hello
        /// The device is starting: waiting for its first QUEUED.
        case booting
        /// READY is low and a command is expected.
        case ready
        /// A command is running.
        case busy
        /// A reply has arrived; the window that reads it has not been sent yet.
        case replyQueued
    }

    /// What a message means to the host.
    public enum Event: UInt8, Sendable {
        /// Nothing to report.
        case none
        /// The device is up.
        case booted
        /// The payload is the reply.
        case reply
        /// The device restarted unexpectedly: its sockets are closed, and a command in progress is lost.
        case restarted
    }

    /// The state of the handshake.
    public private(set) var state = State.hello
    /// The last IRQ level that the device reported.
    public private(set) var interrupt = false
    /// The device's boot count, modulo 64.
    public private(set) var boots: UInt8 = 0
    private var readiesToSkip = 0
    /// Resets sent since `boots` was reported. QUEUED counts boots modulo 64, so from 64 resets on the number does not
    /// tell which of them it answers.
    private var resetsUnanswered = 0
    /// Boots that the device may still report although the handshake went on: those of its own resets. They end with
    /// the first reply, because messages are handled in order.
    private var bootsExpected = 0
    /// The number of a boot that was taken for an earlier reset's.
    private var bootPassedOver: UInt8?

    /// A handshake before the greeting.
    public init() {}

    /// Appends the host's greeting.
    public func appendHello(to output: inout ByteQueue) {
        LinkMessage.append(.hostHello, payload: LinkMessage.greeting, to: &output)
    }

    /// Appends a command window, preceded by the window owed for the last reply.
    /// - Precondition: the state is `.ready` or `.replyQueued`; the command has at most 65535 bytes.
    public mutating func appendCommand(_ frame: [UInt8], to output: inout ByteQueue) {
        appendOwedWindow(to: &output)
        LinkMessage.append(.window, payload: frame, to: &output)
        state = .busy
    }

    /// Appends the window owed for the last reply, if there is one.
    public mutating func appendOwedWindow(to output: inout ByteQueue) {
        guard state == .replyQueued else { return }
        LinkMessage.append(.window, to: &output)
        readiesToSkip += 1
        state = .ready
    }

    /// Appends RESET low, then high.
    public mutating func appendReset(to output: inout ByteQueue) {
        appendOwedWindow(to: &output)
        LinkMessage.append(.pins, payload: [PinLevels.gpio0.rawValue], to: &output)
        LinkMessage.append(.pins, payload: [PinLevels([.gpio0, .reset]).rawValue], to: &output)
        // The device has reported a boot since the last reset and none after it: count from there, in case the number
        // before was wrong.
        if let passed = bootPassedOver {
            boots = passed
            resetsUnanswered = 0
            bootPassedOver = nil
        }
        resetsUnanswered += 1
        bootsExpected += 1
        readiesToSkip = 0
        state = .booting
    }

    /// Processes a message from the device.
    /// - Throws: `.violation` for a message that the state does not allow.
    public mutating func receive(_ message: LinkMessage) throws(LinkError) -> Event {
        try receive(message.header, message.payload)
    }

    mutating func receive(_ header: LinkMessage.Header, _ payload: ArraySlice<UInt8>) throws(LinkError) -> Event {
        switch header.kind {
        case .deviceHello:
            guard state == .hello, payload.elementsEqual(LinkMessage.greeting) else {
                throw LinkError(.violation, .hello, "the device's greeting is not that of link version 1")
            }
            state = .booting
            return .none
        case .interrupt:
            interrupt = header.flags & 1 != 0
            return .none
        case .queued:
            return try queued(QueuedFlags(rawValue: header.flags))
        case .hostHello, .window, .pins:
            throw LinkError(.violation, .transfer, "a host's message came from the device")
        }
    }

    private mutating func booting(_ flags: QueuedFlags) -> Event {
        // Messages queued before the reset, or for an earlier reset that timed out, may still arrive.
        guard !flags.isReply else { return .none }
        let bootsSince = Int((flags.boots &- boots) & 63)
        guard bootsSince >= (resetsUnanswered < 64 ? resetsUnanswered : 1) else {
            bootPassedOver = flags.boots
            return .none
        }
        bootsExpected = max(0, bootsExpected - max(1, bootsSince))
        resetsUnanswered = 0
        bootPassedOver = nil
        boots = flags.boots
        interrupt = flags.interrupt
        state = .ready
        return .booted
    }

    private mutating func queued(_ flags: QueuedFlags) throws(LinkError) -> Event {
        if state == .hello { throw LinkError(.violation, .hello, "QUEUED before the greeting") }
        if state == .booting { return booting(flags) }
        interrupt = flags.interrupt
        if flags.isReply, state == .busy {
            // The boots of all resets before the command have been reported, or were missed.
            if bootsExpected > 0 { boots = flags.boots }
            bootsExpected = 0
        }
        if flags.boots != boots {
            if bootsExpected > 0 {
                // A command that was sent meanwhile comes after the resets, and runs.
                boots = flags.boots
                bootsExpected -= 1
                return .none
            }
            boots = flags.boots
            readiesToSkip = 0
            state = .ready
            return .restarted
        }
        if flags.isReply {
            guard state == .busy, readiesToSkip == 0 else {
                throw LinkError(.violation, .reply, "a reply to no command")
            }
            state = .replyQueued
            return .reply
        }
        if readiesToSkip > 0 {
            readiesToSkip -= 1
            return .none
        }
        guard state == .busy else { return .none }
        throw LinkError(.violation, .reply, "the device expects a command although one was sent")
    }
}
