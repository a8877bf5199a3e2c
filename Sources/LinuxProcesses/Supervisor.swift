import CLinux
import LinuxLibc
import LinuxIO

/// A process that is in charge of all its descendants: orphans among them become its children.
public enum Supervisor {
    /// The two processes that a process has become.
    public enum Side: ~Copyable {
        /// The original one.
        case original(copy: Int32)
        /// Its copy. The descriptor reports a hang-up when the original has ended, however it ended.
        case copy(original: FileDescriptor)
    }

    /// Makes a copy of this process, in a process group of its own. Both adopt orphans.
    ///
    /// To be called in a process with one thread: other threads would not exist in the copy.
    ///
    /// - Throws: EAGAIN at the limit of processes, EMFILE, ENFILE, ENOMEM.
    public static func split() throws(LinuxError) -> Side {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw .current("pipe2") }
        let first = FileDescriptor(adopting: ends[0])
        let second = FileDescriptor(adopting: ends[1])
        try adoptOrphans()
        let copy = clinux_fork()
        guard copy >= 0 else { throw .current("fork") }
        guard copy == 0 else {
            // Open as long as this process lives.
            _ = second.release()
            return .original(copy: copy)
        }
        second.close()
        _ = setpgid(0, 0)
        try adoptOrphans()
        return .copy(original: first)
    }

    private static func adoptOrphans() throws(LinuxError) {
        guard clinux_adopt_orphans() == 0 else { throw .current("prctl", "PR_SET_CHILD_SUBREAPER") }
    }

    /// The process group of this process if a terminal gives it signals or input.
    ///
    /// That is so if its standard input is a terminal. Where it is not, a program may still open /dev/tty, to ask for a
    /// password for example: it is stopped there unless its group is the one in the foreground.
    public static var groupInTerminal: Int32? {
        let own = getpgrp()
        return isatty(STDIN_FILENO) == 1 || foregroundGroup == own ? own : nil
    }

    /// The process group in the foreground of the controlling terminal; nil without one.
    private static var foregroundGroup: Int32? {
        let number = retrying { open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC) }
        guard number >= 0 else { return nil }
        let terminal = FileDescriptor(adopting: number)
        let group = tcgetpgrp(terminal.rawValue)
        return group > 0 ? group : nil
    }

    /// A child that has ended and has not been reaped; nil for none.
    public static var endedChild: Int32? {
        let pid = clinux_ended_child()
        return pid > 0 ? pid : nil
    }

    /// Reaps a child that has ended.
    /// - Returns: its status; nil when it is no child, or has not ended.
    @discardableResult
    public static func reap(_ pid: Int32) -> ExitStatus? {
        var signaled: Int32 = 0
        var code: Int32 = 0
        guard clinux_reap(pid, 0, &signaled, &code) == 1 else { return nil }
        return signaled != 0 ? .signaled(code) : .exited(code)
    }

    /// The processes of this machine that descend from this one and have not ended.
    public static func descendants() -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var children: [Int32: [Int32]] = [:]
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let pid = Int32(name), let parent = ProcessTimes.livingParent(pid: pid) else { continue }
            children[parent, default: []].append(pid)
        }
        var result = children[getpid()] ?? []
        var next = 0
        while next < result.count {
            result += children[result[next]] ?? []
            next += 1
        }
        return result
    }

    /// Sends a signal to a process, or with a negative number to a process group. One that has ended is left out.
    public static func send(_ signal: Int32, to pid: Int32) { _ = kill(pid, signal) }

    /// A step in ending processes.
    public struct Persuasion: Sendable {
        /// What is sent; nil for nothing.
        let signal: Int32?
        /// How long the processes may take, in nanoseconds.
        let patience: UInt64

        /// Waits for processes that are about to end by themselves.
        public static let wait = Persuasion(signal: nil, patience: 1_000_000_000)
        /// SIGTERM, and time to clean up.
        public static let terminate = Persuasion(signal: SIGTERM, patience: 2_000_000_000)
        /// SIGKILL, and time for the kernel.
        public static let kill = Persuasion(signal: SIGKILL, patience: 2_000_000_000)
    }

    /// How often it looks for descendants where the kernel does not report the end of one (before Linux 5.3).
    private static let pause: UInt64 = 20_000_000

    /// Ends the descendants of this process, one step after the other until none is left. They are not reaped.
    ///
    /// It looks for them again whenever one that it knows has ended: what that one has started meanwhile is found then.
    ///
    /// - Parameters:
    ///   - kept: one that is left alone.
    ///   - wait: waits until a descriptor is readable, which the end of a process makes it, or a deadline has passed. A
    ///     caller with other descriptors to serve does that here.
    public static func endDescendants(
        except kept: Int32? = nil, by steps: [Persuasion],
        waiting wait: (_ descriptor: Int32, _ deadline: UInt64) throws(LinuxError) -> Void = waitReadable
    ) throws(LinuxError) {
        for step in steps {
            let deadline = MonotonicClock.deadline(after: step.patience)
            var isFirst = true
            while true {
                let left = descendants().filter { $0 != kept }
                guard let next = left.first else { return }
                // New ones may have been started before SIGKILL came.
                if let signal = step.signal, isFirst || signal == SIGKILL {
                    for pid in left { send(signal, to: pid) }
                }
                isFirst = false
                guard MonotonicClock.remaining(until: deadline) > 0 else { break }
                try waitForEnd(of: next, deadline, wait)
            }
        }
    }

    private static func waitForEnd(
        of pid: Int32, _ deadline: UInt64, _ wait: (Int32, UInt64) throws(LinuxError) -> Void
    ) throws(LinuxError) {
        do throws(LinuxError) {
            let process = try ProcessDescriptor.open(pid)
            try wait(process.rawValue, deadline)
        } catch {
            guard error.call == "pidfd_open" else { throw error }
            // It has just ended, or this kernel or process has no descriptor for it.
            var time = timespec(tv_sec: 0, tv_nsec: error.errno == .noProcess ? 0 : Int(pause))
            _ = nanosleep(&time, nil)
        }
    }

    /// Waits without doing anything else.
    public static func waitReadable(_ descriptor: Int32, _ deadline: UInt64) throws(LinuxError) {
        _ = try DescriptorWait.wait(descriptor, for: .readable, deadline: deadline)
    }
}

