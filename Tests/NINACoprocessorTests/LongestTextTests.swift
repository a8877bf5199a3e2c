import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// A text of exactly the longest length is taken whole; one of a byte more is refused, or cut where the firmware cuts.
@Suite(.timeLimit(.minutes(10))) struct LongestTextTests {
    /// Different bytes at the end: a text that is cut is not the same text.
    private func text(_ count: Int, last: String = "z") -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "a"), count: count - 1) + Array(last.utf8)
    }

    private func bench(_ firmware: Firmware, _ network: RadioNetwork? = nil) throws -> DeviceHarness {
        try DeviceHarness(joined: false) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            if let network { $0.networks = [network] }
        }
    }

    private func network(_ ssid: [UInt8], _ secret: RadioNetwork.Secret) -> RadioNetwork {
        var network = RadioNetwork(ssid: "", secret: secret, security: .wpa2, bssid: .zero)
        network.ssid = ssid
        return network
    }

    /// Whether a join with this window succeeds.
    private func joins(_ bench: DeviceHarness, _ opcode: UInt8, _ parameters: [[UInt8]]) throws -> Bool {
        let reply = try bench.exchange(DeviceHarness.window(opcode, parameters))
        #expect(try DeviceHarness.parameters(of: reply, opcode) == [[1]])
        bench.pass(.milliseconds(30))
        return try bench.status() == 3
    }

    private func isRefused(_ bench: DeviceHarness, _ opcode: UInt8, _ parameters: [[UInt8]]) -> Bool {
        bench.start(DeviceHarness.window(opcode, parameters)) == [0xEF, 0, 0xEE, 0]
    }

    @Test(arguments: Firmware.all, [8, 63, 64]) func ofANetworkAndItsPassphrase(_ firmware: Firmware, _ length: Int)
        throws
    {
        let ssid = text(32)
        let bench = try bench(firmware, network(ssid, .text(text(length))))
        #expect(try joins(bench, 0x11, [ssid, text(length)]))
        #expect(try bench.ask(0x23) == [ssid])
        // The last byte counts.
        #expect(try !joins(bench, 0x11, [ssid, text(length, last: "y")]))
        #expect(try !joins(bench, 0x11, [text(32, last: "y"), text(length)]))
        #expect(try joins(bench, 0x11, [ssid, text(length)]))
        // What is refused leaves the connection.
        #expect(isRefused(bench, 0x10, [ssid + [1]]))
        #expect(isRefused(bench, 0x11, [ssid + [1], text(length)]))
        #expect(isRefused(bench, 0x11, [ssid, text(65)]))
        #expect(try bench.status() == 3)
    }

    @Test(arguments: Firmware.all) func ofAKey(_ firmware: Firmware) throws {
        let longest = "\(firmware.name)" == "modern" ? 64 : 26
        let ssid = text(32)
        let bench = try bench(firmware, network(ssid, .text(text(longest))))
        #expect(try joins(bench, 0x12, [ssid, [0], text(longest)]))
        #expect(try !joins(bench, 0x12, [ssid, [0], text(longest, last: "y")]))
        #expect(isRefused(bench, 0x12, [ssid, [0], text(longest + 1)]))
        #expect(isRefused(bench, 0x12, [ssid + [1], [0], text(longest)]))
    }

    @Test func ofAdafruitsUsers() throws {
        let user = text(32)
        let password = text(32, last: "p")
        let bench = try bench(.adafruit330, network(text(32), .user(user, password: password)))
        #expect(try bench.byte(0x4A, text(32)) == 1)
        #expect(try bench.byte(0x4B, user) == 1)
        #expect(try bench.byte(0x4C, password) == 1)
        for opcode in [0x4A, 0x4B, 0x4C] as [UInt8] { #expect(isRefused(bench, opcode, [text(33)])) }
        #expect(try bench.byte(0x4F) == 1)
        #expect(try joins(bench, 0x10, [text(32)]))
    }

    @Test(arguments: [(Firmware.arduino200, 128), (.modern, 300)]) func ofArduinosUsers(
        _ firmware: Firmware, _ length: Int
    ) throws {
        let user = text(length)
        let bench = try bench(firmware, network(text(32), .user(user, password: user)))
        #expect(try bench.wideByte(0x40, [0], text(32), user, user, user, [0]) == 1)
        bench.pass(.milliseconds(30))
        #expect(try bench.status() == 3)
        guard "\(firmware.name)" != "modern" else { return }
        for position in 0..<3 {
            var texts = [user, user, user]
            texts[position].append(1)
            #expect(throws: Refused.self) { try bench.wideByte(0x40, [0], text(32), texts[0], texts[1], texts[2], [0]) }
        }
    }

    /// A length of one byte allows 255. Neither a look-up nor a connect cuts the name of a host.
    @Test(arguments: Firmware.all) func ofAHost(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        try bench.join()
        let name = text(255)
        bench.network.hosts[String(decoding: name, as: UTF8.self)] = DeviceHarness.outside
        #expect(try bench.byte(0x34, name) == 1)
        #expect(try bench.ask(0x35) == [[10, 0, 0, 1]])
        guard firmware.serves(.startClient), "\(firmware.name)" == "modern" else { return }
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let slot = try bench.getSocket()
        #expect(try bench.connect(slot, to: 7, name: String(decoding: name, as: UTF8.self)))
        #expect(
            try !bench.connect(
                try bench.getSocket(), to: 7, name: String(decoding: text(255, last: "y"), as: UTF8.self)))
    }

    /// The own name is cut after 32 bytes.
    @Test func ofTheOwnName() throws {
        let bench = try bench(.modern)
        #expect(try bench.byte(0x16, text(32)) == 1)
        #expect(bench.device.device.station.hostName == text(32))
        #expect(try bench.byte(0x16, text(32) + [1]) == 1)
        #expect(bench.device.device.station.hostName == text(32))
    }

    @Test func ofAFile() throws {
        let bench = try StorageHarness()
        let path = Array("/fs/".utf8) + text(30)
        func exchange(_ opcode: UInt8, _ parameters: [[UInt8]]) throws -> [[UInt8]] {
            let reply = try bench.bench.exchange(DeviceHarness.window(opcode, parameters))
            return try DeviceHarness.parameters(of: reply, opcode)
        }
        try bench.put(String(decoding: text(30), as: UTF8.self), "A")
        #expect(try exchange(0x63, [[0, 0, 0, 0], [4, 0, 0, 0], path]) == [[1, 0, 0, 0]])
        // Cut by a byte it would be this one.
        #expect(
            try exchange(0x63, [[0, 0, 0, 0], [4, 0, 0, 0], path + [UInt8(ascii: "b")]]) == [[0xFF, 0xFF, 0xFF, 0xFF]])
        #expect(try exchange(0x61, [[0, 0, 0, 0], [1, 0, 0, 0], path]) == [[65]])
        #expect(StorageName(text(StorageName.longest)) != nil && StorageName(text(StorageName.longest + 1)) == nil)
    }

    @Test func ofAPreference() throws {
        #expect(PreferenceName(text(15)) != nil && PreferenceName(text(16)) == nil)
        // With its NUL.
        let most = text(3999) + [0]
        #expect(PreferenceValue(.string, most)?.bytes == most)
        #expect(PreferenceValue(.string, text(4000) + [0]) == nil)
        // What follows the NUL does not count.
        #expect(PreferenceValue(.string, most + [1, 2, 3])?.bytes == most)
    }

    /// A URL longer than the firmware's buffer starts nothing: the file is not even emptied.
    @Test(arguments: Firmware.all.filter { $0.serves(.downloadFile) }) func ofAURL(_ firmware: Firmware) throws {
        let isModern = "\(firmware.name)" == "modern"
        let storage = MemoryStorage()
        let name = try #require(StorageName("page".utf8))
        let bench = try DeviceHarness(storage: storage) { $0.firmware = firmware }
        func url(_ count: Int) -> [UInt8] {
            let start = Array("http://10.0.0.1:81/".utf8)
            return start + text(count - start.count)
        }
        let error: [UInt8] = [0xEF, 0, 0xEE, 0]
        #expect(bench.start(DeviceHarness.window(0x64, [url(65), Array("page".utf8)])) == (isModern ? nil : error))
        if isModern { _ = try bench.exchange([0xE0, 0x20, 0x00, 0xEE]) }
        #expect(storage.files[name] == nil)
        _ = try bench.exchange(DeviceHarness.window(0x64, [url(64), Array("page".utf8)]))
        #expect(storage.files[name] == (isModern ? nil : []))
        guard firmware.serves(.downloadOTA), !isModern else { return }
        #expect(bench.start(DeviceHarness.window(0x67, [url(129)])) == error)
        // The server does not answer: an empty file has the wrong length.
        #expect(try bench.byte(0x67, url(128)) == 2)
    }
}
