import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Arguments that a command cannot carry are refused before anything is sent: no text is truncated, no number wraps.
@Suite(.timeLimit(.minutes(10))) struct ArgumentTests {
    /// Expects an argument to be refused without a command.
    private func refuses(
        _ host: Host, _ kind: FrameError.Kind, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        let commands = host.commands {
            do {
                try body()
                Issue.record("was taken", sourceLocation: sourceLocation)
            } catch WiFiError.invalidArgument(let error, _) {
                #expect(error.kind == kind, sourceLocation: sourceLocation)
            } catch {
                Issue.record("\(error)", sourceLocation: sourceLocation)
            }
        }
        #expect(commands == 0, sourceLocation: sourceLocation)
    }

    /// The error says where the NUL is.
    @Test func aNULIsFound() throws {
        let host = try Host(joined: false)
        let error = FrameError(.nulInText, at: Frame.headerLength, expected: 0, found: 1)
        #expect(throws: WiFiError.invalidArgument(error, .setNet)) { try host.wifi.begin("a\0b") }
    }

    private static let texts = ["a.test\0.evil.com", "\0", "a\0", "\0a"]

    @Test(arguments: texts) func namesAndPassphrasesAreNotCut(_ text: String) throws {
        let host = try Host(joined: false)
        let wifi = host.wifi
        _ = try wifi.firmware()
        refuses(host, .nulInText) { try wifi.begin(text) }
        refuses(host, .nulInText) { try wifi.begin(text, passphrase: "correct-horse") }
        refuses(host, .nulInText) { try wifi.begin("lab-net", passphrase: text) }
        refuses(host, .nulInText) { try wifi.begin(text, keyIndex: 0, key: "12345") }
        refuses(host, .nulInText) { try wifi.begin("lab-net", keyIndex: 0, key: text) }
        refuses(host, .nulInText) { try wifi.beginAP(text) }
        refuses(host, .nulInText) { try wifi.beginAP(text, passphrase: "correct-horse") }
        refuses(host, .nulInText) { try wifi.beginAP("own-net", passphrase: text) }
        refuses(host, .nulInText) { try wifi.setHostname(text) }
        refuses(host, .nulInText) { _ = try wifi.hostByName(text) }
        refuses(host, .nulInText) { _ = try wifi.ping(.name(text)) }
        refuses(host, .nulInText) { try WiFiUDP(wifi).beginPacket(.name(text), port: 9) }
    }

    @Test(arguments: [Firmware.modern, .adafruit330], texts)
    func enterpriseCredentialsAreNotCut(_ firmware: Firmware, _ text: String) throws {
        let host = try Host(joined: false) { $0.firmware = firmware }
        let wifi = host.wifi
        let isArduino = try wifi.firmware().family == .arduino
        refuses(host, .nulInText) { try wifi.beginEnterprise(text, username: "ada", password: "engine") }
        refuses(host, .nulInText) { try wifi.beginEnterprise("campus", username: text, password: "engine") }
        refuses(host, .nulInText) { try wifi.beginEnterprise("campus", username: "ada", password: text) }
        refuses(host, .nulInText) {
            try wifi.beginEnterprise("campus", username: "ada", password: "engine", identity: text)
        }
        guard isArduino else { return }
        refuses(host, .nulInText) {
            try wifi.beginEnterprise("campus", username: "ada", password: "engine", rootCA: text)
        }
        refuses(host, .nulInText) { try wifi.beginEnterprise("campus", certificate: text, key: "PEM") }
        refuses(host, .nulInText) { try wifi.beginEnterprise("campus", certificate: "PEM", key: text) }
    }

    @Test(arguments: SocketFamily.allCases, texts)
    func hostsAreNotCut(_ family: SocketFamily, _ text: String) throws {
        let host = try Host(family: family)
        var client = WiFiClient(host.wifi)
        refuses(host, .nulInText) { try client.connect(.name(text), port: 443) }
        var secure = WiFiSSLClient(host.wifi)
        refuses(host, .nulInText) { try secure.connect(.name(text), port: 443) }
        #expect(host.network.openSockets == 0)
    }

    @Test(arguments: texts) func pathsKeysAndValuesAreNotCut(_ text: String) throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        refuses(host, .nulInText) { _ = try storage.exists(text) }
        refuses(host, .nulInText) { _ = try storage.open(text) }
        refuses(host, .nulInText) { _ = try storage.read(text, count: 1) }
        refuses(host, .nulInText) { try storage.write(text, [1]) }
        refuses(host, .nulInText) { try storage.remove(text) }
        refuses(host, .nulInText) { try storage.rename(text, "/fs/a") }
        refuses(host, .nulInText) { try storage.rename("/fs/a", text) }
        refuses(host, .nulInText) { try storage.download(text, "a") }
        refuses(host, .nulInText) { try storage.download("http://box/", text) }
        refuses(host, .nulInText) { try storage.downloadOTA(text) }
        let preferences = Preferences(host.wifi)
        refuses(host, .nulInText) { try preferences.begin(text) }
        refuses(host, .nulInText) { try preferences.begin("space", label: text) }
        try preferences.begin("space")
        refuses(host, .nulInText) { _ = try preferences.putInt(text, 1) }
        refuses(host, .nulInText) { _ = try preferences.getInt(text) }
        refuses(host, .nulInText) { _ = try preferences.getType(text) }
        refuses(host, .nulInText) { try preferences.remove(text) }
        refuses(host, .nulInText) { _ = try preferences.putString("key", text) }
        // Binary data may contain zeros.
        try preferences.putBytes("key", Array(text.utf8))
        #expect(try preferences.getBytes("key") == Array(text.utf8))
    }

    /// A payload is not text.
    @Test func payloadMayHaveNULs() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        try client.print("a\0b")
        #expect(peer.read() == [97, 0, 98])
        let udp = WiFiUDP(host.wifi)
        try udp.beginPacket(.address(Host.address), port: 9)
        #expect(try udp.print("a\0b") == 3)
    }

    // MARK: Numbers

    @Test(arguments: [1 << 32, 1 << 32 + 5, 1 << 40, Int.max - 4, .max, -1, .min])
    func offsetsDoNotWrap(_ offset: Int) throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        try storage.write("/fs/a", Array("hello".utf8))
        refuses(host, .valueOutOfRange) { try storage.write("/fs/a", offset: offset, Array("HELLO".utf8)) }
        for count in [1, 100, Int.max] {
            if offset < 0 {
                #expect(throws: WiFiError.self) { try storage.read("/fs/a", offset: offset, count: count) }
            } else {
                #expect(try storage.read("/fs/a", offset: offset, count: count).isEmpty)
            }
        }
        for count in [0, -1, Int.min] { #expect(try storage.read("/fs/a", offset: offset, count: count).isEmpty) }
        let file = try storage.open("/fs/a")
        file.seek(offset)
        #expect(file.position() == max(0, offset))
        #expect(try file.available() == (offset < 0 ? 5 : 0))
        for limit in [0, 1, Int.max, -1, .min] where offset >= 0 { #expect(try file.read(limit).isEmpty) }
        if offset >= 0 { #expect(throws: WiFiError.self) { try file.write([1]) } }
        #expect(try storage.read("/fs/a", count: .max) == Array("hello".utf8))
    }

    /// The last byte that a command can address, and the next one.
    @Test func theLastOffsetIsTheLast() throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        let last = Int(UInt32.max)
        refuses(host, .valueOutOfRange) { try storage.write("/fs/a", offset: last, [1, 2]) }
        refuses(host, .valueOutOfRange) { try storage.write("/fs/a", offset: last - 9, pattern(11)) }
        // In range: the module decides.
        let commands = host.commands { _ = try? storage.write("/fs/a", offset: last, [1]) }
        #expect(commands > 0)
        try storage.write("/fs/b", offset: .max, [])
    }

    @Test func limitsOfAnySizeAreTaken() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        for limit in [Int.min, -1, 0] { #expect(try client.read(limit).isEmpty) }
        peer.send([1, 2, 3])
        for limit in [Int.min, -1, 0] { #expect(try client.read(limit).isEmpty) }
        for count in [Int.min, -1, 0] { #expect(try client.read(exactly: count).isEmpty) }
        #expect(try client.waitForBytes(.seconds(1), atLeast: .min) == 3)
        #expect(throws: WiFiError.timedOut(.read)) { try client.waitForBytes(.seconds(1), atLeast: .max) }
        #expect(try client.read(.max) == [1, 2, 3])
        let udp = WiFiUDP(host.wifi)
        for limit in [Int.min, -1, 0, .max] { #expect(udp.read(limit).isEmpty) }
        for size in [Int.min, -1, 0, 1, .max] {
            host.wifi.readAheadLimit = size
            host.wifi.receiveSize = size
            peer.send([4, 5])
            #expect(try client.read(exactly: 2) == [4, 5])
        }
    }

    /// A window longer than a message would shift everything after it.
    @Test func windowsThatNoMessageHoldsAreRefused() throws {
        let link = try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork()))
        let deadline = link.now.advanced(by: .seconds(1))
        #expect(throws: LinkError(.unavailable, .transfer)) {
            try link.sendCommand([UInt8](repeating: 0, count: 65_536), until: deadline)
        }
        let command: [UInt8] = [0xE0, 0x20, 0x00, 0xEE]
        try link.sendCommand(command, until: deadline)
        #expect(try link.receiveReply(expecting: .getConnStatus, until: deadline).starts(with: [0xE0, 0xA0]))
    }
}
