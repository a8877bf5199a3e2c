import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct BluetoothHCITests {
    private let link = ScriptedLink()
    private let wifi: WiFi

    init() { wifi = WiFi(link: link) }

    private func answer(_ replies: String...) { link.replies += replies.map { .success(Array(hex: $0)) } }

    private func firmware(_ version: String) {
        answer("E0B70106" + Array(version.utf8).hex + "00EE")
        if version.utf8.first == UInt8(ascii: "3") { answer("E0DE010403050000EE") }
    }

    @Test(arguments: [("3.5.0", "E0CC01020300EE"), ("2.0.0", "E0CC01020003EE")])
    func carriesPackets(_ version: String, _ three: String) throws {
        let bluetooth = BluetoothHCI(wifi)
        firmware(version)
        answer("E0CA010100EE")
        try bluetooth.begin()
        answer("E0CF01020400EE")
        #expect(try bluetooth.write([1, 3, 12, 0]) == 4)
        #expect(link.windows.last?.prefix(10) == [0xE0, 0x4F, 1, 0, 4, 1, 3, 12, 0, 0xEE])
        answer(three, three, "E0CD010003040E04EE", three, "E0CE010003040E04EE", "E0CC01020000EE")
        #expect(try bluetooth.available() == 3)
        #expect(try bluetooth.peek(100) == [4, 14, 4])
        #expect(try bluetooth.read(100) == [4, 14, 4])
        #expect(link.windows.last?.prefix(7) == [0xE0, 0x4E, 1, 2, 3, 0, 0xEE])
        #expect(try bluetooth.read(100).isEmpty)
        answer("E0CF01020000EE", "E0CB010101EE")
        #expect(throws: WiFiError.failed(.bleWrite, code: 0)) { try bluetooth.write([1, 3, 12, 0]) }
        try bluetooth.end()
        #expect(link.replies.isEmpty)
    }

    @Test func failsToStart() throws {
        let bluetooth = BluetoothHCI(try Host(joined: false).wifi)
        #expect(throws: WiFiError.failed(.bleBegin, code: 1)) { try bluetooth.begin() }
        #expect(try bluetooth.available() == 0 && bluetooth.peek(10).isEmpty && bluetooth.read(10).isEmpty)
        #expect(throws: WiFiError.failed(.bleWrite, code: 0)) { try bluetooth.write([1, 3, 12, 0]) }
    }

    /// In this firmware the opcodes of these commands set enterprise credentials: none is sent.
    @Test(arguments: [Firmware.adafruit330, .adafruit177, .adafruit122, .arduino148])
    func neverAsksFirmwareThatHasNone(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        let bluetooth = BluetoothHCI(host.wifi)
        #expect(throws: WiFiError.unsupported(.bleBegin)) { try bluetooth.begin() }
        let commands = host.commands {
            #expect(throws: WiFiError.unsupported(.bleAvailable)) { try bluetooth.read(1) }
            #expect(throws: WiFiError.unsupported(.bleWrite)) { try bluetooth.write([1]) }
            #expect(throws: WiFiError.unsupported(.bleEnd)) { try bluetooth.end() }
        }
        #expect(commands == 0)
        let plain = BluetoothHCI(try Host { $0.firmware = .arduino200 }.wifi)
        #expect(throws: WiFiError.unsupported(.bleBegin)) { try plain.begin() }
    }
}
