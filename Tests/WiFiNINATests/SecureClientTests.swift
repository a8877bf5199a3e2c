import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// TLS clients against written replies: their commands, and that they are clients in every other respect.
@Suite(.timeLimit(.minutes(10))) struct SecureClientTests {
    private let link = ScriptedLink()
    private let wifi: WiFi

    init() { wifi = WiFi(link: link) }

    private func answer(_ replies: String...) { link.replies = replies.map { .success(Array(hex: $0)) } }

    private func lastCommand(_ opcode: Opcode) -> String? {
        link.windows.last { $0[1] == opcode.byte }.flatMap { Inspection.strict(command: opcode, in: $0[...]).text }
    }

    @Test func connectsOverItsSocketType() throws {
        let reserved = "E0BF010102EE"
        let connected = "E0AD010101EE"
        var ssl = WiFiSSLClient(wifi)
        answer(reserved, connected)
        try ssl.connect("box", port: 443)
        let fields = "host=box address=0.0.0.0 port=443 socket=2"
        #expect(lastCommand(.startClient) == fields + " type=2 timeout_ms=30000")
        answer("E0AE010101EE", reserved, "E0AD00EE", "E0A0010103EE")
        #expect(throws: WiFiError.connectFailed) { try ssl.connect(.loopback, port: 443, timeout: .seconds(5)) }
        #expect(
            lastCommand(.startClient) == "host= address=127.0.0.1 port=443 socket=2 type=2 timeout_ms=5000")
        var bear = WiFiBearSSLClient(wifi)
        bear.connectionTimeout = .seconds(20)
        answer(reserved, connected)
        try bear.connect("box", port: 443)
        #expect(lastCommand(.startClient) == fields + " type=4 timeout_ms=20000")
        #expect(bear.socket == bear.client.socket)
        // TLS uses slots whatever family plain connections use.
        var client = WiFiClient(wifi, family: .bsd)
        answer("E0BF010103EE", connected)
        try client.connectSSL("box", port: 443)
        #expect(lastCommand(.startClient)?.contains("type=2 timeout_ms=30000") == true)
        client.connectionTimeout = .seconds(7)
        answer("E0AE010101EE", "E0BF010103EE", connected)
        try client.connectBearSSL(.loopback, port: 443)
        #expect(lastCommand(.startClient)?.contains("type=4 timeout_ms=7000") == true)
        #expect(throws: WiFiError.connectFailed) { try ssl.connect("", port: 443) }
    }

    @Test func isAClient() throws {
        var ssl = WiFiSSLClient(wifi)
        #expect(try !ssl.connected() && ssl.status() == .closed && ssl.socket == .unavailable)
        #expect(throws: WiFiError.notConnected) { try ssl.read() }
        answer("E0BF010102EE", "E0AD010101EE")
        try ssl.connect("box", port: 443)
        answer("E0C50100056162636465EE")
        #expect(try ssl.waitForBytes(.seconds(1)) == 5 && ssl.available() == 5)
        #expect(try ssl.peek() == UInt8(ascii: "a") && ssl.read() == UInt8(ascii: "a"))
        var buffer: [UInt8] = [0, 0]
        #expect(try ssl.read(into: &buffer) == 2 && buffer == Array("bc".utf8))
        answer("E0C5010000EE")
        #expect(try ssl.read(10) == Array("de".utf8))
        answer("E0C401020100EE", "E0C401020200EE", "E0C401020200EE")
        #expect(try ssl.write(1) + ssl.write([1, 2]) + ssl.write([1, 2][...]) == 5)
        answer("E0C401020100EE", "E0C401020300EE", "E0C401020200EE", "E0C401020200EE")
        try ssl.print("x")
        try ssl.println("x")
        try ssl.writeAll([1, 2])
        try ssl.writeAll([1, 2][...])
        ssl.flush()
        answer("E0BA02040A0000010201BBEE", "E0BA02040A0000010201BBEE")
        #expect(try ssl.remoteIP() == IPv4Address(10, 0, 0, 1) && ssl.remotePort() == 443)
        answer("E0AE010101EE")
        let copy = ssl
        try ssl.stop()
        #expect(copy == ssl)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 2))) { try copy.read() }
        #expect(link.replies.isEmpty)
    }

    /// 0 means success to firmware from 3.0 on, 1 to the branches that call themselves 2.0.0.
    @Test(arguments: [("3.5.0", "00", "01"), ("2.0.0", "01", "00")])
    func trustsAnchors(_ version: String, _ success: String, _ failure: String) throws {
        let bear = WiFiBearSSLClient(wifi)
        let firmware = "E0B70106" + Array(version.utf8).hex + "00EE"
        answer("E0E80101\(success)EE", firmware, "E0DE010403050000EE")
        try bear.setECTrustAnchor([1, 2], flags: 1, curve: 23, key: [4, 5])
        #expect(lastCommand(.brSetEcTa) == "name=0x0102 flags=1 curve=23 key=0x0405")
        answer("E0E80101\(failure)EE")
        #expect(throws: WiFiError.failed(.brSetEcTa, code: failure == "01" ? 1 : 0)) {
            try bear.setECTrustAnchor([1, 2], flags: 1, curve: 23, key: [4, 5])
        }
        answer("E0E901043E000000EE")
        #expect(try bear.errorCode() == 62)
    }
}
