import NINAWire

/// A frame written by hand from the protocol description, and its fields.
public struct GoldenFrame: Sendable, CustomStringConvertible {
    /// The command.
    public let opcode: Opcode
    /// The bytes, without padding.
    public let bytes: [UInt8]
    /// The fields, as ``FieldDump`` writes them.
    public let fields: String

    init(_ opcode: Opcode, _ bytes: [UInt8], _ fields: String = "") {
        self.opcode = opcode
        self.bytes = bytes
        self.fields = fields
    }

    init(_ opcode: Opcode, _ hex: String, _ fields: String = "") { self.init(opcode, Array(hex: hex), fields) }

    /// The bytes, used as the names of test cases.
    public var description: String { "\(opcode) \(bytes.hex)" }
}

/// Hand-written frames; none was produced by this package's own writer.
public enum GoldenFrames {
    /// Commands: every form of every opcode.
    public static let commands =
        bareCommands + dummyCommands + station + scan + servers + clients + data + names + settings + storage
        + bsdSockets

    private static let station: [GoldenFrame] = [
        GoldenFrame(.setNet, "E0 10 01 | 08 'open-net' | EE", "ssid=open-net"),
        GoldenFrame(
            .setPassphrase, "E0 11 02 | 07 'lab-net' | 0D 'correct-horse' | EE",
            "ssid=lab-net passphrase=correct-horse"),
        GoldenFrame(.setKey, "E0 12 03 | 07 'lab-wep' | 01 02 | 05 'ABCDE' | EE", "ssid=lab-wep index=2 key=ABCDE"),
    ]

    private static let scan: [GoldenFrame] = [
        GoldenFrame(.getIdxRSSI, "E0 32 01 | 01 03 | EE", "index=3"),
        GoldenFrame(.getIdxEnct, "E0 33 01 | 01 09 | EE", "index=9"),
        GoldenFrame(.getIdxBSSID, "E0 3C 01 | 01 01 | EE", "index=1"),
        GoldenFrame(.getIdxChannel, "E0 3D 01 | 01 FF | EE", "index=255"),
    ]

    private static let servers: [GoldenFrame] = [
        GoldenFrame(.startServer, "E0 28 03 | 02 1F90 | 01 02 | 01 00 | EE", "port=8080 socket=2 type=0"),
        GoldenFrame(
            .startServer, "E0 28 04 | 04 EF010203 | 02 14E9 | 01 04 | 01 03 | EE",
            "address=239.1.2.3 port=5353 socket=4 type=3"),
        GoldenFrame(.getStateTCP, "E0 29 01 | 01 03 | EE", "socket=3"),
        GoldenFrame(.availData, "E0 2B 01 | 01 05 | EE", "socket=5"),
        GoldenFrame(.availData, "E0 2B 02 | 01 05 | 01 01 | EE", "socket=5 accept=1"),
        GoldenFrame(.stopServer, "E0 38 01 | 01 03 | EE", "socket=3"),
    ]

    private static let clients: [GoldenFrame] = [
        GoldenFrame(
            .startClient, "E0 2D 04 | 04 5DB8D822 | 02 01BB | 01 01 | 01 02 | EE",
            "address=93.184.216.34 port=443 socket=1 type=2"),
        GoldenFrame(
            .startClient, "E0 2D 05 | 0B 'example.com' | 04 00000000 | 02 0050 | 01 07 | 01 00 | EE",
            "host=example.com address=0.0.0.0 port=80 socket=7 type=0"),
        GoldenFrame(
            .startClient, "E0 2D 06 | 00 | 04 7F000001 | 02 426F | 01 00 | 01 00 | 02 04D2 | EE",
            "host= address=127.0.0.1 port=17007 socket=0 type=0 timeout_ms=1234"),
        GoldenFrame(.stopClient, "E0 2E 01 | 01 09 | EE", "socket=9"),
        GoldenFrame(.getClientState, "E0 2F 01 | 01 3F | EE", "socket=63"),
        GoldenFrame(.getRemoteData, "E0 3A 01 | 01 05 | EE", "socket=5"),
    ]

