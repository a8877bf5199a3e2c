import LinuxIO

/// A process whose end is noticed, however it ends.
final class Companion: ReactorHandler {
    private let descriptor: FileDescriptor
    private let reactor: Reactor
    private let whenEnded: () -> Void
    private var registration: Registration?

    /// - Throws: ESRCH when there is no such process, ENOSYS before Linux 5.3.
    init(_ pid: Int32, _ reactor: Reactor, whenEnded: @escaping () -> Void) throws(LinuxError) {
        descriptor = try ProcessDescriptor.open(pid)
        self.reactor = reactor
        self.whenEnded = whenEnded
        registration = try reactor.add(descriptor.rawValue, .readable, handler: self)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        stop()
        whenEnded()
    }

    /// Does not look any more.
    func stop() {
        if let registration { reactor.remove(registration) }
        registration = nil
    }
}
