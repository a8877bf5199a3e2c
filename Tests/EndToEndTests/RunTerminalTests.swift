import Foundation
import LinuxIO
import LinuxProcesses
import Testing

/// `nina run` in a terminal, which gives signals and input to one process group.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RunTerminalTests {
    private static let nina = Result { try EmulatorUnderTest.program("nina") }

    /// In a terminal the command reads what is typed, and gets Ctrl-C once.
    @Test func theCommandHasTheTerminal() throws {
        let place = try RunPlace()
        let script = """
            import os, pty, signal, sys, time
            command = '''import signal, time
            count = 0
            def note(*_):
                global count
                count += 1
            signal.signal(signal.SIGINT, note)
            print("typed", input(), flush=True)
            while count == 0: time.sleep(0.01)
            time.sleep(0.2)
            print("interrupts", count, flush=True)'''
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], [sys.argv[1], "run", "--", sys.executable, "-c", command])
            seen = b""
            def read_until(words):
                global seen
                while words not in seen: seen += os.read(terminal, 1000)
            os.write(terminal, b"words\\n")
            read_until(b"typed words")
            os.write(terminal, bytes([3]))
            read_until(b"interrupts 1")
            sys.stdout.write(seen.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let result = try ProcessTests.run(
            path: "/usr/bin/env", ["python3", "-c", script, try Self.nina.get()], environment: place.environment)
        #expect(result.status == .exited(0), "\(result.output) \(result.errors)")
        #expect(result.output.contains("typed words") && result.output.contains("interrupts 1"), "\(result.output)")
        #expect(try place.leftovers() == [])
    }

    /// A terminal that closes sends SIGHUP only to the leader of its session, which `nina run` is under ssh or in a container.
    @Test func aTerminalThatClosesEndsTheCommand() throws {
        let place = try RunPlace()
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], [sys.argv[1], "run", "--", "sh", "-c", "echo ready; sleep 60; sleep 61"])
            seen = b""
            while b"ready" not in seen: seen += os.read(terminal, 1000)
            os.close(terminal)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let result = try ProcessTests.run(
            path: "/usr/bin/env", ["python3", "-c", script, try Self.nina.get()], environment: place.environment)
        #expect(result.status == .exited(128 + 1), "\(result.errors)")
        #expect(try place.leftovers() == [])
    }

    /// It also ends the tool before there is a command.
    @Test func ctrlCEndsTheStart() throws {
        let place = try RunPlace()
        // An emulator that is never ready.
        let emulator = try place.script("slow", "exec sleep 60")
        let script = """
            import os, pty, sys, time
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], [sys.argv[1], "run", "--", "true"])
            while "slow" not in os.listdir(sys.argv[2]) or len(os.listdir(sys.argv[2])) < 2: time.sleep(0.01)
            time.sleep(0.1)
            os.write(terminal, bytes([3]))
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let result = try ProcessTests.run(
            path: "/usr/bin/env", ["python3", "-c", script, try Self.nina.get(), place.path],
            environment: place.environment.merging(["NINA_EMULATOR": emulator]) { $1 })
        #expect(result.status == .exited(128 + 2), "\(result.errors)")
        try place.remove(emulator)
        #expect(try place.leftovers() == [])
    }

    /// A program asks for a password there, whatever its standard input is.
    @Test func theCommandReadsTheTerminalBesideItsInput() throws {
        let place = try RunPlace()
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0:
                command = "read line </dev/tty; read other; echo got $line $other"
                os.execvp("sh", ["sh", "-c", 'echo piped | "$0" run -- sh -c "$1"', sys.argv[1], command])
            os.write(terminal, b"typed\\n")
            seen = b""
            while b"got typed piped" not in seen: seen += os.read(terminal, 1000)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let result = try ProcessTests.run(
            path: "/usr/bin/env", ["python3", "-c", script, try Self.nina.get()], environment: place.environment)
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(try place.leftovers() == [])
    }
}
