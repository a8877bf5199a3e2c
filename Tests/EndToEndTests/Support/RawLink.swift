import LinuxIO
import NINALink
import NINATransport
import Testing

/// A host that sends windows and observes the lines directly, without the library's handshake.
final class RawLink {
    private let stream: UnixStream
    private var buffer = MessageBuffer(acceptsHostMessages: false)
    /// The IRQ level as last reported.
    private(set) var interrupt = false

    init(path: String) throws {
        stream = try UnixStream(path: path, until: Self.after(5))
        var output = ByteQueue()
        HostHandshake().appendHello(to: &output)
        try stream.send(&output, until: Self.after(5))
        _ = try queued(seconds: 5)
    }

    static func after(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds() + UInt64(seconds * 1e9))
    }

    private func send(_ kind: LinkMessage.Kind, _ payload: [UInt8] = []) throws {
        var output = ByteQueue()
        LinkMessage.append(kind, payload: payload, to: &output)
        try stream.send(&output, until: Self.after(5))
    }

    /// The next message; nil on time-out.
    private func next(until deadline: MonotonicInstant) throws -> LinkMessage? {
        while true {
            if let message = try buffer.next() {
                if message.kind == .interrupt || message.kind == .queued { interrupt = message.flags & 1 != 0 }
                return message
            }
            guard try stream.receive(into: &buffer, until: deadline) else { return nil }
        }
    }

    /// The bytes that the next window clocks out; nil when READY stays high.
    /// - Parameter boot: skips a reply that was in transit when the device was reset.
    private func queued(seconds: Double, boot: Bool = false) throws -> [UInt8]? {
        let deadline = Self.after(seconds)
        while let message = try next(until: deadline) {
            guard message.kind == .queued else { continue }
            if boot, QueuedFlags(rawValue: message.flags).isReply { continue }
            return Array(message.payload)
        }
        return nil
    }

    /// Processes the device's messages for a while, and longer until IRQ is at a level.
    func settle(milliseconds: Int, until level: Bool) throws {
        let end = Self.after(Double(milliseconds) / 1000)
        while try next(until: end) != nil {}
        let limit = Self.after(3)
        while interrupt != level, try next(until: limit) != nil {}
    }

    /// Resets the device with its RESET line.
    /// - Returns: whether READY has fallen in this time.
    @discardableResult
    func reset(chipSelectLow: Bool = false, seconds: Double = 5) throws -> Bool {
        let others: PinLevels = chipSelectLow ? [.gpio0, .chipSelectLow] : .gpio0
        try send(.pins, [others.rawValue])
        try send(.pins, [others.union(.reset).rawValue])
        return try queued(seconds: seconds, boot: true) != nil
    }

    /// Both windows of a command. The reply is nil when READY stays high.
    func exchange(_ window: [UInt8], seconds: Double) throws -> (reply: [UInt8]?, interrupt: Bool) {
        try send(.window, window)
        guard let reply = try queued(seconds: seconds) else { return (nil, interrupt) }
        let level = interrupt
        try send(.window, [UInt8](repeating: 0, count: reply.count))
        _ = try queued(seconds: 5)
        return (reply, level)
    }
}
