import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// The station of each firmware: Protocol/dialects.md, Joining and the commands of the station.
@Suite(.timeLimit(.minutes(10))) struct FirmwareStationTests {
    fileprivate func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    fileprivate func bench(_ firmware: Firmware, reason: UInt8 = 15, joined: Bool = false) throws -> DeviceHarness {
        try DeviceHarness(joined: joined) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            $0.networks[0].refusalReason = reason
        }
    }

    /// The status and reason of a join that was refused, or found no network.
    private func refusal(_ bench: DeviceHarness, _ name: String = "lab-net") throws -> (status: Int, reason: UInt8) {
        #expect(try bench.byte(0x11, text(name), text("wrong-horse")) == 1)
        #expect(try bench.status() == 1)
        bench.pass(.milliseconds(30))
        return (try bench.status(), bench.device.device.station.radio.reason)
    }

    @Test(arguments: Firmware.all) func aWrongPassphraseIsAHandshakeTimeout(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let (status, reason) = try refusal(bench)
        #expect(reason == 15)
        #expect(status == ("\(firmware.name)" == "modern" ? 4 : 6))
        if firmware.serves(.getReasonCode) { #expect(try bench.ask(0x1F) == [[15]]) }
        let (missing, why) = try refusal(bench, "nowhere")
        #expect(missing == 4 && why == 201)
    }

    /// The statuses for the reasons 2, 15, 201, 202, 203 and 204.
    @Test(arguments: [
        ("modern", [4, 4, 4, 4, 4, 4]), ("arduino-2.0.0", [6, 6, 4, 4, 1, 6]), ("arduino-1.4.8", [6, 6, 4, 4, 1, 6]),
        ("adafruit-1.2.2", [6, 6, 4, 4, 1, 6]), ("adafruit-1.7.7", [6, 6, 4, 4, 4, 6]),
        ("adafruit-3.3.0", [6, 6, 4, 4, 6, 6]),
    ])
    func theReasonDecidesTheStatus(_ name: String, _ statuses: [Int]) throws {
        let firmware = try #require(Firmware.all.first { "\($0.name)" == name })
        for (reason, expected) in zip([2, 15, 201, 202, 203, 204] as [UInt8], statuses) {
            let (status, found) = try refusal(bench(firmware, reason: reason))
            #expect(status == expected && found == reason)
        }
    }

    @Test func aReasonIsClearedByAConnection() throws {
        let bench = try bench(.modern)
        _ = try refusal(bench)
        try bench.join()
        #expect(try bench.ask(0x1F) == [[0]])
        let rewritten = try self.bench(.adafruit330)
        #expect(try rewritten.ask(0x1F) == [[1]])
        try rewritten.join()
        #expect(try rewritten.ask(0x1F) == [[1]])
        _ = try refusal(rewritten)
        try rewritten.join()
        #expect(try rewritten.ask(0x1F) == [[15]])
    }

    // MARK: Addresses

    private func fix(_ bench: DeviceHarness, _ address: [UInt8]) throws {
        #expect(try bench.byte(0x14, [3], address, [10, 9, 8, 1], [255, 255, 0, 0]) == 0)
    }

    @Test(arguments: Firmware.all) func aStaticAddressIsReportedAtOnce(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        #expect(try bench.ask(0x21) == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
        try fix(bench, [10, 9, 8, 7])
        // SET_IP_CONFIG has address, gateway, mask; GET_IPADDR address, mask, gateway.
        let fixed: [[UInt8]] = [[10, 9, 8, 7], [255, 255, 0, 0], [10, 9, 8, 1]]
        #expect(try bench.ask(0x21) == fixed)
        _ = try refusal(bench)
        #expect(try bench.ask(0x21) == fixed)
        try bench.join()
        #expect(try bench.ask(0x21) == fixed)
        try fix(bench, [10, 9, 8, 9])
        #expect(try bench.ask(0x21)[0] == [10, 9, 8, 9])
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.ask(0x21)[0] == [10, 9, 8, 9])
        bench.reset()
        #expect(try bench.ask(0x21)[0] == [0, 0, 0, 0])
    }

    @Test(arguments: Firmware.all) func zeroReturnsToDHCPOrNot(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        try fix(bench, [10, 9, 8, 7])
        try bench.join()
        try fix(bench, [0, 0, 0, 0])
        let returnsAtOnce = firmware.dialect.addressRule == .untilZero
        #expect(try bench.ask(0x21)[0] == (returnsAtOnce ? [127, 1, 0, 1] : [0, 0, 0, 0]))
        try bench.join()
        let isForGood = ["arduino-2.0.0", "arduino-1.4.8", "adafruit-1.2.2"].contains("\(firmware.name)")
        #expect(try bench.ask(0x21)[0] == (isForGood ? [0, 0, 0, 0] : [127, 1, 0, 1]))
    }

    @Test(arguments: Firmware.all) func aSecondJoinKeepsTheLeaseInOneFirmware(_ firmware: Firmware) throws {
        let bench = try DeviceHarness(joined: false) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            $0.networks[0].address = IPv4Address(192, 168, 7, 77)
            $0.networks[0].prefixLength = 24
            $0.networks[1].address = IPv4Address(10, 1, 2, 3)
        }
        try bench.join()
        #expect(try bench.ask(0x21)[0] == [192, 168, 7, 77])
        _ = try bench.byte(0x10, text("open-net"))
        bench.pass(.milliseconds(30))
        #expect(try bench.status() == 3)
        let keeps = "\(firmware.name)" == "adafruit-1.7.7"
        #expect(try bench.ask(0x21)[0] == (keeps ? [192, 168, 7, 77] : [10, 1, 2, 3]))
        bench.reset()
        _ = try bench.byte(0x10, text("open-net"))
        bench.pass(.milliseconds(30))
        #expect(try bench.ask(0x21)[0] == [10, 1, 2, 3])
    }

    // MARK: Connections and scans

    @Test(arguments: Firmware.all) func leavingANetworkClosesConnectionsOrNot(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        let listener = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
        #expect(try bench.connect(0, to: 80))
        let peer = try #require(listener.accepted.first)
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.status() == 6)
        let stays = "\(firmware.name)" == "adafruit-1.7.7"
        #expect(peer.isFinished != stays)
        #expect(try bench.state(0) == (stays ? 4 : 0))
    }

    @Test(arguments: Firmware.all) func scansReportTenNetworksOrAll(_ firmware: Firmware) throws {
        let bench = try DeviceHarness(joined: false) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            $0.networks = (0..<130).map {
                RadioNetwork(ssid: String(repeating: "x", count: 32), channel: UInt8($0), bssid: .zero)
            }
        }
        // 123 names of 32 bytes and their lengths fill a reply of 4092 bytes.
        let count = "\(firmware.name)" == "adafruit-3.3.0" ? 123 : 10
        #expect(try bench.ask(0x27).count == count)
        #expect(try bench.ask(0x3D, [UInt8(count - 1)]) == [[UInt8(count - 1)]])
        #expect(try bench.ask(0x3D, [UInt8(count)]) == [[0]])
    }

    // MARK: Connects

    /// Milliseconds until START_CLIENT to a host that never answers has failed.
    private func connectTime(_ firmware: Firmware, _ milliseconds: UInt16?, name: String? = nil) throws -> UInt64 {
        let bench = try bench(firmware, joined: true)
        bench.network.hosts["box"] = DeviceHarness.outside
        bench.network.answersAtOnce = false
        let start = bench.now
        var reply = bench.start(DeviceHarness.connectWindow(0, to: 80, name: name, milliseconds: milliseconds))
        bench.network.resolveNow()
        var rounds = Rounds(10)
        while reply == nil, rounds.next() {
            // READY stays high meanwhile.
            #expect(bench.finish() == nil)
            bench.pass(try #require(bench.device.nextDeadline).nanoseconds(since: bench.now).asDuration)
            reply = bench.finish()
        }
        #expect(try DeviceHarness.parameters(of: #require(reply), 0x2D) == [])
        return bench.milliseconds(since: start)
    }

    @Test(arguments: Firmware.all) func connectsBlockUntilLwipGivesUp(_ firmware: Firmware) throws {
        let isModern = "\(firmware.name)" == "modern"
        #expect(try connectTime(firmware, nil) == (isModern ? 5000 : 18_000))
        #expect(try connectTime(firmware, 0) == (isModern ? 5000 : 18_000))
        // The firmware ignores the time-out parameter.
        #expect(try connectTime(firmware, 700) == (isModern ? 700 : 18_000))
        #expect(try connectTime(firmware, 60_000, name: "box") == (isModern ? 60_000 : 18_000))
    }
}

