import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// A text of exactly the longest length gets to the module whole.
@Suite(.timeLimit(.minutes(10))) struct LongestTextTests {
    private func text(_ count: Int) -> String { String(repeating: "a", count: count - 1) + "z" }

    @Test(arguments: [8, 63, 64]) func ofANetworkAndItsPassphrase(_ length: Int) throws {
        let host = try Host(joined: false) {
            $0.networks = [
                RadioNetwork(
                    ssid: text(32), secret: .text(Array(text(length).utf8)), security: .wpa2, bssid: .zero)
            ]
        }
        try host.wifi.begin(text(32), passphrase: text(length))
        #expect(try host.wifi.ssid() == text(32))
        #expect(throws: WiFiError.refused(.setPassphrase)) { try host.wifi.begin(text(33), passphrase: text(length)) }
        #expect(throws: WiFiError.refused(.setPassphrase)) { try host.wifi.begin(text(32), passphrase: text(65)) }
    }

    @Test(arguments: [(Firmware.arduino200, 26), (.modern, 64)]) func ofAKey(_ firmware: Firmware, _ length: Int) throws
    {
        let host = try Host(joined: false) {
            $0.firmware = firmware
            $0.networks = [
                RadioNetwork(ssid: text(32), secret: .text(Array(text(length).utf8)), security: .wep, bssid: .zero)
            ]
        }
        try host.wifi.begin(text(32), keyIndex: 0, key: text(length))
        #expect(try host.wifi.ssid() == text(32))
        #expect(throws: WiFiError.refused(.setKey)) {
            try host.wifi.begin(text(32), keyIndex: 0, key: text(length + 1))
        }
    }

    /// A length of one byte allows 255.
    @Test(arguments: SocketFamily.allCases) func ofAHost(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.network.hosts[text(255)] = Host.address
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        #expect(try host.wifi.hostByName(text(255)) == Host.address)
        var client = WiFiClient(host.wifi)
        try client.connect(.name(text(255)), port: 7)
        #expect(try client.connected())
        try client.stop()
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try host.wifi.hostByName(text(256)) }
        }
        #expect(commands == 0)
        #expect(throws: WiFiError.self) { try client.connect(.name(text(256)), port: 7) }
    }

    /// The firmware's buffer has 32 bytes for a path.
    @Test func ofAPath() throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        let path = "/fs/" + text(28)
        try storage.write(path, [1, 2, 3])
        #expect(try storage.size(path) == 3)
        #expect(try storage.read(path, count: 9) == [1, 2, 3])
        try storage.rename(path, "/fs/" + String(repeating: "b", count: 28))
        #expect(try !storage.exists(path))
        try storage.rename("/fs/" + String(repeating: "b", count: 28), path)
        try storage.remove(path)
        #expect(try !storage.exists(path))
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try storage.size("/fs/" + text(29)) }
            #expect(throws: WiFiError.self) { try storage.download("http://box/", text(29)) }
        }
        #expect(commands == 0)
    }

    @Test func ofAURL() throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        let start = "http://10.0.0.1:81/"
        // They are sent, and nobody is there.
        #expect(throws: WiFiError.failed(.downloadFile, code: 0)) {
            try storage.download(start + text(64 - start.utf8.count), text(28))
        }
        #expect(throws: WiFiError.failed(.downloadOTA, code: 1)) {
            try storage.downloadOTA(start + text(128 - start.utf8.count))
        }
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try storage.download(start + text(65 - start.utf8.count), "a") }
            #expect(throws: WiFiError.self) { try storage.downloadOTA(start + text(129 - start.utf8.count)) }
        }
        #expect(commands == 0)
    }

    @Test func ofAPreference() throws {
        let host = try Host(joined: false)
        let preferences = Preferences(host.wifi)
        try preferences.begin(text(15))
        _ = try preferences.putInt(text(15), 5)
        #expect(try preferences.getInt(text(15)) == 5)
        // The key without its last byte is another one.
        #expect(try !preferences.isKey(String(text(15).dropLast())))
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try preferences.putInt(text(16), 5) }
            #expect(throws: WiFiError.self) { try preferences.begin(text(16)) }
        }
        #expect(commands == 0)
        // 4,000 bytes with the NUL that ends it.
        _ = try preferences.putString("key", text(3999))
        #expect(try preferences.getString("key") == text(3999))
    }
}
