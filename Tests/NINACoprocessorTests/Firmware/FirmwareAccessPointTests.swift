import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// Access points, networks and scans of each firmware: Protocol/dialects.md, SET_AP_NET, GET_CONN_STATUS, SCAN_NETWORKS.
@Suite(.timeLimit(.minutes(10))) struct FirmwareAccessPointTests {
    private let name = Array("my-ap".utf8)
    private static let others = Firmware.all.filter { "\($0.name)" != "adafruit-3.3.0" }

    private func bench(
        _ firmware: Firmware, joined: Bool = false, _ change: (inout Configuration) -> Void = { _ in }
    ) throws -> DeviceHarness {
        try DeviceHarness(joined: joined) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            change(&$0)
        }
    }

    private func secured(_ bench: DeviceHarness, _ passphrase: String) throws -> Int {
        try bench.byte(0x19, name, Array(passphrase.utf8), [6])
    }

    @Test(arguments: others) func anAccessPointIsReported(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        let listener = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(3, to: 7))
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try bench.status() == 7)
        #expect(try bench.ask(0x23) == [name])
        #expect(try bench.ask(0x21)[0] == [192, 168, 4, 1])
        #expect(try bench.ask(0x25) == [[0, 0, 0, 0]])
        // Its own address, last octet first, which is the BSSID too.
        #expect(try bench.ask(0x22) == [[0x04, 0x02, 0x01, 0xC4, 0x0A, 0x24]])
        #expect(try bench.ask(0x24) == bench.ask(0x22))
        let outlives = firmware.quirks.contains(.connectionsOutliveNetwork)
        #expect(try bench.state(3) == (outlives ? 4 : 0))
        #expect(listener.accepted[0].isFinished != outlives)
    }

    /// Replacing one that runs, the failure looks idle, except in `modern`.
    @Test(arguments: others) func aShortPassphraseFails(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        #expect(try secured(bench, "1234567") == 0)
        #expect(try bench.status() == 9)
        #expect(try secured(bench, "12345678") == 1)
        #expect(try bench.status() == 7)
        #expect(try secured(bench, "1234567") == 0)
        #expect(try bench.status() == ("\(firmware.name)" == "modern" ? 9 : 0))
    }

    /// 3.3.0 runs it beside its station, and reports the station.
    @Test func firmware330ReportsItsStation() throws {
        let bench = try bench(.adafruit330)
        #expect(try secured(bench, "1234567") == 0)
        #expect(try bench.status() == 0)
        #expect(try secured(bench, "12345678") == 1)
        #expect(try bench.status() == 254)
        #expect(try bench.ask(0x23) == [[]])
        #expect(try bench.ask(0x21)[0] == [0, 0, 0, 0])
        #expect(try bench.ask(0x22) == [[0x24, 0x0A, 0xC4, 0x01, 0x02, 0x03]])
        // Its network works.
        let server = try bench.startedServer()
        let (client, _) = try bench.servedClient(server)
        #expect(try bench.state(client) == 4)
        try bench.join()
        #expect(try bench.status() == 3)
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(3, to: 7))
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try secured(bench, "1234567") == 0)
        #expect(try bench.status() == 3)
        #expect(try bench.state(3) == 4)
        #expect(try bench.ask(0x23) == [Array("lab-net".utf8)])
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.status() == 6)
    }

    @Test(arguments: Firmware.all) func disconnectChangesTheStatusOfAConnectionOnly(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.status() == 0)
        #expect(try bench.byte(0x11, Array("nowhere".utf8), Array("correct-horse".utf8)) == 1)
        bench.pass(.milliseconds(30))
        #expect(try bench.status() == 4)
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.status() == 4)
        try bench.join()
        #expect(try bench.byte(0x30, [0xFF]) == 1)
        #expect(try bench.status() == 6)
    }

    // MARK: Networks

    @Test(arguments: Firmware.all) func aScanMayEndTheConnection(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(3, to: 7))
        #expect(try bench.ask(0x27).count == 2)
        let ends = ["arduino-2.0.0", "arduino-1.4.8", "adafruit-1.2.2"].contains("\(firmware.name)")
        #expect(try bench.status() == (ends ? 2 : 3))
        #expect(try bench.state(3) == (ends ? 0 : 4))
        #expect(try bench.byte(0x36) == 1, "START_SCAN_NETWORKS does nothing")
        #expect(try bench.status() == (ends ? 2 : 3))
    }

    /// All channels are scanned and the strongest wins, or the first one found.
    @Test(arguments: Firmware.all) func oneOfTwoAccessPointsIsJoined(_ firmware: Firmware) throws {
        let bench = try bench(firmware) {
            $0.networks = [
                RadioNetwork(ssid: "two", rssi: -80, bssid: MACAddress(rawValue: 1)),
                RadioNetwork(ssid: "two", rssi: -40, bssid: MACAddress(rawValue: 2)),
            ]
        }
        _ = try bench.byte(0x10, Array("two".utf8))
        bench.pass(.milliseconds(30))
        #expect(try bench.status() == 3)
        #expect(try bench.byte(0x25) == ("\(firmware.name)" == "adafruit-1.7.7" ? 0xFFFF_FFD8 : 0xFFFF_FFB0))
    }

    @Test(arguments: Firmware.all) func encryptionHasItsNumbers(_ firmware: Firmware) throws {
        let kinds: [EncryptionType] = [.open, .wep, .wpa, .wpa2, .wpa2]
        let bench = try bench(firmware) {
            $0.networks = kinds.map {
                RadioNetwork(ssid: "net", secret: .any, security: $0, bssid: MACAddress(rawValue: 1))
            }
            $0.networks[0].ssid = Array("free".utf8)
            $0.networks[0].secret = .none
            $0.networks[4].ssid = Array("campus".utf8)
            $0.networks[4].secret = .user(Array("ada".utf8), password: Array("engine".utf8))
        }
        #expect(try bench.byte(0x26) == 7)
        _ = try bench.ask(0x27)
        let numbers =
            switch "\(firmware.name)" {
            case "modern": [7, 5, 2, 4, 4]
            case "adafruit-3.3.0": [0, 1, 2, 3, 5]
            default: [7, 5, 2, 4, 255]
            }
        for (index, number) in numbers.enumerated() { #expect(try bench.byte(0x33, [UInt8(index)]) == number) }
        _ = try bench.byte(0x11, Array("net".utf8), Array("secret-key".utf8))
        bench.pass(.milliseconds(30))
        #expect(try bench.byte(0x26) == 5)
    }

    /// The index is neither checked nor needed; a key of an open network is ignored except in 3.3.0 and `modern`.
    @Test(arguments: Firmware.all) func keysHaveAnIndexThatIsIgnored(_ firmware: Firmware) throws {
        for index in [0, 1, 200] as [UInt8] {
            let bench = try bench(firmware)
            #expect(try bench.byte(0x12, Array("lab-net".utf8), [index], Array("correct-horse".utf8)) == 1)
            bench.pass(.milliseconds(30))
            #expect(try bench.status() == 3)
        }
        let bench = try bench(firmware)
        let admits = !["modern", "adafruit-3.3.0"].contains("\(firmware.name)")
        #expect(try bench.byte(0x12, Array("open-net".utf8), [0], [1, 2, 3]) == 1)
        bench.pass(.milliseconds(30))
        #expect((try bench.status() == 3) == admits)
        #expect(try bench.byte(0x11, Array("open-net".utf8), Array("anything".utf8)) == 1)
        bench.pass(.milliseconds(30))
        #expect((try bench.status() == 3) == admits)
    }

    @Test(arguments: Firmware.all.filter { $0.serves(.getDnsConfig) })
    func zeroKeepsANameServer(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        #expect(try bench.byte(0x15, [0], [9, 9, 9, 9], [8, 8, 8, 8]) == 1)
        #expect(try bench.ask(0x1E) == [[9, 9, 9, 9], [8, 8, 8, 8]])
        #expect(try bench.byte(0x15, [2], [0, 0, 0, 0], [7, 7, 7, 7]) == 1)
        #expect(try bench.ask(0x1E) == [[9, 9, 9, 9], [7, 7, 7, 7]])
    }

    @Test(arguments: Firmware.all) func theLastAddressStaysOrNot(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        let address = try bench.ask(0x21)[0]
        #expect(address != [0, 0, 0, 0])
        #expect(try bench.byte(0x30) == 1)
        let stays = !["modern", "adafruit-3.3.0"].contains("\(firmware.name)")
        #expect(try bench.ask(0x21)[0] == (stays ? address : [0, 0, 0, 0]))
    }

    @Test(arguments: Firmware.all) func hardwareAddressesHaveAnOrder(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        let isNatural = "\(firmware.name)" == "adafruit-3.3.0"
        func ordered(_ octets: [UInt8]) -> [UInt8] { isNatural ? octets : octets.reversed() }
        #expect(try bench.ask(0x22) == [ordered([0x24, 0x0A, 0xC4, 0x01, 0x02, 0x03])])
        #expect(try bench.ask(0x24) == [ordered([2, 0, 0, 0xAA, 0xBB, 1])])
        _ = try bench.ask(0x27)
        #expect(try bench.ask(0x3C, [0]) == [ordered([2, 0, 0, 0xAA, 0xBB, 1])])
        // Beyond the last network every value is neutral; firmware reads past its table.
        #expect(try bench.ask(0x3C, [200]) == [[0, 0, 0, 0, 0, 0]])
        #expect(try bench.byte(0x32, [200]) == 0 && bench.byte(0x3D, [200]) == 0)
    }
}
