import CLinux
import LinuxLibc

/// Threads that are not joined.
public enum DetachedThread {
    /// Identifies the calling thread among all running threads.
    public static var current: UInt { clinux_current_thread() }

    /// Runs a body in a new detached thread with all signals blocked, so that other threads receive them.
    ///
    /// - Parameters:
    ///   - stackBytes: the size of its stack.
    ///   - body: the code to run.
    /// - Throws: EAGAIN at the limit of threads, EINVAL when the stack is too small.
    public static func start(
        stackBytes: Int = 512 * 1024, _ body: @escaping @Sendable () -> Void
    ) throws(LinuxError) {
        let box = Unmanaged.passRetained(BodyBox(body))
        let result = clinux_start_thread(
            stackBytes,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<BodyBox>.fromOpaque(argument).takeRetainedValue()
                box.body()
                return nil
            }, box.toOpaque())
        if result != 0 {
            box.release()
            throw LinuxError("pthread_create", Errno(rawValue: result))
        }
    }
}

private final class BodyBox: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}
