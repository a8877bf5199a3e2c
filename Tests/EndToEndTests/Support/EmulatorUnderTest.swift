import Foundation
import LinuxIO
import LinuxProcesses
import NINALink
import NINATransport
import TestPeers
import Synchronization
import Testing
import WiFiNINA

/// A real nina-emulator process with its own socket; it ends when the object is released.
final class EmulatorUnderTest {
    let socketPath: String
    let child: ChildProcess
    private let log = LogCollector()
    private static let counter = Atomic<Int>(0)

    /// The programs are in the test bundle's folder.
    static func program(_ name: String) throws -> String {
        let own = try #require(ProgramPath.own)
        let slash = try #require(own.lastIndex(of: "/"))
        return own[..<slash] + "/" + name
    }

    static func freshSocketPath() -> String {
        let number = counter.add(1, ordering: .relaxed).newValue
        return "\(Environment.temporaryDirectory)/nina-test-\(Environment.processID)-\(number).sock"
    }

    /// Starts the emulator and waits for its ready line.
    init(
        _ options: [String] = [], socketPath: String? = nil, environment: [String: String] = [:]
    ) throws {
        let path = socketPath ?? Self.freshSocketPath()
        self.socketPath = path
        child = try ChildProcess(
            try Self.program("nina-emulator"), ["--socket", path] + options, environment: environment,
            output: .pipe, errors: .pipe)
        guard let output = child.takeOutput(), let errors = child.takeErrors() else { throw NoPipe() }
        log.collect(errors)
        let line = try LineReader(output).nextLine(deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
        let expected = LineResult.line("nina-emulator ready unix:\(path)")
        try #require(line == expected)
    }

    deinit {
        try? child.terminate(Signals.kill)
        _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
        UnixSocket.removeSocketFile(path: socketPath)
    }

    var transport: Transport { .unix(path: socketPath) }

    /// Its log output so far.
    var logText: String { log.text }

    /// The number of files and sockets it has open.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.pid)/fd").count
    }

    /// Waits until it has this many open; connections that it has stopped end in the background.
    /// - Returns: the number it has; a different one after 10 seconds.
    func openDescriptors(waitingFor count: Int) throws -> Int {
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while MonotonicClock.nanoseconds() < deadline, try openDescriptors() != count {
            _ = try child.wait(timeoutNanoseconds: 5_000_000)
        }
        return try openDescriptors()
    }

    /// The numbers of the process's threads.
    func threads() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.pid)/task"))
    }

    /// Its resident memory, in bytes.
    func residentBytes() throws -> Int { try #require(ProcessTimes.residentBytes(pid: child.pid)) }

    /// Waits until its log contains a text this many times.
    /// - Returns: false after 10 seconds, or when the log has ended.
    func logs(_ text: String, times: Int = 1) throws -> Bool {
        log.wait(seconds: 10) { $0.ranges(of: text).count >= times }
    }

    /// A host that has joined the network.
    func host(_ family: SocketFamily = .classic) throws -> WiFi {
        let wifi = WiFi(link: try transport.open())
        wifi.socketFamily = family
        try wifi.begin("lab-net", passphrase: "correct-horse")
        return wifi
    }

    /// A raw connection to the link's socket, for hosts that violate the protocol.
    func rawConnection() throws -> FileDescriptor {
        let connection = try UnixSocket.connect(path: socketPath, timeoutNanoseconds: 5_000_000_000)
        try UnixSocket.setReceiveTimeout(connection.rawValue, 10_000_000_000)
        return connection
    }

    /// Ends it as a user would and returns its exit status.
    func end(_ signal: Int32 = Signals.terminate) throws -> LinuxProcesses.ExitStatus? {
        try child.terminate(signal)
        return try child.wait(timeoutNanoseconds: 10_000_000_000)
    }
}

/// A child process without the requested pipes.
struct NoPipe: Error {}

/// Reads a log in a thread, so that the writer never blocks.
final class LogCollector: @unchecked Sendable {
    /// Protects the next two, and is signaled when they change.
    private let condition = NSCondition()
    private var lines = ""
    private var hasEnded = false

    /// The complete lines so far.
    var text: String { condition.withLock { lines } }

    /// Waits until the lines so far fulfill a condition.
    /// - Returns: whether they do, after this time or the end of the log at the latest.
    func wait(seconds: Double, until isFulfilled: (String) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !isFulfilled(lines) {
            guard !hasEnded, condition.wait(until: deadline) else { return isFulfilled(lines) }
        }
        return true
    }

    /// - Returns: an object that is set when the log has ended.
    @discardableResult
    func collect(_ descriptor: consuming FileDescriptor) -> SharedResults<Bool> {
        let number = descriptor.release()
        let end = SharedResults<Bool>(1)
        try? DetachedThread.start { [self] in
            let reader = LineReader(FileDescriptor(adopting: number))
            while let result = try? reader.nextLine(deadline: nil), case .line(let line) = result {
                change { lines += line + "\n" }
            }
            change { hasEnded = true }
            end.set(0, .success(true))
        }
        return end
    }

    private func change(_ body: () -> Void) {
        condition.lock()
        body()
        condition.broadcast()
        condition.unlock()
    }
}