extension Supervisor {
    /// Starts a program as a shell does.
    ///
    /// PATH is searched; standard input, output, errors and other inherited descriptors are those of this process. It is
    /// killed when the calling thread ends.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - environment: variables that are added to the environment, or replace those with the same name.
    ///   - group: the process group that it joins; nil for one of its own.
    /// - Returns: the process ID.
    /// - Throws: ENOENT when there is no such program, EACCES and ENOEXEC when it cannot be run, E2BIG, EAGAIN; EINVAL
    ///   for a zero byte in a string.
    public static func start(
        _ words: [String], environment additions: [String: String], group: Int32?
    ) throws(LinuxError) -> Int32 {
        let environment = Environment.list(adding: additions)
        guard let program = words.first, !(words + environment).contains(where: { $0.utf8.contains(0) }) else {
            throw LinuxError("execvp", .invalidArgument, "no program, or a zero byte in a string")
        }
        let wordList = CStringList(words)
        let environmentList = CStringList(environment)
        var pid: Int32 = 0
        let result = clinux_spawn_command(program, wordList.pointer, environmentList.pointer, group ?? 0, &pid)
        guard result == 0 else { throw LinuxError("execvp", Errno(rawValue: result), program) }
        return pid
    }
}

/// Signals that wait until they are asked for.
public struct SignalQueue: ~Copyable {
    private let descriptor: FileDescriptor

    /// Blocks signals in the calling thread, so that they do not interrupt the process.
    /// - Throws: EINVAL for a number that is no signal, EMFILE, ENFILE, ENOMEM.
    public init(_ signals: [Int32]) throws(LinuxError) {
        let number = clinux_signalfd_create(signals, signals.count)
        guard number >= 0 else { throw .current("signalfd") }
        descriptor = FileDescriptor(adopting: number)
    }

    /// Waits for a signal.
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds; nil waits without limit.
    /// - Returns: nil when the deadline has passed.
    public func next(deadline: UInt64? = nil) throws(LinuxError) -> SignalNotice? {
        while true {
            var signal: Int32 = 0
            var sender: Int32 = 0
            if clinux_signalfd_read(descriptor.rawValue, &signal, &sender) == 1 {
                return SignalNotice(signal: signal, sender: sender)
            }
            let ready = try DescriptorWait.wait(descriptor.rawValue, for: .readable, deadline: deadline)
            if ready.isEmpty { return nil }
        }
    }
}