extension FirmwareStationTests {
    @Test(arguments: Firmware.all.filter { $0.serves(.bsdConnect) })
    func connectsOfBSDSocketsBlockToo(_ firmware: Firmware) throws {
        let bench = try bench(firmware, joined: true)
        bench.network.answersAtOnce = false
        let isModern = "\(firmware.name)" == "modern"
        let socket = try bench.socket()
        // lwip's connect has no time-out parameter.
        #expect(try bench.set(socket, 0x1005, [2, 0, 0, 0, 0, 0, 0, 0]) == 1)
        let start = bench.now
        #expect(try bench.connect(socket, to: Endpoint(address: DeviceHarness.outside, port: 7)) == 0)
        #expect(bench.milliseconds(since: start) == (isModern ? 2000 : 18_000))
        #expect(try bench.errno() == (isModern ? 11 : 113))
    }
}

extension FirmwareStationTests {
    /// The longest texts that fit firmware's buffers; one byte more would overwrite its memory.
    @Test(arguments: Firmware.all) func textsLongerThanABufferAreRefused(_ firmware: Firmware) throws {
        let isModern = "\(firmware.name)" == "modern"
        let storage = MemoryStorage()
        let bench = try DeviceHarness(storage: storage) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
        }
        func refuses(_ opcode: Opcode, _ limit: Int, _ window: ([UInt8]) -> [UInt8]) throws {
            guard firmware.serves(opcode), firmware.family == opcode.family || opcode.byte < 0x40 || opcode.byte > 0x4F
            else { return }
            var lines: [String] = []
            bench.device.log = { lines.append($1) }
            _ = try bench.exchange(window(Array(repeating: 97, count: limit)))
            #expect(!lines.contains { $0.contains("has room for") })
            _ = try bench.exchange(window(Array(repeating: 97, count: limit + 1)))
            #expect(lines.contains { $0.contains("has room for") } != isModern)
        }
        try refuses(.setKey, 26) { DeviceHarness.window(0x12, [text("lab-net"), [1], $0]) }
        try refuses(.setEnt, 128) { DeviceHarness.wideWindow(0x40, [[0], text("lab-net"), $0, $0, $0, [0]]) }
        try refuses(.setEntIdent, 32) { DeviceHarness.window(0x4A, [$0]) }
        try refuses(.setEntUname, 32) { DeviceHarness.window(0x4B, [$0]) }
        try refuses(.setEntPasswd, 32) { DeviceHarness.window(0x4C, [$0]) }
        try refuses(.downloadFile, 64) { DeviceHarness.window(0x64, [$0, text("page")]) }
        try refuses(.downloadOTA, 128) { DeviceHarness.window(0x67, [$0]) }
    }
}

extension UInt64 {
    fileprivate var asDuration: Duration { .nanoseconds(Int64(self)) }
}
