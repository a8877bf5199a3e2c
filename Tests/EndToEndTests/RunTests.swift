import Foundation
import LinuxIO
import LinuxProcesses
import NINATransport
import Testing
import WiFiNINA

/// `nina run`: a command with an emulator of its own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RunTests {
    private static let nina = Result { try EmulatorUnderTest.program("nina") }

    private struct End {
        let arguments: [String]
        let status: Int32
        /// What standard error says; nothing for an end that needs no word.
        let words: [String]
        init(_ arguments: [String], _ status: Int32, _ words: String...) {
            self.arguments = arguments
            self.status = status
            self.words = words
        }
    }

    private static let ends = [
        End(["--", "true"], 0), End(["--", "sh", "-c", "exit 7"], 7), End(["--", "sh", "-c", "exit 255"], 255),
        End([], 2, "'--' and a command", "nina help run"), End(["python3", "test.py"], 2, "'--' and a command"),
        End(["--"], 2, "'--' and a command"), End(["--", ""], 2, "'--' and a command"),
        End(["--no-such-option", "--", "true"], 2, "--no-such-option", "nina help run"),
        End(["--firmware", "--", "true"], 2, "--firmware needs a value"),
        End(["--firmware", "none", "--", "true"], 2, "--firmware: expected one of modern", "got 'none'"),
        End(["--timeout", "soon", "--", "true"], 2, "--timeout: expected a number from 1 to 86400, got 'soon'"),
        End(["--socket", "x", "--", "true"], 2, "--socket is not for"),
        End(["--version", "--", "true"], 2, "--version"),
        End(
            ["--", "sh", "-c", "read emulator rest </proc/$PPID/task/$PPID/children; kill -9 $emulator; sleep 60"], 121,
            "killed by signal 9"),
        End(["--log", "/no/such/log", "--", "true"], 123, "/no/such/log: ENOENT"),
        End(["--address", "192.0.2.1", "--", "true"], 125, "the emulator cannot be started", "192.0.2.1"),
        End(["--", "/etc/passwd"], 126, "'/etc/passwd' cannot be run: EACCES"),
        End(["--", "no-such-command"], 127, "no program 'no-such-command' in PATH"),
        End(["--", "sh", "-c", "kill -KILL $$"], 128 + 9, "'sh' was killed by signal 9 (Killed)"),
        End(["--", "sh", "-c", "kill -SEGV $$"], 128 + 11, "'sh' was killed by signal 11 (Segmentation fault)"),
        End(["--", "sh", "-c", "kill -INT $$"], 128 + 2),
    ]

    @Test func theTimeOfACommandEnds() throws {
        let place = try RunPlace()
        let (result, seconds) = try place.runLimited(["sleep", "60"])
        #expect(result.status == .exited(42))
        #expect(
            result.errors.contains("'sleep' was still running after the \(seconds) s of --timeout"), "\(result.errors)")
        #expect(try place.leftovers() == [])
    }

    /// Ten kinds of failure, and success.
    @Test func eachEndHasItsStatus() throws {
        for end in Self.ends {
            let place = try RunPlace()
            let result = try place.run(end.arguments)
            #expect(result.status == .exited(end.status), "\(end.arguments): \(result.errors)")
            #expect(result.output.isEmpty)
            for word in end.words { #expect(result.errors.contains(word), "\(result.errors)") }
            #expect(end.words.isEmpty == result.errors.isEmpty, "\(end.arguments): \(result.errors)")
            #expect(try place.leftovers() == [])
        }
    }

    @Test(arguments: ["XDG_RUNTIME_DIR", "TMPDIR"]) func aFolderThatCannotBeMadeIsExplained(variable: String) throws {
        let place = try RunPlace()
        let long = place.path + "/" + String(repeating: "x", count: 100)
        for folder in ["/no/such/folder", "/dev/null", "/proc", long] {
            let result = try place.run(["--", "true"], environment: [variable: folder])
            #expect(result.status == .exited(122), "\(result.errors)")
            #expect(result.errors.contains("\(folder) (\(variable))"), "\(result.errors)")
        }
        for program in ["/no/such/program", "/bin/false"] {
            let result = try place.run(["--", "true"], environment: ["NINA_EMULATOR": program])
            #expect(result.status == .exited(125))
            #expect(result.errors.contains("the emulator cannot be started"), "\(result.errors)")
        }
        #expect(try place.leftovers() == [])
    }

    /// A coprocessor that is alone has the address of the variable, also when the last one has only just lost its host.
    @Test func theCommandFindsSocketAndAddress() throws {
        let place = try RunPlace()
        let run = try RunUnderTest(
            place, ["--", "sh", "-c", "echo $NINA_SOCKET; echo $NINA_TRANSPORT; echo $NINA_ADDRESS; exec sleep 60"])
        let socket = try #require(try run.line())
        #expect(socket.hasPrefix(place.path + "/nina-run-"))
        #expect(FileMode.permissions(String(socket.dropLast("/nina.sock".count))) == 0o700)
        let transport = try #require(try run.line())
        #expect(transport == "unix:\(socket)")
        let address = try #require(try run.line())
        for _ in 0..<20 {
            let first = WiFi(link: try Transport(parsing: transport).open())
            let second = WiFi(link: try Transport(parsing: transport).open())
            for wifi in [first, second] { try wifi.begin("lab-net", passphrase: "correct-horse") }
            #expect("\(try first.localIP())" == address)
            #expect("\(try second.localIP())" != address)
            for wifi in [second, first] { wifi.end() }
        }
        try run.child.terminate(Signals.terminate)
        #expect(try run.wait().status == .exited(128 + 15))
        #expect(try place.leftovers() == [])
    }

    /// A command that changes its folder finds the socket, whatever path TMPDIR has.
    @Test func theSocketHasAnAbsolutePath() throws {
        let place = try RunPlace()
        let inner = "cd / && test -S \"$NINA_SOCKET\" && test \"$NINA_TRANSPORT\" = \"unix:$NINA_SOCKET\""
        let outer = "cd \"$1\" && TMPDIR=. exec \"$0\" run -- sh -c \"$2\""
        let result = try ProcessTests.run(
            path: "/bin/sh", ["-c", outer, try Self.nina.get(), place.path, inner], environment: place.environment)
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(try place.leftovers() == [])
    }

    @Test func theAddressIsThatOfTheOptions() throws {
        let place = try RunPlace()
        for (options, address) in [
            (["--address", "127.9.8.7"], "127.9.8.7"),
            (["--address", "0.0.0.0", "--report-address=127.0.0.1"], "127.0.0.1"),
        ] {
            let result = try place.run(options + ["--", "sh", "-c", "echo $NINA_ADDRESS"])
            #expect(result.output == address + "\n", "\(result.errors)")
        }
    }

    @Test func theLogIsShownAfterAFailure() throws {
        let place = try RunPlace()
        let log = place.path + "/emulator.log"
        let words = "coprocessor 1 is on"
        let command = ["--", "sh", "-c", "\"$0\" info && exit $1", try Self.nina.get()]
        let failed = try place.run(["--log", log] + command + ["3"])
        #expect(failed.status == .exited(3))
        #expect(failed.errors.contains("last lines of the emulator's log") && failed.errors.contains(words))
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains(words))
        let passed = try place.run(command + ["0"])
        #expect(passed.status == .exited(0) && passed.output.contains("firmware") && passed.errors.isEmpty)
        let shown = try place.run(["--log=-"] + command + ["3"])
        #expect(shown.errors.ranges(of: words).count == 1)
        // At most twenty lines.
        let many = try place.run(["--log-level", "debug"] + command + ["3"])
        #expect(many.errors.split(separator: "\n").count == 21, "\(many.errors)")
        let full = try place.run(["--log", "/dev/full"] + command + ["0"])
        #expect(full.status == .exited(0) && full.errors.contains("the log is not complete"), "\(full.errors)")
    }

    /// To the command and the processes that it has started, which are one process group.
    @Test(
        arguments: [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3), ("USR1", 10), ("USR2", 12)] as [(String, Int32)])
    func signalsArePassedOn(name: String, signal: Int32) throws {
        let place = try RunPlace()
        let inner = "trap 'echo inner; exit' \(name); echo ready; while :; do sleep 0.1; done"
        let outer = "trap 'echo outer' \(name); sh -c \"$0\"; exit 5"
        let run = try RunUnderTest(place, ["--", "sh", "-c", outer, inner])
        #expect(try run.line() == "ready")
        try run.child.terminate(signal)
        #expect(try Set([run.line(), run.line()]) == ["inner", "outer"])
        let end = try run.wait()
        #expect(end.status == .exited(5))
        // The user has ended it: the log is of no interest.
        #expect(!end.errors.contains("nina"), "\(end.errors)")
        #expect(try place.leftovers() == [])
    }

    /// Processes that have left the command's group and session end with it.
    @Test(arguments: ["exit 4", "exec sleep 60"]) func nothingThatTheCommandStartedIsLeft(last: String) throws {
        let place = try RunPlace()
        let script = "setsid sh -c 'trap \"\" TERM; sleep 61; sleep 62' >/dev/null 2>&1 & setsid sleep 63 & \(last)"
        let command = ["sh", "-c", script]
        let result =
            last == "exit 4" ? try place.run(["--"] + command) : try place.runLimited(command).result
        #expect(result.status == (last == "exit 4" ? .exited(4) : .exited(42)))
        #expect(try place.leftovers() == [])
    }

    /// SIGUSR1 is for the command: before it is there, nobody gets it.
    @Test func theStartIgnoresUserSignals() throws {
        let place = try RunPlace()
        let emulator = try place.script(
            "slow",
            "read pid name state original rest </proc/$PPID/stat; kill -USR1 $original; kill -USR2 $original; exec \"$EMULATOR\" \"$@\""
        )
        let result = try place.run(
            ["--", "sh", "-c", "exit 6"],
            environment: ["NINA_EMULATOR": emulator, "EMULATOR": try EmulatorUnderTest.program("nina-emulator")])
        #expect(result.status == .exited(6), "\(result.errors)")
        try place.remove(emulator)
        #expect(try place.leftovers() == [])
    }

    /// An emulator that writes more than a pipe holds while it ends is not held up.
    @Test func theLogIsReadToTheEnd() throws {
        let place = try RunPlace()
        let emulator = try place.script(
            "loud",
            """
            trap : TERM
            "$EMULATOR" "$@"
            i=0
            while [ $i -lt 3000 ]; do echo "$i $TEXT" >&2; i=$((i + 1)); done
            """)
        let log = place.path + "/log"
        let result = try place.run(
            ["--log", log, "--", "true"],
            environment: [
                "NINA_EMULATOR": emulator, "EMULATOR": try EmulatorUnderTest.program("nina-emulator"),
                "TEXT": String(repeating: "x", count: 100),
            ])
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("\n2999 xxx"))
        for path in [emulator, log] { try place.remove(path) }
        #expect(try place.leftovers() == [])
    }

    /// At random moments; NINA_TEST_KILLS says how often.
    @Test func killsLeaveNothing() throws {
        let place = try RunPlace()
        let kills = ProcessInfo.processInfo.environment["NINA_TEST_KILLS"].flatMap { Int($0) } ?? 20
        for _ in 0..<kills {
            let run = try RunUnderTest(place, ["--", "sh", "-c", "setsid sleep 61 & sleep 62; sleep 63"])
            try pause(microseconds: Int.random(in: 0..<150_000))
            try run.child.terminate(Signals.kill)
            #expect(try run.wait().status == .signaled(Signals.kill))
            #expect(try place.leftovers() == [])
        }
        print("\(kills) kills of nina run")
    }

    @Test func aKilledGuardLeavesNothing() throws {
        let place = try RunPlace()
        let result = try place.run(["--", "sh", "-c", "setsid sleep 61 & kill -9 $PPID; sleep 62"])
        #expect(result.status == .exited(125))
        #expect(result.errors.contains("killed by signal 9"), "\(result.errors)")
        #expect(try place.leftovers() == [])
    }

    /// `nina-emulator --once --timeout`.
    @Test func anEmulatorForOneHostEndsInTime() throws {
        let empty = try EmulatorUnderTest(["--once", "--timeout", "1"])
        #expect(try empty.child.wait(timeoutNanoseconds: 20_000_000_000) == .exited(42))
        #expect(try empty.logs("no host has come within the 1 s of --timeout"))
        let busy = try EmulatorUnderTest(["--once", "--timeout", "1"])
        let host = try busy.commandHost(joined: false)
        #expect(try busy.child.wait(timeoutNanoseconds: 20_000_000_000) == .exited(42))
        #expect(try busy.logs("a host was still there after the 1 s of --timeout"))
        _ = host
        let quick = try EmulatorUnderTest(["--once", "--timeout", "60"])
        try quick.transport.open().close()
        #expect(try quick.child.wait(timeoutNanoseconds: 20_000_000_000) == .exited(0))
        let result = try ProcessTests.run("nina-emulator", ["--timeout", "1"])
        #expect(result.status == .exited(2) && result.errors.contains("--timeout needs --once"))
    }
}
