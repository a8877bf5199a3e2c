import LinuxIO
import NINAWire
import Testing

/// `nina example`: each of Arduino's sketches, with its output and the resulting state of the module. Those with peers
/// on the network are in `ExamplePeerTests`.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ExampleTests {
    /// Every example, in the listed order.
    static let names = [
        "ScanNetworks", "ScanNetworksAdvanced", "ConnectNoEncryption", "ConnectWithWEP", "ConnectWithWPA",
        "ConnectWithWPA2Enterprise", "SimpleWebServerWiFi", "AP_SimpleWebServer", "WiFiWebServer", "WiFiChatServer",
        "WiFiAdvancedChatServer", "WiFiPagerServer", "WiFiWebClient", "WiFiWebClientRepeating", "WiFiSSLClient",
        "WiFiUdpSendReceiveString", "WiFiUdpNtpClient", "WiFiPing", "WiFiStorage", "PreferencesCounter",
        "PreferencesValidation", "Prefs2Struct", "CheckFirmwareVersion",
    ]
    private static let once = ["--rounds", "1", "--every", "0"]
    private static let profiles = ["modern", "arduino-2.0.0", "arduino-1.4.8", "adafruit-3.3.0", "adafruit-1.7.7"]

    private func output(
        _ name: String, _ options: [String] = once, on emulator: EmulatorUnderTest? = nil
    ) throws -> [String] {
        try ExampleUnderTest(name, options, on: emulator).end()
    }

    // MARK: The command

    @Test func theListNamesThemAll() throws {
        let lines = try ExampleUnderTest("--every=0", on: nil).end()
        #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.names)
        #expect(lines.allSatisfy { $0.contains("  ") })
        #expect(try ExampleUnderTest("--help", on: nil).end().contains { $0.contains("[NAME]") })
    }

    @Test(arguments: [
        ["NoSuchExample"], ["WiFiPing", "WiFiStorage"], ["WiFiPing", "--no-such-option"],
        ["WiFiPing", "--rounds", "0"],
        ["--transport", "unix:/x"], ["WiFiPing", "--transport", "unix:/x", "--", "--log-level", "debug"],
    ])
    func wrongUsageIsExplained(_ arguments: [String]) throws {
        let example = try ExampleUnderTest(arguments[0], Array(arguments.dropFirst()), on: nil)
        #expect(try example.end(.exited(2)).isEmpty)
        #expect(example.errorText.contains("--help"))
    }

    /// Whether its loop runs, or `setup()` waits for a network that never appears.
    @Test(arguments: [
        (["wifipagerserver"], "Pager server"), (["ConnectWithWPA", "--ssid", "nowhere"], "Attempting"),
        (["ScanNetworks", "--every", "3600"], "1) open-net"),
    ])
    func ctrlCEndsIt(_ arguments: [String], _ sign: String) throws {
        let example = try ExampleUnderTest(arguments[0], Array(arguments.dropFirst()), on: nil)
        try example.waits(for: sign)
        try example.interrupt()
        _ = try example.end()
    }

    @Test func itsOwnEmulatorTakesOptions() throws {
        let lines = try output("ScanNetworks", Self.once + ["--", "--network", "next-door,passphrase=secret-words"])
        #expect(lines.last == "0) next-door\tSignal: -60 dBm\tEncryption: WPA2")
    }

    @Test func aWrongPassphraseIsAFailure() throws {
        let emulator = try EmulatorUnderTest()
        let example = try ExampleUnderTest("ConnectWithWPA", ["--pass", "wrong-horse"], on: emulator)
        _ = try example.end(.exited(1))
        #expect(example.errorText.contains("the network was not joined"))
    }

    // MARK: Networks

    @Test(arguments: profiles) func scans(_ profile: String) throws {
        let emulator = try EmulatorUnderTest(["--firmware", profile])
        let lines = try output("ScanNetworks", ["--rounds", "2", "--every", "0"], on: emulator)
        #expect(lines[0].hasPrefix("MAC: 24:0A:C4:01:"))
        let round: [String] = [
            "Scanning available networks...", "number of available networks: 2",
            "0) lab-net\tSignal: -52 dBm\tEncryption: WPA2", "1) open-net\tSignal: -70 dBm\tEncryption: open",
        ]
        let expected = round + round
        #expect(Array(lines.dropFirst()) == expected)
    }

    @Test(arguments: profiles) func scansAdvanced(_ profile: String) throws {
        let lines = try output("ScanNetworksAdvanced", on: EmulatorUnderTest(["--firmware", profile]))
        #expect(
            lines.dropFirst() == [
                "** Scan Networks **", "number of available networks: 2", "1) WPA2",
                "\tBSSID: 02:00:00:AA:BB:01\tSignal: -52 dBm\tChannel: 6\tSSID: lab-net", "2) open",
                "\tBSSID: 02:00:00:AA:BB:02\tSignal: -70 dBm\tChannel: 11\tSSID: open-net",
            ])
    }

    /// On emulators of their own, with the networks that they need.
    @Test(arguments: [
        ("ConnectNoEncryption", "open-net", "open"), ("ConnectWithWEP", "wep-net", "WEP"),
        ("ConnectWithWPA", "lab-net", "WPA2"), ("ConnectWithWPA2Enterprise", "campus-net", "WPA2"),
    ])
    func joins(_ name: String, _ ssid: String, _ encryption: String) throws {
        let lines = try output(name)
        #expect(lines.first?.hasSuffix("SSID: \(ssid)") == true)
        #expect(lines.contains("You're connected to the network"))
        #expect(lines.contains("Gateway: 127.0.0.1"))
        // Once in setup(), once in the loop.
        #expect(lines.count { $0 == "SSID: \(ssid)" } == 2)
        #expect(lines.count { $0 == "Encryption: \(encryption)" } == 2)
    }

    @Test(arguments: ["modern", "adafruit-3.3.0", "adafruit-1.7.7"])
    func joinsAnEnterpriseNetworkAsItsUser(_ profile: String) throws {
        let emulator = try EmulatorUnderTest([
            "--firmware", profile, "--network", "university,user=emmy,password=noether",
        ])
        let options = ["--ssid", "university", "--user", "emmy", "--pass"]
        let lines = try output("ConnectWithWPA2Enterprise", options + ["noether"] + Self.once, on: emulator)
        #expect(lines.contains("SSID: university"))
        _ = try ExampleUnderTest("ConnectWithWPA2Enterprise", options + ["wrong"], on: emulator).end(.exited(1))
    }

    /// The network's addresses exist only in the module: only its gateway answers, whatever this machine allows.
    @Test func pings() throws {
        let emulator = try EmulatorUnderTest([
            "--network", "lab-net,passphrase=correct-horse,ip=192.168.7.2/24,gateway=192.168.7.1",
            "--host", "gateway.example=192.168.7.1",
        ])
        let found = try output("WiFiPing", ["--host", "gateway.example"] + Self.once, on: emulator)
        #expect(found.contains("IP Address: 192.168.7.2"))
        #expect(found.last?.hasPrefix("Pinging gateway.example: SUCCESS! RTT = ") == true)
        let lost = try output("WiFiPing", ["--host", "192.168.7.9"] + Self.once, on: emulator)
        #expect(lost.last == "Pinging 192.168.7.9: FAILED! No answer")
    }

    // MARK: The module

    @Test(arguments: profiles) func storesAFile(_ profile: String) throws {
        let emulator = try EmulatorUnderTest(["--firmware", profile])
        guard profile != "adafruit-1.7.7" else {
            let example = try ExampleUnderTest("WiFiStorage", on: emulator)
            _ = try example.end(.exited(1))
            #expect(example.errorText.contains("the firmware of the coprocessor has no such command"))
            return
        }
        let lines = [
            "46 bytes written", "The file has 46 bytes:", "The module keeps this when its power is gone.",
        ]
        #expect(try output("WiFiStorage", on: emulator) == lines)
        let erased = ["There is a file of 46 bytes: it is erased"]
        #expect(try output("WiFiStorage", on: emulator) == erased + lines)
    }

    @Test func countsRestarts() throws {
        let emulator = try EmulatorUnderTest()
        let lines = try output("PreferencesCounter", ["--rounds", "2", "--every", "0"], on: emulator)
        #expect(lines == ["Current counter value: 1", "Restarting...", "Current counter value: 2"])
        #expect(try output("PreferencesCounter", on: emulator) == ["Current counter value: 3"])
    }

    @Test func storesEveryType() throws {
        let lines = try output("PreferencesValidation")
        #expect(lines.count { $0.hasSuffix(": ok") } == 14)
        #expect(lines.last == "All values are as they were stored")
    }

    @Test func storesStructs() throws {
        let lines = [
            "9:30 tone 1, volume 5", "20:15 tone 2, volume 3", "23:00 tone 3, volume 1", "4 alarms are stored",
        ]
        #expect(try output("Prefs2Struct") == lines)
    }

    @Test(arguments: [
        ("modern", "3.5.0", "PASSED"), ("arduino-1.4.8", "1.4.8", "NOT PASSED"), ("adafruit-3.3.0", "3.3.0", "PASSED"),
    ])
    func checksTheFirmware(_ profile: String, _ version: String, _ result: String) throws {
        let lines = try output("CheckFirmwareVersion", on: EmulatorUnderTest(["--firmware", profile]))
        #expect(lines.contains("Firmware version installed: \(version)"))
        #expect(lines.contains("Check result: \(result)"))
    }
}
