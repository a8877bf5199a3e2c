import CLinux
import LinuxLibc
import LinuxIO

/// The exit status of a process.
public enum ExitStatus: Equatable, Sendable {
    /// It exited with a code from 0 to 255.
    case exited(Int32)
    /// It was terminated by a signal.
    case signaled(Int32)
}

/// The destination of a child's output.
public enum ChildOutput: Equatable, Sendable {
    /// To the parent's output.
    case inherit
    /// To /dev/null.
    case discard
    /// To a pipe that the parent reads.
    case pipe
}

/// A program run as a child process.
///
/// The child reads /dev/null, has no signals blocked or ignored, and inherits no descriptor except its output. When the
/// object is released, a running child is killed and reaped, unless it was abandoned.
public final class ChildProcess {
    /// The process ID.
    public let pid: Int32
    /// The exit status, if `wait` has determined it.
    public private(set) var status: ExitStatus?

    /// A descriptor that becomes readable when the process has ended, for use with a reactor; owned by this object. Nil
    /// on kernels before 5.3.
    public let exitDescriptor: Int32?

    /// Keeps `exitDescriptor` open.
    private let exitDescriptorOwner: FileDescriptor?
    private var output: FileDescriptor?
    private var errors: FileDescriptor?
    private var isAbandoned = false

    private static let fallbackPauseNanoseconds: UInt64 = 2_000_000

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the executable's path; PATH is not searched.
    ///   - arguments: the arguments after the program's name.
    ///   - environment: variables that are added to the parent's environment, or replace those with the same name.
    ///   - output: the destination of standard output.
    ///   - errors: the destination of standard error.
    /// - Throws: ENOENT, EACCES, ENOEXEC, EAGAIN, EMFILE, ENFILE; EINVAL for a zero byte in a string.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        output: ChildOutput = .inherit, errors: ChildOutput = .inherit
    ) throws(LinuxError) {
        let outputEnds = try ChildOutputEnds(output)
        let errorEnds = try ChildOutputEnds(errors)
        pid = try ProcessSpawner.spawn(
            path, [path] + arguments, environment: environment,
            output: outputEnds.childNumber, errors: errorEnds.childNumber)
        let number = clinux_pidfd_open(pid)
        exitDescriptor = number >= 0 ? number : nil
        exitDescriptorOwner = number >= 0 ? FileDescriptor(adopting: number) : nil
        self.output = outputEnds.takeParentEnd()
        self.errors = errorEnds.takeParentEnd()
    }

    deinit {
        guard status == nil, !isAbandoned else { return }
        _ = kill(pid, SIGKILL)
        var signaled: Int32 = 0
        var code: Int32 = 0
        _ = clinux_reap(pid, 1, &signaled, &code)
    }

    /// Takes the read end of the standard output pipe; nil without a pipe and on the second call.
    public func takeOutput() -> FileDescriptor? { output.take() }

    /// Takes the read end of the standard error pipe; nil without a pipe and on the second call.
    public func takeErrors() -> FileDescriptor? { errors.take() }

    /// Sends a signal; does nothing when the process is known to have ended.
    ///
    /// - Throws: EINVAL for an invalid signal number, EPERM.
    public func terminate(_ signal: Int32 = SIGTERM) throws(LinuxError) {
        guard status == nil else { return }
        guard kill(pid, signal) == 0 || Errno.current == .noProcess else {
            throw .current("kill", "process \(pid), signal \(signal)")
        }
    }

    /// Sends a signal to the process and its descendants, as a terminal does: each child has its own process group.
    ///
    /// - Throws: see `terminate`.
    public func terminateGroup(_ signal: Int32) throws(LinuxError) {
        guard status == nil else { return }
        guard kill(-pid, signal) == 0 || Errno.current == .noProcess else {
            throw .current("kill", "process group \(pid), signal \(signal)")
        }
    }

    /// Waits until the process ends and reaps it.
    ///
    /// - Parameter timeoutNanoseconds: the maximum time to wait; nil waits without limit.
    /// - Returns: nil when it is still running.
    /// - Throws: ECHILD when it was reaped elsewhere, ENOMEM.
    public func wait(timeoutNanoseconds: UInt64?) throws(LinuxError) -> ExitStatus? {
        if let status { return status }
        let deadline = timeoutNanoseconds.map(MonotonicClock.deadline(after:))
        while true {
            if let status = try reap(block: deadline == nil) { return status }
            guard let deadline, MonotonicClock.remaining(until: deadline) > 0 else { return nil }
            if let exitDescriptor {
                _ = try DescriptorWait.wait(exitDescriptor, for: .readable, deadline: deadline)
            } else {
                let left = UInt64(MonotonicClock.remaining(until: deadline))
                var pause = timespec(tv_sec: 0, tv_nsec: Int(min(left, Self.fallbackPauseNanoseconds)))
                _ = nanosleep(&pause, nil)
            }
        }
    }

    /// Detaches the process: it is not killed when the object is released. After its end it remains a zombie as long as
    /// the parent lives, unless `wait` reaps it.
    public func abandon() {
        isAbandoned = true
    }

    /// The processor time used so far, user and system, in ticks (see `ticksPerSecond`); nil once it has been reaped.
    public var cpuTimeTicks: UInt64? { status == nil ? ProcessTimes.cpuTimeTicks(pid: pid) : nil }

    private func reap(block: Bool) throws(LinuxError) -> ExitStatus? {
        var signaled: Int32 = 0
        var code: Int32 = 0
        let result = clinux_reap(pid, block ? 1 : 0, &signaled, &code)
        guard result >= 0 else { throw .current("waitpid", "process \(pid)") }
        if result == 0 { return nil }
        let ended: ExitStatus = signaled != 0 ? .signaled(code) : .exited(code)
        status = ended
        return ended
    }
}
