import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FrameDescriberTests {
    private func command(_ hex: String) -> String { FrameDescriber.describe(command: Array(hex: hex)[...]) }
    private func reply(_ hex: String, _ opcode: Opcode) -> String {
        FrameDescriber.describe(reply: Array(hex: hex)[...], to: opcode)
    }

    @Test func describesCommands() {
        #expect(
            command("E0 2D 05 | 0B 'example.com' | 04 00000000 | 02 0050 | 01 07 | 01 00 | EE")
                == #"START_CLIENT host="example.com" address=0.0.0.0 port=80 socket=7 type=0"#)
        #expect(command("E0 44 02 | 0001 03 | 0005 'hello' | EE") == "SEND_DATA socket=3 data=5 bytes")
        #expect(command("E0 3F 00 EE") == "GET_SOCKET")
        #expect(command("E0 10 01 | 02 0102 | EE") == "SET_NET ssid=2 bytes")
    }

    @Test func describesReplies() {
        #expect(reply("E0 A5 01 | 04 CCFFFFFF | EE", .getCurrRSSI) == "GET_CURR_RSSI -> rssi=-52")
        #expect(
            reply("E0 A2 01 | 06 030201C40A24 | EE", .getMACAddr) == "GET_MACADDR -> address=03:02:01:C4:0A:24")
        #expect(
            reply("E0 A7 02 | 01 'a' | 01 'b' | EE", .scanNetworks) == #"SCAN_NETWORKS -> ssid="a" ssid="b""#)
        #expect(reply("E0 AD 00 EE", .startClient) == "START_CLIENT ->")
        // The NUL of a C string is no reason to hide it.
        #expect(reply("E0 B7 01 | 06 '1.4.8' 00 | EE", .getFwVersion) == #"GET_FW_VERSION -> version="1.4.8\0""#)
    }

    @Test func describesWhatIsWrong() {
        #expect(command("") == "not a command: the frame is empty")
        #expect(command("E0 31 00 EE") == "not a command: byte 1: no command has the number 0x31")
        #expect(command("E0 29 01 | 02 0000 | EE").hasPrefix("not a command: byte 3: a parameter of 2 bytes"))
        #expect(
            reply("EF 00 EE", .setNet) == "SET_NET -> the device refused the command (error frame EF 00 EE)")
    }

    @Test func describesWhatThereIsOfACommandWithoutItsEnd() {
        let start = "SEND_DATA socket=3 data=3 bytes (byte 8: the frame ends where 5 more bytes were due"
        #expect(command("E0 44 02 | 0001 03 | 0005 'hel'").hasPrefix(start))
        #expect(command("E0 3F 00").hasPrefix("GET_SOCKET (byte 3: the frame ends"))
    }

    @Test(arguments: [
        ("http://box/a?token=x", "http://box/a?..."), ("http://box/a", "http://box/a"),
        ("http://box?x", "http://box?..."),
        ("http://ada:x@box/a", "http://...@box/a"), ("http://ada:x@box?y", "http://...@box?..."), ("x@y", "...@y"),
        ("http://box#key", "http://box#..."), ("http://ada:p/w@box/a", "http://...@box/a"),
        ("http://ada:p?w@box/a", "http://..."), ("http://box/a@b", "http://...@b"), ("http://box/a?", "http://box/a?"),
        ("", ""),
    ])
    func hidesSecretsOfURLs(_ url: String, _ shown: String) {
        let window = [0xE0, 0x67, 1, UInt8(url.utf8.count)] + Array(url.utf8) + [0xEE]
        #expect(FrameDescriber.describe(command: window[...]) == "DOWNLOAD_OTA url=\"\(shown)\"")
    }

    @Test(arguments: GoldenFrames.commands) func namesEveryCommand(_ golden: GoldenFrame) {
        let text = FrameDescriber.describe(command: golden.bytes[...], family: golden.opcode.family)
        #expect(text.hasPrefix(golden.opcode.name))
    }

    /// From a space to a tilde is text; one byte outside of that makes it bytes.
    @Test(arguments: [0x1F, 0x20, 0x7E, 0x7F, 0x80] as [UInt8]) func onlyVisibleTextIsShown(_ byte: UInt8) {
        let text = (0x20...0x7E).contains(byte) ? "\"a\(String(UnicodeScalar(byte)))\"" : "2 bytes"
        #expect(FrameDescriber.describe(command: [0xE0, 0x10, 1, 2, 0x61, byte, 0xEE]) == "SET_NET ssid=\(text)")
        #expect(FrameDescriber.describe(command: [0xE0, 0x67, 1, 2, 0x61, byte, 0xEE]) == "DOWNLOAD_OTA url=\(text)")
    }

    /// A passphrase is counted, however it looks.
    @Test func secretsAreNotShown() {
        #expect(
            command("E0 11 02 | 01 'a' | 03 'xyz' | EE") == #"SET_PASSPHRASE ssid="a" passphrase=(3 bytes, not shown)"#)
        #expect(command("E0 11 02 | 01 'a' | 00 | EE").hasSuffix("passphrase=(0 bytes, not shown)"))
    }
}
