import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct RadioChangeTests {
    private let lab = Array("lab-net".utf8)

    private func scan(_ bench: DeviceHarness) throws -> [[UInt8]] { try bench.ask(0x27) }

    private func tryToJoin(_ bench: DeviceHarness, _ passphrase: String = "correct-horse") throws {
        _ = try bench.byte(0x11, lab, Array(passphrase.utf8))
        bench.pass(.milliseconds(30))
    }

    @Test func aLostNetworkEndsItsConnections() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (client, peer) = try bench.acceptedClient(server)
        try bench.device.apply(.loseNetwork(ssid: lab, for: .seconds(30)), at: bench.now)
        #expect(try bench.status() == 5)
        #expect(try bench.byte(0x1F) == 200)
        #expect(peer.isFinished)
        #expect(try bench.state(client) == 0)
        #expect(try bench.listens(server))
        #expect(try bench.ask(0x25) == [[0, 0, 0, 0]])
        #expect(try scan(bench) == [Array("open-net".utf8)])
        try tryToJoin(bench)
        #expect(try bench.byte(0x1F) == 201)
        let report = bench.device.report(at: bench.now)
        #expect(report.networks[0].isInRange == false)
        #expect(try #require(report.networks[0].returnsIn) > .seconds(29))
    }

    @Test func itComesBackAfterItsTime() throws {
        let bench = try DeviceHarness()
        try bench.device.apply(.loseNetwork(ssid: lab, for: .seconds(30)), at: bench.now)
        bench.pass(.milliseconds(29_960))
        // The scan takes 30 ms.
        #expect(try scan(bench).count == 1)
        bench.pass(.milliseconds(10))
        #expect(try scan(bench).count == 2)
        try tryToJoin(bench)
        #expect(try bench.status() == 3)
        #expect(bench.device.nextDeadline == nil)
        try bench.device.apply(.loseNetwork(ssid: lab, for: nil), at: bench.now)
        bench.pass(.seconds(100_000))
        #expect(try scan(bench).count == 1)
    }

    /// What is around a module does not change because it restarts.
    @Test func changesOutliveResets() throws {
        let bench = try DeviceHarness()
        try bench.device.apply(.loseNetwork(ssid: lab, for: .seconds(30)), at: bench.now)
        try bench.device.apply(.joinDelay(.seconds(2)), at: bench.now)
        try bench.device.apply(.time(1000), at: bench.now)
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(bench.device.report(at: bench.now).networks[0].isInRange == false)
        bench.pass(.seconds(30))
        _ = try bench.byte(0x10, Array("open-net".utf8))
        bench.pass(.milliseconds(1999))
        #expect(try bench.status() == 1)
        bench.pass(.milliseconds(1))
        #expect(try bench.status() == 3)
        #expect(try bench.byte(0x3B) == 1032)
    }

    @Test func networksComeAndGo() throws {
        let bench = try DeviceHarness()
        let shop = RadioNetwork(ssid: "shop", channel: 3, bssid: MACAddress(rawValue: 7))
        try bench.device.apply(.addNetwork(shop), at: bench.now)
        #expect(try scan(bench).last == Array("shop".utf8))
        #expect(try bench.status() == 3)
        try bench.device.apply(.removeNetwork(ssid: lab), at: bench.now)
        #expect(try bench.status() == 5)
        #expect(try scan(bench) == [Array("open-net".utf8), Array("shop".utf8)])
        // The same one again: it is replaced, and not lost.
        _ = try bench.byte(0x10, Array("shop".utf8))
        bench.pass(.milliseconds(30))
        var louder = shop
        louder.rssi = -20
        try bench.device.apply(.addNetwork(louder), at: bench.now)
        #expect(try bench.status() == 3)
        #expect(try bench.byte(0x25) == 0xFFFF_FFEC)
        #expect(try scan(bench).count == 2)
    }

    @Test func anotherPassphraseFailsTheNextJoin() throws {
        let bench = try DeviceHarness()
        try bench.device.apply(.secret(ssid: lab, .text(Array("battery-staple".utf8))), at: bench.now)
        #expect(try bench.status() == 3)
        try tryToJoin(bench)
        #expect(try bench.byte(0x1F) == 15)
        #expect(try bench.status() == 4)
        try tryToJoin(bench, "battery-staple")
        #expect(try bench.status() == 3)
    }

    @Test func joinsFailWithAReason() throws {
        let bench = try DeviceHarness { $0.firmware = .arduino200 }
        try bench.device.apply(.failJoins(ssid: lab, reason: 203), at: bench.now)
        try tryToJoin(bench)
        #expect(try (bench.status(), bench.byte(0x1F)) == (1, 203))
        try bench.device.apply(.failJoins(ssid: lab, reason: nil), at: bench.now)
        try tryToJoin(bench)
        #expect(try bench.status() == 3)
    }

    @Test func theSignalShowsAndAWeakOneLoses() throws {
        let bench = try DeviceHarness()
        try bench.device.apply(.signal(ssid: lab, rssi: -80), at: bench.now)
        #expect(try bench.byte(0x25) == 0xFFFF_FFB0)
        bench.pass(.seconds(1000))
        #expect(try bench.status() == 3)
        try bench.device.apply(.signal(ssid: lab, rssi: -94), at: bench.now)
        #expect(try bench.status() == 3)
        bench.pass(.seconds(30))
        #expect(try (bench.status(), bench.byte(0x1F)) == (5, 200))
        #expect(try scan(bench).count == 2)
        var joins = 0
        for _ in 0..<100 {
            try tryToJoin(bench)
            if try bench.status() == 3 { joins += 1 } else { #expect(try bench.byte(0x1F) == 201) }
        }
        #expect((30...70).contains(joins), "half of the joins at -94 dBm")
        try bench.device.apply(.signal(ssid: lab, rssi: -99), at: bench.now)
        #expect(try scan(bench).count == 1)
        try bench.device.apply(.signal(ssid: lab, rssi: -50), at: bench.now)
        try tryToJoin(bench)
        bench.pass(.seconds(1000))
        #expect(try bench.status() == 3)
    }

    /// Of a join in progress too.
    @Test func aNetworkThatGoesFailsTheJoin() throws {
        let bench = try DeviceHarness(joined: false)
        _ = try bench.byte(0x11, lab, Array("correct-horse".utf8))
        try bench.device.apply(.removeNetwork(ssid: lab), at: bench.now)
        bench.pass(.milliseconds(30))
        #expect(try (bench.status(), bench.byte(0x1F)) == (4, 201))
    }

    @Test func stationsJoinTheAccessPoint() throws {
        let bench = try DeviceHarness(joined: false)
        let first = MACAddress(rawValue: 1)
        #expect(throws: ChangeError("stationJoins", expected: "an access point of the module", got: "none")) {
            try bench.device.apply(.stationJoins(first), at: bench.now)
        }
        #expect(try bench.byte(0x18, Array("own".utf8), [6]) == 1)
        for number in 1...4 {
            try bench.device.apply(.stationJoins(MACAddress(rawValue: UInt64(number))), at: bench.now)
            #expect(try bench.status() == 8)
        }
        #expect(throws: ChangeError.self) {
            try bench.device.apply(.stationJoins(MACAddress(rawValue: 5)), at: bench.now)
        }
        #expect(bench.device.report(at: bench.now).accessPoint?.stations.count == 4)
        for number in 1...4 {
            #expect(try bench.status() == 8)
            try bench.device.apply(.stationLeaves(MACAddress(rawValue: UInt64(number))), at: bench.now)
        }
        #expect(try bench.status() == 7)
        #expect(throws: ChangeError.self) { try bench.device.apply(.stationLeaves(first), at: bench.now) }
    }

    /// Adafruit's 3.x reports the station only.
    @Test func stationsAreNotReportedBesideAStation() throws {
        let bench = try DeviceHarness { $0.firmware = .adafruit330 }
        #expect(try bench.byte(0x18, Array("own".utf8), [6]) == 1)
        try bench.device.apply(.stationJoins(MACAddress(rawValue: 1)), at: bench.now)
        #expect(try bench.status() == 3)
    }
}
