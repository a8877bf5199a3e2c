import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct StationConfigTests {
    private func fix(_ bench: DeviceHarness, _ address: [UInt8]) throws -> Int {
        try bench.byte(0x14, [3], address, [10, 9, 8, 1], [255, 255, 0, 0])
    }

    @Test func aFixedAddressAndBack() throws {
        let bench = try DeviceHarness(joined: false)
        // 0 is not an error: every firmware answers it.
        #expect(try fix(bench, [10, 9, 8, 7]) == 0)
        #expect(try bench.ask(0x21) == [[10, 9, 8, 7], [255, 255, 0, 0], [10, 9, 8, 1]])
        try bench.join()
        #expect(try bench.ask(0x21) == [[10, 9, 8, 7], [255, 255, 0, 0], [10, 9, 8, 1]])
        #expect(try fix(bench, [10, 9, 8, 9]) == 0)
        #expect(try bench.ask(0x21)[0] == [10, 9, 8, 9])
        #expect(try fix(bench, [0, 0, 0, 0]) == 0)
        #expect(try bench.ask(0x21) == [[127, 1, 0, 1], [255, 0, 0, 0], [127, 0, 0, 1]])
        #expect(try fix(bench, [10, 9, 8, 7]) == 0)
        bench.reset()
        try bench.join()
        #expect(try bench.ask(0x21)[0] == [127, 1, 0, 1])
    }

    @Test func nameServers() throws {
        var network = RadioNetwork(ssid: "lab-net", secret: .any, security: .wpa2, bssid: .zero)
        network.dns = IPv4Address(192, 168, 1, 1)
        let bench = try DeviceHarness(joined: false) { [network] in $0.networks = [network] }
        #expect(try bench.ask(0x1E) == [[0, 0, 0, 0], [0, 0, 0, 0]])
        try bench.join()
        #expect(try bench.ask(0x1E) == [[192, 168, 1, 1], [0, 0, 0, 0]])
        #expect(try bench.ask(0x1E, [0xFF]) == [[192, 168, 1, 1], [0, 0, 0, 0]])
        // Zero keeps a server.
        #expect(try bench.byte(0x15, [2], [0, 0, 0, 0], [9, 9, 9, 9]) == 1)
        #expect(try bench.ask(0x1E) == [[192, 168, 1, 1], [9, 9, 9, 9]])
        #expect(try bench.byte(0x15, [1], [8, 8, 8, 8], [0, 0, 0, 0]) == 1)
        #expect(try bench.ask(0x1E) == [[8, 8, 8, 8], [9, 9, 9, 9]])
        bench.reset()
        #expect(try bench.ask(0x1E) == [[0, 0, 0, 0], [0, 0, 0, 0]])
    }

    @Test func reasons() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.reason() == 0)
        func attempt(_ name: String, _ passphrase: String) throws {
            _ = try bench.byte(0x11, Array(name.utf8), Array(passphrase.utf8))
            bench.pass(.milliseconds(30))
        }
        try attempt("nowhere", "correct-horse")
        #expect(try bench.reason() == 201)
        try attempt("lab-net", "wrong-horse")
        #expect(try bench.reason() == 15)
        try attempt("lab-net", "correct-horse")
        #expect(try bench.reason() == 0)
        #expect(try bench.byte(0x30) == 1)
        #expect(try bench.reason() == 8)
        #expect(try bench.status() == 6)
    }

    @Test func theRest() throws {
        let bench = try DeviceHarness()
        #expect(try bench.byte(0x16, Array("thermometer\0".utf8)) == 1)
        #expect(bench.device.device.station.hostName == Array("thermometer".utf8))
        #expect(try bench.byte(0x16, Array(repeating: 65, count: 40)) == 1)
        #expect(bench.device.device.station.hostName.count == 32)
        for mode: UInt8 in 0...2 { #expect(try bench.byte(0x17, [mode]) == 1) }
        for mode: UInt8 in 0...1 { #expect(try bench.byte(0x1A, [mode]) == 1) }
        #expect(try bench.byte(0x36) == 1)
    }
}
