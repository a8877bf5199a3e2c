import Foundation
import LinuxIO
import LinuxProcesses
import NINATransport
import TestPeers
import TestThreads
import Testing
import WiFiNINA

/// Other users and other emulators of the same machine: the default socket, and what an emulator leaves behind.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TrustTests {
    /// A directory for temporary files, open to every user like /tmp.
    private final class TemporaryDirectory {
        let path: String

        init() throws {
            path =
                "\(Environment.temporaryDirectory)/nina-trust-\(Environment.processID)-\(UInt32.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// An environment without a setting for the default socket.
        var environment: [String: String] {
            ["TMPDIR": path, "XDG_RUNTIME_DIR": "", "NINA_SOCKET": "", "NINA_TRANSPORT": ""]
        }

        /// The private folder, while its name is free.
        var folder: String { "\(path)/nina-\(Environment.userID)" }
    }

    /// A program, its output by lines, and its log.
    private final class Program {
        let child: ChildProcess
        private let output: LineReader
        let log = LogCollector()

        init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
            child = try ChildProcess(
                try EmulatorUnderTest.program(name), arguments, environment: environment, output: .pipe, errors: .pipe)
            guard let output = child.takeOutput(), let errors = child.takeErrors() else { throw NoPipe() }
            self.output = LineReader(output)
            log.collect(errors)
        }

        deinit { try? child.terminate(Signals.kill) }

        func line() throws -> LineResult {
            try output.nextLine(deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
        }

        func end() throws -> LinuxProcesses.ExitStatus? {
            try child.terminate()
            return try child.wait(timeoutNanoseconds: 10_000_000_000)
        }

        func status() throws -> LinuxProcesses.ExitStatus? { try child.wait(timeoutNanoseconds: 30_000_000_000) }
    }

    @Test func theDefaultSocketIsInAPrivateFolder() throws {
        let temporary = try TemporaryDirectory()
        let emulator = try Program("nina-emulator", [], environment: temporary.environment)
        #expect(try emulator.line() == .line("nina-emulator ready unix:\(temporary.folder)/nina.sock"))
        #expect(FileMode.permissions(temporary.folder) == 0o700)
        let info = try Program("nina", ["info"], environment: temporary.environment)
        #expect(try info.status() == .exited(0), "\(info.log.text)")
        #expect(try emulator.end() == .exited(0))
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"))
    func aStrangerCannotTakeTheDefaultSocket() throws {
        let temporary = try TemporaryDirectory()
        // The stranger came first, lets every user connect, and listens.
        let folder = temporary.folder
        let number = try Apart.asUser {
            guard mkdir(folder, 0o777) == 0, chmod(folder, 0o777) == 0 else { throw NoPipe() }
            return try UnixSocket.listen(path: folder + "/nina.sock").release()
        }
        let listener = FileDescriptor(adopting: number)
        let early = try Program("nina", ["info"], environment: temporary.environment)
        #expect(try early.status() == .exited(3))
        #expect(early.log.wait(seconds: 10) { $0.contains("user 65534 listens there") }, "\(early.log.text)")
        // The emulator still starts, in another folder, and hosts find it.
        let emulator = try Program("nina-emulator", [], environment: temporary.environment)
        guard case .line(let line) = try emulator.line() else { throw NoPipe() }
        #expect(line.hasPrefix("nina-emulator ready unix:\(temporary.folder)-"))
        #expect(line.hasSuffix("/nina.sock"))
        let info = try Program("nina", ["info"], environment: temporary.environment)
        #expect(try info.status() == .exited(0), "\(info.log.text)")
        #expect(try emulator.end() == .exited(0))
        listener.close()
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"))
    func aStrangersLocksDoNotStopTheStart() throws {
        let temporary = try TemporaryDirectory()
        let storage = temporary.path + "/storage"
        try FileManager.default.createDirectory(atPath: storage, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: storage)
        let numbers = try Apart.asUser {
            [
                open(temporary.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                open(storage + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666),
            ]
        }
        for number in numbers { try #require(number >= 0 && flock(number, LOCK_EX | LOCK_NB) == 0) }
        let path = temporary.path + "/nina.sock"
        let emulator = try EmulatorUnderTest(["--storage", storage], socketPath: path)
        #expect(try emulator.host().status() == .connected)
        #expect(try emulator.end() == .exited(0))
        for number in numbers { FileDescriptor(adopting: number).close() }
    }

    @Test(arguments: ["0600", "0660", "0666"]) func theSocketHasItsMode(mode: String) throws {
        let temporary = try TemporaryDirectory()
        let emulator = try EmulatorUnderTest(["--socket-mode", mode], socketPath: temporary.path + "/nina.sock")
        #expect(FileMode.permissions(emulator.socketPath) == UInt32(mode, radix: 8))
        let transport = emulator.transport
        guard Apart.isAllowed else { return }
        // A user who is let in trusts root, whose emulator this is.
        let firmware = try? Apart.asUser { try WiFi(link: transport.open()).firmwareVersion() }
        #expect(firmware == (mode == "0666" ? "3.5.0" : nil))
    }

    /// The file was removed, and another emulator took the path.
    @Test func anEmulatorLeavesTheSocketOfAnotherAlone() throws {
        let first = try EmulatorUnderTest()
        try #require(unlink(first.socketPath) == 0)
        let second = try EmulatorUnderTest(socketPath: first.socketPath)
        #expect(try first.end() == .exited(0))
        #expect(try second.host().status() == .connected)
        #expect(try second.end() == .exited(0))
        #expect(FileMode.permissions(second.socketPath) == nil)
    }

    @Test func anEmulatorEndsWithItsCompanion() throws {
        let companion = try ChildProcess("/bin/sleep", ["1000"])
        let emulator = try EmulatorUnderTest(["--end-with", "\(companion.pid)"])
        let wifi = try emulator.host()
        #expect(try wifi.status() == .connected)
        try companion.terminate(Signals.kill)
        #expect(try emulator.child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
        #expect(FileMode.permissions(emulator.socketPath) == nil)
        _ = try companion.wait(timeoutNanoseconds: nil)
        // An emulator that has already ended.
        let late = try Program(
            "nina-emulator", ["--socket", EmulatorUnderTest.freshSocketPath(), "--end-with", "\(companion.pid)"])
        #expect(try late.status() == .exited(3))
        #expect(late.log.wait(seconds: 10) { $0.contains("has ended already") }, "\(late.log.text)")
    }

    /// Killed at any moment: before its emulator listens, before it is connected, and afterwards.
    @Test(arguments: [0, 2, 4, 8, 16, 32, 64, 500]) func aKilledDemoLeavesNoEmulator(milliseconds: UInt64) throws {
        let temporary = try TemporaryDirectory()
        let demo = try Program("nina", ["demo", "--port", "8096"], environment: temporary.environment)
        _ = try demo.child.wait(timeoutNanoseconds: milliseconds * 1_000_000)
        let entry = "--socket\0\(temporary.path)/"
        try demo.child.terminate(Signals.kill)
        #expect(try demo.status() == .signaled(Signals.kill))
        // A process that exits may wait for a processor for seconds on a machine under load.
        let deadline = MonotonicClock.nanoseconds() + 90_000_000_000
        while try isRunning(entry), MonotonicClock.nanoseconds() < deadline { try pause(milliseconds: 10) }
        #expect(try !isRunning(entry), "the emulator is still running after the demo")
    }

    /// Whether a process has this among its arguments.
    private func isRunning(_ entry: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
            guard Int(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: data, as: UTF8.self).contains(entry)
        }
    }
}
