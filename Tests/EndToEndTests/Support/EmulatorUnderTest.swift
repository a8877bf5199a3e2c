import TestPeers
import Foundation
import LinuxIO
import NINALink
import NINATransport
import Synchronization
import Testing
import WiFiNINA

/// A real nina-emulator process with a socket of its own; it ends with the object.
final class EmulatorUnderTest {
    let socketPath: String
    let child: ChildProcess
    private let log = LogCollector()
    private static let counter = Atomic<Int>(0)

    /// Programs stand beside the test bundle.
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
    init(_ options: [String] = [], socketPath: String? = nil) throws {
        let path = socketPath ?? Self.freshSocketPath()
        self.socketPath = path
        child = try ChildProcess(
            try Self.program("nina-emulator"), ["--socket", path] + options, output: .pipe, errors: .pipe)
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

    /// What it has logged so far.
    var logText: String { log.text }

    /// How many files and sockets it has open.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.pid)/fd").count
    }

    /// Waits until it has so many open; connections it has stopped end behind the peers' back.
    /// - Returns: how many it has, another number after 10 seconds.
    func openDescriptors(waitingFor count: Int) throws -> Int {
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while MonotonicClock.nanoseconds() < deadline, try openDescriptors() != count {
            _ = try child.wait(timeoutNanoseconds: 5_000_000)
        }
        return try openDescriptors()
    }

    /// Its memory that is in RAM, in bytes.
    func residentBytes() throws -> Int { try #require(ProcessTimes.residentBytes(pid: child.pid)) }

    /// Waits until its log contains a text; false when it does not for 10 seconds.
    func logs(_ text: String) throws -> Bool {
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while !log.text.contains(text) {
            guard MonotonicClock.nanoseconds() < deadline else { return false }
            _ = try child.wait(timeoutNanoseconds: 5_000_000)
        }
        return true
    }

    /// A host that has joined the network.
    func host(_ family: SocketFamily = .classic) throws -> WiFi {
        let wifi = WiFi(link: try transport.open())
        wifi.socketFamily = family
        try wifi.begin("lab-net", passphrase: "correct-horse")
        return wifi
    }

    /// A raw connection to the link's socket, for hosts that break the rules.
    func rawConnection() throws -> FileDescriptor {
        let connection = try UnixSocket.connect(path: socketPath, timeoutNanoseconds: 5_000_000_000)
        try UnixSocket.setReceiveTimeout(connection.rawValue, 10_000_000_000)
        return connection
    }

    /// Ends it as a user would and says how it ended.
    func end(_ signal: Int32 = Signals.terminate) throws -> LinuxIO.ExitStatus? {
        try child.terminate(signal)
        return try child.wait(timeoutNanoseconds: 10_000_000_000)
    }
}

/// A child without the pipes that were asked for.
struct NoPipe: Error {}

/// Reads a log in a thread, so that the writer never waits.
final class LogCollector: Sendable {
    private let lines = SharedText()

    var text: String { lines.text }

    /// - Returns: what is set when the log has ended.
    @discardableResult
    func collect(_ descriptor: consuming FileDescriptor) -> SharedResults<Bool> {
        let number = descriptor.release()
        let lines = self.lines
        let end = SharedResults<Bool>(1)
        try? DetachedThread.start {
            let reader = LineReader(FileDescriptor(adopting: number))
            while let result = try? reader.nextLine(deadline: nil), case .line(let line) = result {
                lines.append(line + "\n")
            }
            end.set(0, .success(true))
        }
        return end
    }
}
