/// Host and device in one process, on virtual time: no socket, no thread, no sleep.
///
/// Waiting moves the clock: to the device's next deadline when that is due first, else to the end of the wait.
/// Each byte takes the microsecond it takes on a bus of 8 MHz, so that loops which only look also come to an end.
public final class LoopbackStream: MessageStream {
    private var session: DeviceSession
    private var isClosed = false
    /// The virtual time.
    public private(set) var now = MonotonicInstant(nanoseconds: 0)
    private static let nanosecondsPerByte: UInt64 = 1000

    /// Powers a device on.
    public init(device: any LinkDevice) {
        session = DeviceSession(device: device)
        session.start(at: now)
    }

    /// Hands the bytes to the device, which runs what they ask for.
    public func send(_ bytes: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        pass(UInt64(bytes.count) * Self.nanosecondsPerByte)
        session.input.append(bytes)
        try session.receive(at: now)
    }

    private func pass(_ nanoseconds: UInt64) {
        let target = now.advanced(byNanoseconds: nanoseconds)
        while let next = session.device.nextDeadline, next <= target {
            now = max(now, next)
            session.device.advance(to: now)
            session.update(at: now)
            if session.device.nextDeadline == next { break }
        }
        now = target
    }

    /// Takes the device's bytes; when there are none, lets time pass until it says something.
    public func receive(
        into buffer: inout MessageBuffer, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        session.update(at: now)
        if session.output.isEmpty, deadline <= now { pass(Self.nanosecondsPerByte) }
        while session.output.isEmpty, now < deadline {
            let next = min(session.device.nextDeadline ?? .distantFuture, deadline)
            guard next != .distantFuture else {
                throw LinkError(.timedOut, .idle, "nothing would ever end this wait")
            }
            // At least one byte's time, so that a device whose deadline does not advance cannot stop the clock.
            pass(max(next.nanoseconds(since: now), Self.nanosecondsPerByte))
            session.update(at: now)
        }
        guard !session.output.isEmpty else { return false }
        buffer.append(session.output)
        session.output.removeAll(keepingCapacity: true)
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
