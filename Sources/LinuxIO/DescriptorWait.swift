import CLinux

/// Blocking until one descriptor is ready, for code outside of a reactor.
public enum DescriptorWait {
    /// Waits until a descriptor is ready.
    ///
    /// - Parameters:
    ///   - descriptor: an open descriptor.
    ///   - interest: what to wait for; `edgeTriggered` is ignored.
    ///   - deadline: a time of `MonotonicClock` in nanoseconds; nil waits without limit.
    /// - Returns: what is ready; empty when the deadline has passed.
    /// - Throws: EBADF for a descriptor that is not open, ENOMEM.
    public static func wait(
        _ descriptor: Int32, for interest: Interest, deadline: UInt64?
    ) throws(LinuxError) -> ReadyEvents {
        let events = Int32(truncatingIfNeeded: interest.subtracting(.edgeTriggered).mask)
        let result = retrying {
            clinux_poll(descriptor, events, deadline.map(MonotonicClock.remaining(until:)) ?? -1)
        }
        guard result >= 0 else { throw .current("ppoll", "descriptor \(descriptor)") }
        return ReadyEvents(rawValue: UInt32(result)).intersection(.all)
    }

    /// Whether a descriptor can be read now (or accepted from), without waiting; false for a bad descriptor.
    static func isReadable(_ descriptor: Int32) -> Bool {
        let result = retrying { clinux_poll(descriptor, Int32(Interest.readable.rawValue), 0) }
        return result > 0 && result & Int32(Interest.readable.rawValue) != 0
    }
}
