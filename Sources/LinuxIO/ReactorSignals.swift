import CLinux

/// A signal that was delivered to a reactor.
public struct SignalNotice: Equatable, Sendable {
    /// The number of the signal.
    public let signal: Int32
    /// The process that sent it; 0 for the kernel.
    public let sender: Int32

    /// A notice of a signal.
    public init(signal: Int32, sender: Int32) {
        self.signal = signal
        self.sender = sender
    }
}

extension Reactor {
    /// Delivers signals through the reactor instead of interrupting the process.
    ///
    /// Blocks the signals in the calling thread, so call it before other threads are started; they stay blocked when
    /// the registration is removed.
    ///
    /// - Parameters:
    ///   - signals: numbers, for example SIGTERM, SIGINT.
    ///   - action: called on the reactor's thread; held until the registration is removed.
    /// - Throws: EINVAL, EMFILE, ENFILE or ENOMEM from signalfd or epoll_ctl.
    @discardableResult
    public func onSignals(
        _ signals: [Int32], _ action: @escaping (SignalNotice) -> Void
    ) throws(LinuxError) -> Registration {
        let number = clinux_signalfd_create(signals, signals.count)
        guard number >= 0 else { throw .current("signalfd") }
        let source = SignalSource(FileDescriptor(adopting: number), action)
        return try add(number, .readable, handler: source)
    }
}

private final class SignalSource: ReactorHandler {
    private let descriptor: FileDescriptor
    private let action: (SignalNotice) -> Void

    init(_ descriptor: consuming FileDescriptor, _ action: @escaping (SignalNotice) -> Void) {
        self.descriptor = descriptor
        self.action = action
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        var signal: Int32 = 0
        var sender: Int32 = 0
        while clinux_signalfd_read(descriptor.rawValue, &signal, &sender) == 1 {
            action(SignalNotice(signal: signal, sender: sender))
        }
    }
}
