/// Host and device in one process, on virtual time: no socket, no thread, no sleep.
///
/// Waiting advances the clock to the device's next deadline or to the end of the wait, whichever comes first. Each byte
/// takes 1 us, as on an 8 MHz bus, so that polling loops also terminate.
public final class LoopbackStream: MessageStream {
    private var session: DeviceSession
    private var isClosed = false
    /// The virtual time.
    public private(set) var now = MonotonicInstant(nanoseconds: 0)
    private static let nanosecondsPerByte: UInt64 = 1000

    /// Powers on a device.
    public init(device: any LinkDevice) {
        session = DeviceSession(device: device)
        session.start(at: now)
    }

    /// Passes the bytes to the device, which runs the commands in them.
    public func send(_ output: inout ByteQueue, until deadline: MonotonicInstant) throws(LinkError) {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        pass(UInt64(output.count) * Self.nanosecondsPerByte)
        session.input.append(&output)
        session.update(at: now)
        try session.receive(at: now)
    }

    private func pass(_ nanoseconds: UInt64) {
        let target = now.advanced(byNanoseconds: nanoseconds)
        while let next = session.nextDeadline, next <= target {
            now = max(now, next)
            session.device.advance(to: now)
            session.update(at: now)
            if session.nextDeadline == next { break }
        }
        now = target
    }

    /// Takes the device's bytes; if there are none, advances the time until the device sends something.
    public func receive(
        into buffer: inout MessageBuffer, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        session.update(at: now)
        if session.output.isEmpty, deadline <= now { pass(Self.nanosecondsPerByte) }
        while session.output.isEmpty, now < deadline {
            let next = min(session.nextDeadline ?? .distantFuture, deadline)
            guard next != .distantFuture else {
                throw LinkError(.timedOut, .idle, "this wait would never end")
            }
            // Advance by at least one byte's time, so that a device whose deadline does not advance cannot stop the
            // clock.
            pass(max(next.nanoseconds(since: now), Self.nanosecondsPerByte))
            session.update(at: now)
        }
        guard !session.output.isEmpty else { return false }
        buffer.append(&session.output)
        return true
    }

    /// Powers the device off.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        session.device.halt(at: now)
    }
}

extension MessageLink {
    /// A link to a device in the same process, on virtual time.
    public static func loopback(to device: any LinkDevice) throws(LinkError) -> MessageLink {
        try MessageLink(stream: LoopbackStream(device: device), until: MonotonicInstant(nanoseconds: 1_000_000_000))
    }
}
