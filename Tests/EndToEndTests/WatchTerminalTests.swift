import Foundation
import LinuxIO
import LinuxProcesses
import Testing

/// `nina watch` in a terminal: it shows what happens, takes another size, and leaves the terminal as it was.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WatchTerminalTests {
    /// Runs `nina watch` in a terminal of 24 rows and 80 columns, changes its size, and ends it by a word: `q` types it, a
    /// number is the signal. Prints `same` when the terminal is as before.
    private static let script = """
        import fcntl, os, pty, struct, sys, termios
        nina, trace, end = sys.argv[1:]
        terminal, own = pty.openpty()
        size = lambda rows, columns: fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        size(24, 80)
        before = termios.tcgetattr(own)
        pid = os.fork()
        if pid == 0:
            os.login_tty(own) if hasattr(os, "login_tty") else (os.setsid(), fcntl.ioctl(own, termios.TIOCSCTTY, 0),
                [os.dup2(own, number) for number in range(3)])
            os.environ["TERM"] = "xterm"
            os.execv(nina, [nina, "watch", "--trace", trace])
        seen = b""
        def read_until(*words):
            global seen
            while not all(word in seen for word in words): seen += os.read(terminal, 65536)
        read_until(b"\\x1b[?1049h", b"GET_CONN_STATUS", b"q quits")
        assert termios.tcgetattr(own) != before
        seen = b""
        size(5, 30)
        read_until(b"\\x1b[?2026h", b"\\x1b[?2026l")
        seen = b""
        read_until(b"\\x1b[?2026h", b"\\x1b[?2026l")
        frame = seen.split(b"\\x1b[?2026h")[1].split(b"\\x1b[?2026l")[0]
        print("rows", frame.count(b"\\x1b[K"))
        if end == "q": os.write(terminal, b"q")
        else: os.kill(pid, int(end))
        read_until(b"\\x1b[?25h\\x1b[?1049l")
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print("same" if termios.tcgetattr(own) == before else "changed", status)
        """

    private func run(_ trace: String, end: String) throws -> String {
        let result = try ProcessTests.run(
            path: "/usr/bin/env", ["python3", "-c", Self.script, try EmulatorUnderTest.program("nina"), trace, end])
        #expect(result.status == .exited(0), "\(result.output) \(result.errors)")
        return result.output
    }

    private func withTrace(_ body: (String) throws -> Void) throws {
        let path = "\(NSTemporaryDirectory())/nina-watch-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = [
            #"{"t":0,"c":0,"event":"time","format":1,"unix":"1790000000.000000000"}"#,
            #"{"t":5100,"c":1,"event":"out","bytes":"e02000ee"}"#,
            #"{"t":9730,"c":1,"event":"in","bytes":"e0a0010103ee0000"}"#,
        ]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        try body(path)
    }

    @Test(arguments: ["q", "\(SIGTERM)", "\(SIGINT)", "\(SIGHUP)"])
    func itLeavesTheTerminalAsItWas(_ end: String) throws {
        try withTrace { path in
            let output = try run(path, end: end)
            #expect(output.contains("rows 5") && output.contains("same 0"), "\(output)")
        }
    }

    /// A defect of the tool itself.
    @Test func aTrapLeavesItAsItWas() throws {
        try withTrace { path in
            let output = try run(path, end: "\(SIGILL)")
            #expect(output.contains("same -\(SIGILL)"), "\(output)")
        }
    }

    @Test func withoutATerminalItPrintsLines() throws {
        try withTrace { path in
            let child = try ChildProcess(
                try EmulatorUnderTest.program("nina"), ["watch", "--trace", path], output: .pipe)
            guard let pipe = child.takeOutput() else { throw NoPipe() }
            let lines = LineReader(pipe)
            let line = try lines.nextLine(deadline: MonotonicClock.deadline(after: 30_000_000_000))
            #expect(line == .line("    0.000005 1  GET_CONN_STATUS -> status=3 (connected)  (4.6 us)"))
            try child.terminate()
            #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
        }
    }

    @Test func whatItCannotWatchIsSaid() throws {
        let nina = try EmulatorUnderTest.program("nina")
        for (words, status, text) in [
            (["watch", "--trace", "/nowhere/t.jsonl"], Int32(3), "/nowhere/t.jsonl"),
            (
                ["watch", "--control", "unix:/nowhere/c.sock"], 3,
                "no emulator has its control channel at /nowhere/c.sock"
            ),
            (
                ["watch", "--web", "192.0.2.1:80", "--control", "unix:/nowhere/c.sock"], 2,
                "expected an address of this machine"
            ),
            (["watch", "127.0.0.1:80"], 2, "unexpected argument"),
        ] {
            let result = try ProcessTests.run(path: nina, words)
            #expect(result.status == .exited(status) && result.errors.contains(text), "\(words) \(result.errors)")
        }
    }
}
