import CLinux

/// A timer with a descriptor of its own (timerfd).
///
/// For short delays that are scheduled often: a timer of ``Reactor`` puts a time-out on each of its waits as long as it is
/// scheduled, which the kernel then arms and cancels each time.
public struct TimerDescriptor: ~Copyable {
    private let descriptor: FileDescriptor

    /// A timer that is not armed.
    ///
    /// - Throws: EMFILE, ENFILE, ENODEV or ENOMEM.
    public init() throws(LinuxError) {
        let number = clinux_timerfd_create()
        guard number >= 0 else { throw .current("timerfd_create") }
        descriptor = FileDescriptor(adopting: number)
    }

    /// The descriptor, which becomes readable when the time is over. Watched edge-triggered it need not be read.
    public var rawValue: Int32 { descriptor.rawValue }

    /// Arms the timer to expire once, instead of when it was to expire before.
    /// - Parameter nanoseconds: the delay; at least 1.
    public func arm(after nanoseconds: UInt64) throws(LinuxError) {
        guard clinux_timerfd_arm(descriptor.rawValue, Int64(clamping: max(nanoseconds, 1))) == 0 else {
            throw .current("timerfd_settime")
        }
    }
}