    private static let data: [GoldenFrame] = [
        GoldenFrame(.getData, "E0 2C 02 | 01 04 | 01 01 | EE", "socket=4 peek=1"),
        GoldenFrame(.sendData, "E0 44 02 | 0001 03 | 0005 'hello' | EE", "socket=3 data=hello"),
        GoldenFrame(.getDatabuf, "E0 45 02 | 0001 03 | 0002 DC05 | EE", "socket=3 size=1500"),
        GoldenFrame(.dataSent, "E0 2A 01 | 01 06 | EE", "socket=6"),
    ]

    private static let names: [GoldenFrame] = [
        GoldenFrame(.getFwVersion, "E0 37 01 | 01 00 | EE", "dummy=0"),
        GoldenFrame(.reqHostByName, "E0 34 01 | 0B 'example.com' | EE", "name=example.com"),
    ]

    /// Replies: every form of every opcode.
    public static let replies: [GoldenFrame] =
        acknowledgements + failures + [
            GoldenFrame(.getConnStatus, "E0 A0 01 | 01 03 | EE", "status=3"),
            GoldenFrame(
                .getIPAddr, "E0 A1 03 | 04 C0A8012A | 04 FFFFFF00 | 04 C0A80101 | EE",
                "address=192.168.1.42 mask=255.255.255.0 gateway=192.168.1.1"),
            GoldenFrame(.getMACAddr, "E0 A2 01 | 06 030201C40A24 | EE", "address=03:02:01:C4:0A:24"),
            GoldenFrame(.getCurrSSID, "E0 A3 01 | 07 'lab-net' | EE", "ssid=lab-net"),
            GoldenFrame(.getCurrSSID, "E0 A3 01 | 00 | EE", "ssid="),
            GoldenFrame(.getCurrBSSID, "E0 A4 01 | 06 01BBAA000002 | EE", "bssid=01:BB:AA:00:00:02"),
            GoldenFrame(.getCurrRSSI, "E0 A5 01 | 04 CCFFFFFF | EE", "rssi=-52"),
            GoldenFrame(.getCurrEnct, "E0 A6 01 | 01 04 | EE", "type=4"),
            GoldenFrame(.scanNetworks, "E0 A7 00 EE"),
            GoldenFrame(.scanNetworks, "E0 A7 02 | 07 'lab-net' | 08 'open-net' | EE", "ssid=lab-net ssid=open-net"),
            GoldenFrame(.availData, "E0 AB 01 | 02 FF00 | EE", "value=255"),
            GoldenFrame(.availData, "E0 AB 01 | 02 DC05 | EE", "value=1500"),
            GoldenFrame(.getData, "E0 AC 01 | 01 5A | EE", "byte=90"),
            GoldenFrame(.startClient, "E0 AD 00 EE"),
            GoldenFrame(.getClientState, "E0 AF 01 | 01 04 | EE", "state=4"),
            GoldenFrame(.getIdxRSSI, "E0 B2 01 | 04 BAFFFFFF | EE", "rssi=-70"),
            GoldenFrame(.getIdxEnct, "E0 B3 01 | 01 07 | EE", "type=7"),
            GoldenFrame(.getHostByName, "E0 B5 01 | 04 0A0B0C0D | EE", "address=10.11.12.13"),
            GoldenFrame(.getFwVersion, "E0 B7 01 | 06 '3.5.0' 00 | EE", "version=0x332E352E3000"),
            GoldenFrame(.getRemoteData, "E0 BA 02 | 04 0A000007 | 02 1F90 | EE", "address=10.0.0.7 port=8080"),
            GoldenFrame(.getIdxBSSID, "E0 BC 01 | 06 02BBAA000002 | EE", "bssid=02:BB:AA:00:00:02"),
            GoldenFrame(.getIdxChannel, "E0 BD 01 | 01 0B | EE", "channel=11"),
            GoldenFrame(.getSocket, "E0 BF 01 | 01 FF | EE", "socket=255"),
            GoldenFrame(.sendData, "E0 C4 01 | 02 F30F | EE", "count=4083"),
            GoldenFrame(.getDatabuf, "E0 C5 01 | 0000 | EE", "data="),
            GoldenFrame(.getDatabuf, "E0 C5 01 | 0005 'hello' | EE", "data=hello"),
        ] + settingsReplies + storageReplies + bsdSocketReplies

    private static let failures: [GoldenFrame] = [
        GoldenFrame(.startServer, "E0 A8 01 | 01 00 | EE", "result=0"),
        GoldenFrame(.reqHostByName, "E0 B4 01 | 01 00 | EE", "result=0"),
    ]
}
