import LinuxIO
import LinuxProcesses
import NINATransport
import Testing
import WiFiNINA

/// The emulator as a program: options, messages and exit status.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ProcessTests {
    static func run(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws -> (
        status: LinuxProcesses.ExitStatus?, output: String, errors: String
    ) {
        try run(path: try EmulatorUnderTest.program(name), arguments, environment: environment)
    }

    /// Runs a program to its end, which is awaited for 30 seconds.
    static func run(path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> (
        status: LinuxProcesses.ExitStatus?, output: String, errors: String
    ) {
        let child = try ChildProcess(
            path, arguments, environment: environment, output: .pipe, errors: .pipe)
        let output = LogCollector()
        let errors = LogCollector()
        guard let outputPipe = child.takeOutput(), let errorPipe = child.takeErrors() else { throw NoPipe() }
        let ends = [output.collect(outputPipe), errors.collect(errorPipe)]
        let status = try child.wait(timeoutNanoseconds: 30_000_000_000)
        for end in ends { _ = try end.wait() }
        return (status, output.text, errors.text)
    }

    /// A disk that is full: output that is not complete is no success.
    @Test(arguments: ["nina commands", "nina --help", "nina-emulator --print-capabilities", "nina-emulator --version"])
    func outputThatIsNotCompleteIsAFailure(_ command: String) throws {
        let words = command.split(separator: " ")
        let program = try EmulatorUnderTest.program(String(words[0]))
        let result = try Self.run(path: "/bin/sh", ["-c", "exec '\(program)' \(words[1]) >/dev/full"])
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("ENOSPC"))
        let quiet = try Self.run(path: "/bin/sh", ["-c", "'\(program)' \(words[1]) | true; exit 7"])
        #expect(quiet.status == .exited(7) && quiet.errors.isEmpty)
    }

    @Test func helpNamesEveryOption() throws {
        let result = try Self.run("nina-emulator", ["--help"])
        #expect(result.status == .exited(0))
        for option in [
            "--socket", "--firmware", "--address", "--port-offset", "--port-map", "--network", "--host",
            "--ca-file", "--tls-library", "--max-sockets", "--backlog", "--send-buffer", "--overflow",
            "--sockets-without-join", "--wifi-delay", "--once", "--storage", "--end-with", "--socket-mode", "--timeout",
            "--keep-address",
            "--report-address",
            "--log-level", "--log-format", "--version", "--help",
        ] {
            #expect(result.output.contains(option), "\(option) is not in the help")
        }
        #expect(try Self.run("nina-emulator", ["--version"]).output.hasPrefix("nina-emulator "))
    }

    @Test(arguments: [
        ["--no-such-option"], ["--socket"], ["--once=yes"], ["--firmware", "none"], ["--address", "1.2.3"],
        ["--address", "0.0.0.0"], ["--address", "224.0.0.1"], ["--address", "255.255.255.255"],
        ["--address", "240.0.0.1"],
        ["--address", "0.0.0.1"], ["--address", "0.0.0.0", "--report-address", "0.0.0.0"],
        ["--report-address", "10.0.0.1"],
        ["--address", "0.0.0.0", "--network", "a,ip=10.0.0.1/24", "--network", "b"],
        ["--network", "x,ip=10.0.0.0/24"], ["--network", "x,ip=10.0.0.255/24"], ["--network", "x,ip=224.0.0.1/24"],
        ["--network", "x,ip=0.0.0.0/8"], ["--network", "x,gateway=239.0.0.1"], ["--network", "x,dns=255.255.255.255"],
        ["--end-with", "0"], ["--socket-mode", "660x"], ["--socket-mode", "1777"], ["--socket-mode", "0066"],
        ["--end-with", "me"],
        ["--port-map", "80"], ["--port-map", "80=0"], ["--port-map", "0=80"], ["--port-map", "80=65536"],
        ["--host", "a=224.0.0.1"], ["--host", "a=255.255.255.255"], ["--host", "a=127.255.255.255"],
        ["--host", "a=0.0.0.0"], ["--host", "a=127.0.0.0"], ["--hci", "unix:/tmp/a,uid=me"], ["--hci", "unix:"],
        ["--network", ""], ["--network", "x,security=open,passphrase=secret"],
        ["--network", "x,ip=10.0.0.1"], ["--host", "name"], ["--ca-file", ""], ["--max-sockets", "65"],
        ["--overflow", "wait"], ["--send-buffer", "0"], ["--send-buffer"],
        ["--port-map", "80=8080", "--port-map", "80=8081"], ["--port-map", "80=8080", "--port-map", "81=8080"],
        ["--network", "x,passphrase=seven77"], ["--network", "x,security=wpa,passphrase=short"],
        ["--network", "x,passphrase=" + String(repeating: "g", count: 64)], ["--log-format", "xml"],
        ["--log-level", "loud"], ["--attach"], ["--attach", "/dev/nina0", "--once"], ["stray"],
    ])
    func wrongUsageIsExplained(_ arguments: [String]) throws {
        let result = try Self.run("nina-emulator", arguments)
        #expect(result.status == .exited(2))
        #expect(result.errors.hasPrefix("nina-emulator: "))
        #expect(result.errors.contains("--help"))
        #expect(result.output.isEmpty)
    }

    @Test func aLiveSocketIsRefused() throws {
        let emulator = try EmulatorUnderTest()
        let result = try Self.run("nina-emulator", ["--socket", emulator.socketPath])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains(emulator.socketPath))
        #expect(result.errors.contains("EADDRINUSE"))
        #expect(try emulator.host().status() == .connected)
    }

    @Test func anUnusablePathIsExplained() throws {
        let result = try Self.run("nina-emulator", ["--socket", "/no/such/directory/nina.sock"])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains("ENOENT"))
    }

    /// A missing node, a file that is no device, and a device of another kernel module.
    @Test(arguments: [("/no/such/device", "ENOENT"), ("/etc/passwd", "ENOTTY"), ("/dev/null", "EPERM")])
    func aDeviceThatCannotBeServedIsExplained(path: String, errno: String) throws {
        let result = try Self.run("nina-emulator", ["--attach", path])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains("\(path): \(errno)"))
        #expect(result.errors.contains("Tools/kernel"))
        #expect(result.output.isEmpty)
    }

    @Test func anAddressOfSomebodyElseIsExplained() throws {
        // 192.0.2.0/24 is reserved for documentation: no machine has it.
        let result = try Self.run(
            "nina-emulator", ["--socket", EmulatorUnderTest.freshSocketPath(), "--address", "192.0.2.1"])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains("192.0.2.1"))
    }

    /// Although the kernel lets servers bind them.
    @Test(arguments: ["127.255.255.255", "127.0.0.0"]) func anAddressOfAWholeNetworkIsExplained(address: String) throws
    {
        let result = try Self.run(
            "nina-emulator", ["--socket", EmulatorUnderTest.freshSocketPath(), "--address", address])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains(address) && result.errors.contains("not one of this machine"))
    }

    @Test func aStaleSocketIsReplaced() throws {
        let path = EmulatorUnderTest.freshSocketPath()
        do {
            let first = try EmulatorUnderTest(socketPath: path)
            #expect(try first.end(Signals.kill) == .signaled(Signals.kill))
            // It had no time to remove its socket.
        }
        let second = try EmulatorUnderTest(socketPath: path)
        #expect(try second.host().status() == .connected)
    }

    @Test(arguments: [Signals.terminate, Signals.interrupt])
    func aSignalEndsItCleanly(_ signal: Int32) throws {
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host()
        #expect(try emulator.end(signal) == .exited(0))
        #expect(throws: LinuxError.self) { _ = try emulator.rawConnection() }
        #expect(throws: WiFiError.self) { try wifi.status() }
    }

    @Test func aSignalRightAfterTheReadyLineEndsItCleanlyToo() throws {
        for _ in 0..<30 {
            let emulator = try EmulatorUnderTest()
            #expect(try emulator.end() == .exited(0))
            #expect(FileMode.permissions(emulator.socketPath) == nil, "the socket is left over")
        }
    }

    @Test func itOutlivesTheReaderOfItsLog() throws {
        let path = EmulatorUnderTest.freshSocketPath()
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"), ["--socket", path], output: .pipe, errors: .pipe)
        guard let output = child.takeOutput() else { throw NoPipe() }
        _ = child.takeErrors()
        _ = try LineReader(output).nextLine(deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
        let wifi = WiFi(link: try Transport.unix(path: path).open())
        try wifi.begin("open-net")
        #expect(try wifi.status() == .connected)
        try child.terminate()
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
    }

    @Test func theDemoEndsByCtrlC() throws {
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina"), ["demo", "--port", "8097"], output: .pipe, errors: .pipe)
        guard let output = child.takeOutput(), let errors = child.takeErrors() else { throw NoPipe() }
        let log = LogCollector()
        let errorLog = LogCollector()
        let ends = [log.collect(output), errorLog.collect(errors)]
        #expect(log.wait(seconds: 30) { $0.contains("Ctrl-C") })
        // As a terminal does: to the whole process group.
        try child.terminateGroup(Signals.interrupt)
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
        for end in ends { _ = try end.wait() }
        #expect(log.text.contains("served 0 requests"))
        #expect(errorLog.text.isEmpty)
    }

    @Test func itEndsAfterTheFirstHost() throws {
        let emulator = try EmulatorUnderTest(["--once"])
        let wifi = try emulator.host()
        // Neither a connection without a host nor a second host ends it.
        _ = try emulator.rawConnection()
        try emulator.host().end()
        #expect(try emulator.child.wait(timeoutNanoseconds: 200_000_000) == nil)
        wifi.end()
        #expect(try emulator.child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
    }

    @Test func theToolTellsThatNobodyIsThere() throws {
        let result = try Self.run("nina", ["info", "--transport", "unix:/no/such/nina.sock"])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains("start nina-emulator"))
    }

    @Test func infoDescribesTheCoprocessor() throws {
        let emulator = try EmulatorUnderTest()
        let result = try Self.run("nina", ["info"], environment: ["NINA_TRANSPORT": "\(emulator.transport)"])
        #expect(result.status == .exited(0))
        for text in ["3.5.0", "24:0A:C4:01:", "lab-net", "WPA2", "open-net"] {
            #expect(result.output.contains(text), "\(result.output)")
        }
    }

    /// Wires are tested in a guest.
    @Test func probeNamesTheStep() throws {
        let emulator = try EmulatorUnderTest(["--firmware", "arduino-1.4.8"])
        let found = try Self.run("nina", ["probe", "--transport", "\(emulator.transport)"])
        #expect(found.status == .exited(0))
        #expect(found.output.contains("there are no wires to probe"))
        #expect(found.output.contains("10 firmware Arduino 1.4.8: ok\n  it has no BSD sockets, "))

        let wiring = "spi:/no/such/spidev0.0,cs=GPIO5,ready=GPIO24"
        let missing = try Self.run("nina", ["probe"], environment: ["NINA_TRANSPORT": wiring])
        #expect(missing.status == .exited(3))
        #expect(missing.output.hasPrefix("1 SPI device /no/such/spidev0.0: FAILED\n  seen: open "))
        #expect(missing.output.contains("\n  do:   enable SPI: dtparam=spi=on"))

        let wrong = try Self.run("nina", ["probe", "--transport", "spi:/dev/spidev0.0,cs=GPIO5"])
        #expect(wrong.status == .exited(2))
        #expect(wrong.errors.contains("expected ready=LINE"))
    }
}
