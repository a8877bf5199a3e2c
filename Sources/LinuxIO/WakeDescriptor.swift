import CLinux
import LinuxLibc

/// Lets a thread sleep until another thread wakes it, a descriptor is readable, or the time is up.
public final class WakeDescriptor: Sendable {
    private let event: FileDescriptor

    /// Why a sleep has ended; empty after a time-out.
    public struct Causes: Equatable, Sendable {
        /// ``WakeDescriptor/wake()`` was called.
        public var isWoken = false
        /// The descriptor is readable, closed at its other end, or not open.
        public var isReadable = false
    }

    /// Makes a wake descriptor.
    /// - Throws: EMFILE, ENFILE.
    public init() throws(LinuxError) {
        let number = clinux_eventfd_create()
        guard number >= 0 else { throw .current("eventfd") }
        event = FileDescriptor(adopting: number)
    }

    /// Ends the current sleep, or the next one.
    public func wake() { _ = clinux_eventfd_signal(event.rawValue) }

    /// Sleeps.
    /// - Parameters:
    ///   - descriptor: an additional descriptor to watch.
    ///   - nanoseconds: the maximum time; nil for no limit.
    public func sleep(watching descriptor: Int32?, nanoseconds: UInt64?) -> Causes {
        let ready = clinux_poll_two(event.rawValue, descriptor ?? -1, nanoseconds.map { Int64(clamping: $0) } ?? -1)
        if ready & 1 != 0 {
            var count: UInt64 = 0
            _ = LinuxLibc.read(event.rawValue, &count, MemoryLayout<UInt64>.size)
        }
        return Causes(isWoken: ready & 1 != 0, isReadable: ready & 2 != 0)
    }
}
