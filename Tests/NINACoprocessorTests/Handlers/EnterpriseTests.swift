import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct EnterpriseTests {
    private let ssid = Array("campus".utf8)
    private let user = Array("ada".utf8)
    private let password = Array("engine".utf8)

    private func bench(_ family: CommandFamily = .arduino) throws -> DeviceHarness {
        try DeviceHarness(joined: false) {
            $0.firmware.family = family
            $0.networks.append(
                RadioNetwork(
                    ssid: "campus", secret: .user(Array("ada".utf8), password: Array("engine".utf8)), security: .wpa2,
                    bssid: .zero))
        }
    }

    private func status(_ bench: DeviceHarness) throws -> Int {
        bench.pass(.milliseconds(30))
        return try bench.status()
    }

    /// SET_ENT with name and password.
    private func joinByPassword(_ bench: DeviceHarness, _ ssid: [UInt8], _ user: [UInt8], _ password: [UInt8]) throws
        -> Int
    {
        #expect(try bench.wideByte(0x40, [0], ssid, user, password, Array("outer".utf8), [0]) == 1)
        #expect(try bench.status() == 1)
        return try status(bench)
    }

    @Test func joinsByOneCommand() throws {
        let bench = try bench()
        #expect(try joinByPassword(bench, ssid, user, password) == 3)
        #expect(try bench.ask(0x23) == [ssid])
        #expect(try joinByPassword(bench, ssid + [0], user + [0], password + [0]) == 3)
        #expect(try joinByPassword(bench, ssid, user, Array("wrong".utf8)) == 4)
        #expect(try bench.reason() == 15)
        #expect(try joinByPassword(bench, ssid, Array("bob".utf8), password) == 4)
        #expect(try joinByPassword(bench, Array("nowhere".utf8), user, password) == 4)
        #expect(try bench.reason() == 201)
        // Other kinds of network: an open one checks nothing, one with a passphrase requires that.
        #expect(try joinByPassword(bench, Array("open-net".utf8), user, password) == 3)
        #expect(try joinByPassword(bench, Array("lab-net".utf8), user, password) == 4)
        #expect(throws: Refused.self) { try bench.wideByte(0x40, [0], [], user, password, [], [0]) }
    }

    @Test func noNetworkTakesCertificates() throws {
        let bench = try bench()
        let pem = Array(repeating: UInt8(ascii: "A"), count: 1200) + [0]
        #expect(try bench.wideByte(0x40, [1], ssid, pem, pem, Array("outer".utf8), [0]) == 1)
        #expect(try status(bench) == 4)
        #expect(try bench.reason() == 15)
        #expect(try bench.wideByte(0x40, [1], Array("open-net".utf8), pem, pem, [], [0]) == 1)
        #expect(try status(bench) == 3)
    }

    @Test func otherJoinsAreRefused() throws {
        let bench = try bench()
        #expect(try bench.byte(0x11, ssid, password) == 1)
        #expect(try status(bench) == 4)
        #expect(try bench.byte(0x10, ssid) == 1)
        #expect(try status(bench) == 4)
    }

    @Test func joinsBySeveralCommands() throws {
        let bench = try bench(.adafruit)
        #expect(try bench.byte(0x4A, Array("outer".utf8)) == 1)
        #expect(try bench.byte(0x4B, user) == 1)
        #expect(try bench.byte(0x4C, Array("wrong".utf8)) == 1)
        // Not before enterprise mode is enabled.
        _ = try bench.byte(0x10, ssid)
        #expect(try status(bench) == 4)
        #expect(try bench.byte(0x4F) == 1)
        _ = try bench.byte(0x10, ssid)
        #expect(try status(bench) == 4)
        #expect(try bench.reason() == 15)
        #expect(try bench.byte(0x4C, password + [0]) == 1)
        _ = try bench.byte(0x10, ssid)
        #expect(try status(bench) == 3)
        _ = try bench.byte(0x10, Array("open-net".utf8))
        #expect(try status(bench) == 3)
        // A passphrase joins as before.
        try bench.join()
        bench.reset()
        _ = try bench.byte(0x10, ssid)
        #expect(try status(bench) == 4)
    }
}
