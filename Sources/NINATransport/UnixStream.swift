import LinuxIO
import NINALink

/// The byte stream of the socket link over a Unix stream socket, with blocking calls: one system call each way per
/// command.
public final class UnixStream: MessageStream {
    // Not checked for exclusive access at run time, because each command would pay for it four times: a stream belongs to one
    // thread, and only `shared` is for others.
    @exclusivity(unchecked) private var descriptor: FileDescriptor?
    /// The socket while it is open, for other threads.
    private let shared = Guarded<Int32?>(nil)
    /// The receive time-out set in the kernel: shorter than most waits, so that it rarely has to change.
    @exclusivity(unchecked) private var armedNanoseconds: UInt64 = 0
    private static let usualNanoseconds: UInt64 = 1_000_000_000
    /// Shorter waits use `ppoll`: a receive time-out counts in ticks of up to 10 ms.
    private static let shortNanoseconds: UInt64 = 100_000_000

    /// Connects to the socket of an emulator.
    /// - Parameter listener: who may listen there.
    /// - Throws: `.system` with the errno: ENOENT or ECONNREFUSED when no emulator listens there, EPERM when a user does
    ///   who is not trusted.
    public convenience init(
        path: String, listener: TrustedListener = .own, until deadline: MonotonicInstant
    ) throws(LinkError) {
        do throws(Refusal) {
            try self.init(connecting: path, listener, deadline)
        } catch {
            switch error {
            case .failed(let fault): throw fault
            case .distrusted: throw Self.distrust
            }
        }
    }

    /// Why a connection was not made.
    enum Refusal: Error {
        case failed(LinkError)
        case distrusted(UInt32)
    }

    /// The error for a listener that is not trusted.
    static let distrust = LinkError(
        .system, .connect, "another user listens at the socket", code: Errno.notPermitted.rawValue)

    init(connecting path: String, _ listener: TrustedListener, _ deadline: MonotonicInstant) throws(Refusal) {
        let user: UInt32
        do throws(LinuxError) {
            let descriptor = try UnixSocket.connect(
                path: path, timeoutNanoseconds: deadline.nanoseconds(since: Self.now))
            user = try UnixSocket.peerUser(descriptor.rawValue)
            let number = descriptor.rawValue
            shared.withLock { $0 = number }
            self.descriptor = consume descriptor
        } catch {
            throw .failed(Self.linkError(error.errno, .connect))
        }
        guard listener.includes(user) else { throw .distrusted(user) }
    }

    deinit { shared.withLock { $0 = nil } }

    private static func linkError(_ errno: Errno, _ phase: LinkError.Phase) -> LinkError {
        switch errno {
        case .timedOut: LinkError(.timedOut, phase)
        case .brokenPipe, .connectionReset: LinkError(.closed, phase, "the emulator is gone")
        default: LinkError(.system, phase, code: errno.rawValue)
        }
    }

    private static var now: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }

    /// The system's monotonic time.
    public var now: MonotonicInstant { Self.now }

    /// The socket.
    public var activityDescriptor: Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.rawValue
        case .none: nil
        }
    }

    /// Shuts the socket down.
    public var interrupter: (@Sendable () -> Void)? {
        { [shared] in shared.withLock { number in if let number { UnixSocket.shutdown(number) } } }
    }

    private func open() throws(LinkError) -> Int32 {
        switch descriptor {
        case .some(let descriptor): return descriptor.rawValue
        case .none: throw LinkError(.closed, .transfer)
        }
    }

    /// Sends all bytes of the queue, and waits for room between.
    public func send(_ output: inout ByteQueue, until deadline: MonotonicInstant) throws(LinkError) {
        let descriptor = try open()
        let count = output.count
        while !output.isEmpty {
            switch output.withUnsafeBytes({ UnixSocket.send(descriptor, $0) }) {
            case .sent(let sent): output.removeFirst(sent)
            case .wouldBlock:
                guard try wait(descriptor, for: .writable, until: deadline) else {
                    throw output.count == count ? LinkError(.timedOut, .transfer) : .truncated
                }
            case .failed(let errno): throw Self.linkError(errno, .transfer)
            }
        }
    }

    /// Waits for bytes; with a deadline in the past it polls without waiting.
    public func receive(
        into buffer: inout MessageBuffer, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        let descriptor = try open()
        while true {
            let left = deadline.nanoseconds == 0 ? 0 : deadline.nanoseconds(since: now)
            let isShort = left > 0 && left < Self.shortNanoseconds
            if isShort {
                guard try wait(descriptor, for: .readable, until: deadline) else { return false }
            } else if left > 0 {
                try arm(left)
            }
            var result = ReceiveResult.wouldBlock
            buffer.fill { space in
                result =
                    left > 0 && !isShort
                    ? UnixSocket.receiveWaiting(descriptor, into: space)
                    : UnixSocket.receive(descriptor, into: space, peek: false)
                if case .received(let count) = result { return count }
                return 0
            }
            switch result {
            case .received: return true
            case .endOfFile: throw LinkError(.closed, .transfer, "the emulator is gone")
            case .wouldBlock: if left == 0 { return false }
            case .failed(let errno): throw Self.linkError(errno, .transfer)
            }
        }
    }

    /// Waits for bytes or room, to the microsecond. Returns false on time-out.
    private func wait(
        _ descriptor: Int32, for interest: Interest, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        do throws(LinuxError) {
            return try !DescriptorWait.wait(descriptor, for: interest, deadline: deadline.nanoseconds).isEmpty
        } catch {
            throw Self.linkError(error.errno, .transfer)
        }
    }

    /// Sets the kernel's receive time-out, unless the current one is suitable: not longer than the wait, and not so
    /// short that the wait would take many calls.
    private func arm(_ left: UInt64) throws(LinkError) {
        let wanted = min(left, Self.usualNanoseconds)
        guard armedNanoseconds > left || armedNanoseconds < wanted / 2 else { return }
        let descriptor = try open()
        do throws(LinuxError) {
            try UnixSocket.setReceiveTimeout(descriptor, wanted)
        } catch {
            throw Self.linkError(error.errno, .transfer)
        }
        armedNanoseconds = wanted
    }

    /// Closes the socket: the coprocessor behind it is powered off.
    public func close() {
        // First, because the number may be another file's as soon as the descriptor is closed.
        shared.withLock { $0 = nil }
        descriptor = nil
    }
}
