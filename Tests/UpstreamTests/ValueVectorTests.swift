import NINAWire
import TestSupport
import Testing

/// The values of recorded calls, as named by the call's own text.
struct ExpectedValue: Sendable {
    var file: Recordings
    var call: String
    var opcode: Opcode
    /// Fields of the command.
    var command: String
    /// Fields of the reply; nil when they are not checked.
    var reply: String?

    init(_ file: Recordings, _ call: String, _ opcode: Opcode, _ command: String, _ reply: String? = nil) {
        self.file = file
        self.call = call
        self.opcode = opcode
        self.command = command
        self.reply = reply
    }
}

let noFields = ""

private let wifiNINAValues: [ExpectedValue] = [
    ExpectedValue(.wifiNINA, "WiFi.status()", .getConnStatus, noFields, "status=0"),
    ExpectedValue(.wifiNINA, "WiFi.firmwareVersion()", .getFwVersion, noFields, "version=0x332E302E3100"),
    ExpectedValue(.wifiNINA, "WiFi.macAddress(mac)", .getMACAddr, "dummy=255", "address=5E:4D:3C:2B:1A:24"),
    ExpectedValue(.wifiNINA, "WiFi.scanNetworks()", .startScanNetworks, noFields, "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.RSSI(0)", .getIdxRSSI, "index=0", "rssi=-60"),
    ExpectedValue(.wifiNINA, "WiFi.RSSI(1)", .getIdxRSSI, "index=1", "rssi=-61"),
    ExpectedValue(.wifiNINA, "WiFi.encryptionType(1)", .getIdxEnct, "index=1", "type=7"),
    ExpectedValue(.wifiNINA, "WiFi.BSSID(1, bssid)", .getIdxBSSID, "index=1", "bssid=06:05:04:03:02:01"),
    ExpectedValue(.wifiNINA, "WiFi.channel(1)", .getIdxChannel, "index=1", "channel=7"),
    ExpectedValue(.wifiNINA, "WiFi.begin(\"lab-open\")", .setNet, "ssid=lab-open", "result=1"),
    ExpectedValue(
        .wifiNINA, "WiFi.begin(\"lab-wep\", 1, \"ABCDE\")", .setKey, "ssid=lab-wep index=1 key=ABCDE", "result=1"),
    ExpectedValue(
        .wifiNINA, "WiFi.begin(\"lab-net\", \"correct-horse\")", .setPassphrase,
        "ssid=lab-net passphrase=correct-horse", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.SSID()", .getCurrSSID, "dummy=255", "ssid=lab-net"),
    ExpectedValue(.wifiNINA, "WiFi.BSSID(bssid)", .getCurrBSSID, "dummy=255", "bssid=06:05:04:03:02:01"),
    ExpectedValue(.wifiNINA, "WiFi.RSSI()", .getCurrRSSI, "dummy=255", "rssi=-55"),
    ExpectedValue(.wifiNINA, "WiFi.encryptionType()", .getCurrEnct, "dummy=255", "type=4"),
    ExpectedValue(
        .wifiNINA, "WiFi.localIP()", .getIPAddr, "dummy=255",
        "address=192.168.4.77 mask=255.255.255.0 gateway=192.168.4.1"),
    ExpectedValue(.wifiNINA, "WiFi.disconnect()", .disconnect, "dummy=255", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.hostByName(\"localhost\", ip)", .reqHostByName, "name=localhost", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.hostByName(\"localhost\", ip)", .getHostByName, noFields, "address=127.0.0.1"),
    ExpectedValue(.wifiNINA, "client.connect(IPAddress(127,0,0,1), 17007)", .getSocket, noFields, "socket=0"),
    ExpectedValue(
        .wifiNINA, "client.connect(IPAddress(127,0,0,1), 17007)", .startClient,
        "host= address=127.0.0.1 port=17007 socket=0 type=0 timeout_ms=0", "result=1"),
    ExpectedValue(.wifiNINA, "client.status()", .getClientState, "socket=0", "state=4"),
    ExpectedValue(.wifiNINA, "client.remotePort()", .getRemoteData, "socket=0", "address=127.0.0.1 port=17007"),
    ExpectedValue(.wifiNINA, "client.write('A')", .sendData, "socket=0 data=A", "count=1"),
    ExpectedValue(.wifiNINA, "client.write(seq, 3)", .sendData, "socket=0 data=0x010203", "count=3"),
    ExpectedValue(.wifiNINA, "client.write('A')", .dataSent, "socket=0", "result=1"),
    ExpectedValue(.wifiNINA, "client.available()", .getDatabuf, "socket=0 size=1500", "data="),
    ExpectedValue(.wifiNINA, "client.stop()", .stopClient, "socket=0", "result=1"),
    ExpectedValue(.wifiNINA, "server.begin(8081)", .startServer, "port=8081 socket=0 type=0", "result=1"),
    ExpectedValue(.wifiNINA, "server.status()", .getStateTCP, "socket=0", "result=1"),
    ExpectedValue(.wifiNINA, "WiFiClient a = server.accept()", .availData, "socket=0 accept=1", "value=1"),
    ExpectedValue(.wifiNINA, "server.end()", .stopServer, "socket=0", "result=1"),
]

private let esp32SPIValues: [ExpectedValue] = [
    ExpectedValue(
        .esp32SPI, "get_scan_networks (2 APs)", .scanNetworks, noFields, "ssid=home-net ssid=cafe"),
    ExpectedValue(.esp32SPI, "get_scan_networks (no AP: 0 params)", .scanNetworks, noFields, noFields),
    ExpectedValue(.esp32SPI, "disconnect()", .disconnect, noFields, "result=1"),
    ExpectedValue(.esp32SPI, "wifi_set_network(b'open-net')", .setNet, "ssid=open-net", "result=1"),
    ExpectedValue(
        .esp32SPI, "get_host_by_name('nope') -> reply 0", .reqHostByName, "name=nope", "result=0"),
    ExpectedValue(.esp32SPI, "get_socket() -> 255", .getSocket, noFields, "socket=255"),
    ExpectedValue(
        .esp32SPI, "socket_open(0, 'example.com', 80)", .startClient,
        "host=example.com address=0.0.0.0 port=80 socket=0 type=0", "result=1"),
    ExpectedValue(
        .esp32SPI, "socket_open -> 0 params (nina-fw failure)", .startClient,
        "address=93.184.216.34 port=80 socket=0 type=0", noFields),
    ExpectedValue(.esp32SPI, "start_server(5353, 4, UDP_MODE)", .startServer, "port=5353 socket=4 type=1", "result=1"),
    ExpectedValue(.esp32SPI, "socket_available(0)", .availData, "socket=0", "value=5"),
    ExpectedValue(.esp32SPI, "socket_read(0, 5)", .getDatabuf, "socket=0 size=5", "data=hello"),
    ExpectedValue(.esp32SPI, "socket_write(0, 5 bytes)", .sendData, "socket=0 data=0x0001020304", "count=5"),
]

/// The only recordings of GET_DATA have WiFiNINA's two-byte flag: by position they mean slot 0, no peek.
private let positionalValues: [ExpectedValue] = [
    ExpectedValue(.wifiNINA, "ServerDrv::getData(0, &b, 0)", .getData, "socket=0 peek=0", "byte=90"),
    ExpectedValue(.wifiNINA, "ServerDrv::getData(0, &b, 1)", .getData, "socket=0 peek=0", "byte=90"),
]

@Suite(.timeLimit(.minutes(10))) struct ValueVectorTests {
    private static let values =
        wifiNINAValues + esp32SPIValues + positionalValues + settingsValues + storageValues + bsdValues

    @Test(arguments: Recordings.allCases) func callsMeanWhatTheySay(_ file: Recordings) throws {
        let recordings = try file.load()
        for value in Self.values where value.file == file {
            let recording = try #require(
                recordings.first { $0.name == value.call && $0.opcode == value.opcode },
                "\(value.call) is not in the recording")
            let command = Inspection.positional(command: value.opcode, in: recording.command[...])
            #expect(command.text == value.command, "\(value.call)")
            guard let expected = value.reply else { continue }
            let reply = Inspection.reply(to: value.opcode, in: try #require(recording.reply)[...])
            #expect(reply.text == expected, "\(value.call)")
        }
    }

    @Test func everyOpcodeHasAValue() throws {
        // An error frame has no value: the firmware did not know the opcode, which may have got a meaning since.
        let recordings = try Recordings.allCases.flatMap { try $0.load() }
        let recorded = Set(recordings.filter { $0.reply?.first != Frame.error }.compactMap(\.opcode))
        #expect(!recorded.isEmpty)
        for opcode in recorded { #expect(Self.values.contains { $0.opcode == opcode }, "no value for \(opcode)") }
    }
}
