import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import Testing

/// Joins, echo requests, pins and the time of day with an emulator process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StationScenarioTests {
    private static var mayPing: Bool {
        do throws(LinuxError) {
            _ = try ICMPSocket(timeToLive: 64)
            return true
        } catch {
            return false
        }
    }

    @Test(.enabled(if: mayPing, "needs CAP_NET_RAW or a group in net.ipv4.ping_group_range"))
    func thisMachineAnswersEchoRequests() throws {
        let emulator = try EmulatorUnderTest()
        let hosts = [try emulator.commandHost(), try emulator.commandHost()]
        for _ in 0..<3 {
            for host in hosts {
                let time = try host.run(Ping(address: .loopback, ttl: 64)).milliseconds
                #expect((0..<5000).contains(time))
            }
        }
        let other = try hosts[1].address
        #expect(try hosts[0].run(Ping(address: other, ttl: 1)).milliseconds >= 0)
        _ = try hosts[0].run(Disconnect())
        #expect(try hosts[0].run(Ping(address: .loopback, ttl: 64)).milliseconds == -1)
    }

    @Test func aNetworkThatIsOnlyReportedHasAGateway() throws {
        let emulator = try EmulatorUnderTest(["--network", "lab-net,passphrase=*,ip=198.18.7.77/24,dns=198.18.7.2"])
        let host = try emulator.commandHost()
        #expect(try host.address == IPv4Address(198, 18, 7, 77))
        #expect(try host.run(Ping(address: IPv4Address(198, 18, 7, 1), ttl: 64)).milliseconds >= 0)
        #expect(try host.run(GetDnsConfig()).first == IPv4Address(198, 18, 7, 2))
        // Nothing is sent to other machines there.
        #expect(try host.setDestination(IPv4Address(198, 18, 7, 9), 5000))
        #expect(try !host.send([1]))
        #expect(try host.setDestination(.loopback, 5000))
        #expect(try host.send([1]))
    }

    @Test func theTimeIsWhatTheOptionSays() throws {
        let emulator = try EmulatorUnderTest(["--time", "fixed:1700000000"])
        let host = try emulator.commandHost(joined: false)
        #expect(try host.run(GetTime()).seconds == 0)
        try host.join()
        #expect(try host.run(GetTime()).seconds == 1_700_000_000)
    }

    /// The longest one does not overflow.
    @Test(arguments: [
        ("real", true), ("zero-for:0", true), ("zero-for:3600", false), ("zero-for:\(UInt64.max)", false),
    ])
    func theTimeMayBeKnownLate(_ option: String, _ isKnown: Bool) throws {
        let emulator = try EmulatorUnderTest(["--time", option])
        let before = TimeOfDay.seconds()
        let time = try emulator.commandHost().run(GetTime()).seconds
        #expect(isKnown ? (before...before + 60).contains(time) : time == 0)
    }

    @Test func enterpriseNetworksWantANameAndAPassword() throws {
        let emulator = try EmulatorUnderTest(["--network", "campus,user=ada,password=engine"])
        let host = try emulator.commandHost(joined: false)
        var command = SetEnt(method: .peap)
        command.ssid = ArraySlice("campus".utf8)
        command.username = ArraySlice("ada".utf8)
        command.password = ArraySlice("wrong".utf8)
        command.identity = ArraySlice("outer".utf8)
        command.rootCA = [0]
        #expect(try host.acknowledge(command))
        #expect(try host.joinResult() == .connectFailed)
        #expect(try host.run(GetReasonCode()).reason == 15)
        command.password = ArraySlice("engine".utf8)
        #expect(try host.acknowledge(command))
        #expect(try host.joinResult() == .connected)
        #expect(try host.run(GetReasonCode()).reason == 0)
        #expect(try host.run(GetCurrEnct()).type == .wpa2)
        #expect(try host.acknowledge(SetNet(ssid: ArraySlice("campus".utf8))))
        #expect(try host.joinResult() == .connectFailed)
    }

    @Test(arguments: [
        ("modern", 204, 4), ("arduino-2.0.0", 204, 6), ("arduino-2.0.0", 202, 4), ("arduino-2.0.0", 2, 6),
    ])
    func aNetworkRefusesForAReason(_ firmware: String, _ reason: UInt8, _ status: UInt8) throws {
        let emulator = try EmulatorUnderTest([
            "--firmware", firmware, "--network", "lab-net,passphrase=correct-horse,reason=\(reason)",
        ])
        let host = try emulator.commandHost(joined: false)
        let wrong = SetPassphrase(ssid: ArraySlice("lab-net".utf8), passphrase: ArraySlice("wrong-horse".utf8))
        #expect(try host.acknowledge(wrong))
        #expect(try host.joinResult() == ConnectionStatus(rawValue: status))
        #expect(try host.run(GetReasonCode()).reason == reason)
        try host.join()
        #expect(try host.run(GetReasonCode()).reason == 0)
    }

    @Test func accessPointsAreForTheHostToMake() throws {
        let emulator = try EmulatorUnderTest()
        let host = try emulator.commandHost(joined: false)
        let name = ArraySlice("my-ap".utf8)
        #expect(try !host.acknowledge(SetApPassphrase(ssid: name, passphrase: ArraySlice("short".utf8), channel: 1)))
        #expect(try host.run(GetConnStatus()).status == .apFailed)
        #expect(try host.acknowledge(SetApNet(ssid: name, channel: 6)))
        #expect(try host.run(GetConnStatus()).status == .apListening)
        #expect(try host.address == IPv4Address(192, 168, 4, 1))
        // Datagrams work in the module's own network.
        #expect(try host.serve(5700))
        try host.join()
        try UDPPeer().send([1], to: host.address, 5700)
        #expect(try host.waitForInterrupt())
        #expect(try host.receive() == [1])
    }

    @Test(
        arguments: [
            ["--time", "fixed"], ["--time", "fixed:x"], ["--time", "zero-for:-1"], ["--time", "real:1"],
            ["--time", ""],
            ["--network", "campus,user=ada"], ["--network", "campus,password=x"],
            ["--network", "campus,user=ada,password=x,passphrase=y"],
            ["--network", "campus,user=ada,password=x,security=open"], ["--network", "campus,user=,password=x"],
            ["--network", "lab-net,reason=0"], ["--network", "lab-net,reason=256"], ["--network", "lab-net,reason=x"],
        ])
    func optionsThatMakeNoSenseAreRefused(_ options: [String]) throws {
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"),
            ["--socket", EmulatorUnderTest.freshSocketPath()] + options,
            output: .discard, errors: .discard)
        let status = try child.wait(timeoutNanoseconds: 10_000_000_000)
        if status == nil { try child.terminate(Signals.kill) }
        #expect(status == .exited(2))
    }
}
