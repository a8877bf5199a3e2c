import Glibc
import LinuxIO
import LinuxProcesses
import Testing

@Suite(.timeLimit(.minutes(10))) struct ChildProcessTests {
    private func shell(
        _ script: String, environment: [String: String] = [:], errors: ChildOutput = .inherit
    ) throws(LinuxError) -> ChildProcess {
        try ChildProcess("/bin/sh", ["-c", script], environment: environment, output: .pipe, errors: errors)
    }

    private func lines(_ reader: LineReader) throws -> [String] {
        var result: [String] = []
        while case .line(let line) = try reader.nextLine(deadline: patienceDeadline()) { result.append(line) }
        return result
    }

    private func outputReader(_ child: ChildProcess) throws -> LineReader {
        guard let output = child.takeOutput() else { throw LinuxError("pipe2", .badDescriptor) }
        return LineReader(output)
    }

    @Test func readsBothOutputsAndTheExitCode() throws {
        let child = try shell(
            "echo one; echo \"$LINUXIO_TEST\"; echo wrong >&2; printf unterminated; exit 7",
            environment: ["LINUXIO_TEST": "a value=b"], errors: .pipe)
        #expect(try lines(outputReader(child)) == ["one", "a value=b", "unterminated"])
        guard let errors = child.takeErrors() else {
            Issue.record("no pipe")
            return
        }
        #expect(try lines(LineReader(errors)) == ["wrong"])
        let again = child.takeOutput() == nil
        #expect(again)
        #expect(try child.wait(timeoutNanoseconds: patience) == .exited(7))
        #expect(child.status == .exited(7))
        #expect(try child.wait(timeoutNanoseconds: nil) == .exited(7))
        try child.terminate()
        #expect(child.cpuTimeTicks == nil)
    }

    @Test func childrenGetNothingButTheirThreeDescriptors() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        // A descriptor that would survive an exec.
        let leaky = FileDescriptor(adopting: dup(pair.first.rawValue))
        let child = try shell("ls /proc/$$/fd; readlink /proc/$$/fd/0")
        #expect(try lines(outputReader(child)) == ["0", "1", "2", "/dev/null"])
        #expect(try child.wait(timeoutNanoseconds: nil) == .exited(0))
        leaky.close()
    }

    @Test func terminatesAChild() throws {
        let child = try ChildProcess("/bin/sleep", ["1000"])
        #expect(try child.wait(timeoutNanoseconds: 0) == nil)
        #expect(child.status == nil)
        #expect(child.cpuTimeTicks != nil)
        try child.terminate()
        #expect(try child.wait(timeoutNanoseconds: patience) == .signaled(SIGTERM))
    }

    /// The group has the child and its own children; one that has ended is no error.
    @Test func terminatesAGroup() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "sleep 1000 & wait"])
        try child.terminateGroup(SIGKILL)
        #expect(try child.wait(timeoutNanoseconds: patience) == .signaled(SIGKILL))
        try child.terminateGroup(SIGKILL)
        let other = try ChildProcess("/bin/sleep", ["1000"])
        #expect(errno { () throws(LinuxError) in try other.terminateGroup(1000) } == .invalidArgument)
        #expect(errno { () throws(LinuxError) in try other.terminate(1000) } == .invalidArgument)
    }

    @Test func childrenAreNotBornWithBlockedSignals() throws {
        let reactor = try Reactor()
        let registration = try reactor.onSignals([SIGUSR2]) { _ in }
        let child = try shell("kill -USR2 $$; exit 3")
        #expect(try child.wait(timeoutNanoseconds: patience) == .signaled(SIGUSR2))
        reactor.remove(registration)
    }

    @Test func aReactorHearsOfTheEnd() throws {
        let reactor = try Reactor()
        let child = try ChildProcess("/bin/sh", ["-c", "exit 1"], output: .discard, errors: .discard)
        let exitDescriptor = try #require(child.exitDescriptor)
        let probe = Probe()
        probe.onReady = { _ in reactor.stop() }
        let registration = try reactor.add(exitDescriptor, .readable, handler: probe)
        try reactor.run()
        reactor.remove(registration)
        #expect(try child.wait(timeoutNanoseconds: 0) == .exited(1))
        probe.onReady = { _ in }
    }

    @Test func aForgottenChildIsKilled() throws {
        var child: ChildProcess? = try ChildProcess("/bin/sleep", ["1000"])
        let pid = try #require(child?.pid)
        child = nil
        #expect(child == nil)
        #expect(kill(pid, 0) == -1)
        #expect(Errno.current == .noProcess)
    }

    @Test func tellsWhatCannotBeStarted() {
        #expect(errno { () throws(LinuxError) in _ = try ChildProcess("/nonexistent") } == .noEntry)
        #expect(errno { () throws(LinuxError) in _ = try ChildProcess("/etc/passwd") } == .accessDenied)
        #expect(errno { () throws(LinuxError) in _ = try ChildProcess("") } == .invalidArgument)
        #expect(errno { () throws(LinuxError) in _ = try ChildProcess("/bin/sh", ["a\0b"]) } == .invalidArgument)
    }

    @Test func linesHaveADeadlineAndALimit() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let writer = FileDescriptor(adopting: dup(pair.second.rawValue))
        let number = writer.rawValue
        let reader = LineReader(FileDescriptor(adopting: dup(pair.first.rawValue)), longestLine: 10)
        #expect(try reader.nextLine(deadline: 0) == .timedOut)
        #expect(send(number, "begin") == .sent(5))
        #expect(try reader.nextLine(deadline: 0) == .timedOut)
        #expect(send(number, "ning\n\nthird\nlong") == .sent(16))
        #expect(try reader.nextLine(deadline: 0) == .line("beginning"))
        #expect(try reader.nextLine(deadline: 0) == .line(""))
        #expect(try reader.nextLine(deadline: 0) == .line("third"))
        #expect(send(number, "er than ten") == .sent(11))
        #expect(errno { () throws(LinuxError) in _ = try reader.nextLine(deadline: 0) } == .messageTooLong)
    }

    /// A line of as many bytes as are taken; the end of the file ends the last one.
    @Test func theLongestLineIsTaken() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let writer = FileDescriptor(adopting: dup(pair.second.rawValue))
        let number = writer.rawValue
        let reader = LineReader(FileDescriptor(adopting: dup(pair.first.rawValue)), longestLine: 10)
        #expect(send(number, "0123456789") == .sent(10))
        #expect(try reader.nextLine(deadline: 0) == .timedOut)
        #expect(send(number, "\nab") == .sent(3))
        #expect(try reader.nextLine(deadline: 0) == .line("0123456789"))
        // What has been returned does not count.
        #expect(send(number, "cdefghij") == .sent(8))
        #expect(try reader.nextLine(deadline: 0) == .timedOut)
        #expect(send(number, "\nrest") == .sent(5))
        #expect(try reader.nextLine(deadline: 0) == .line("abcdefghij"))
        #expect(Glibc.shutdown(number, Int32(SHUT_WR)) == 0)
        #expect(try reader.nextLine(deadline: patienceDeadline()) == .line("rest"))
        for _ in 0..<2 { #expect(try reader.nextLine(deadline: nil) == .endOfFile) }
    }

    /// Lines longer than one read, and many in one.
    @Test func linesComeInAnyPieces() throws {
        let script = "printf '%05000d\\n' 7; for i in 1 2 3; do echo $i; done; printf '%04096d' 8; echo; echo end"
        let child = try shell(script)
        let wide = { (count: Int, last: String) in String(repeating: "0", count: count - 1) + last }
        #expect(try lines(outputReader(child)) == [wide(5000, "7"), "1", "2", "3", wide(4096, "8"), "end"])
        #expect(try child.wait(timeoutNanoseconds: nil) == .exited(0))
    }
}
