import NINAWire

private let connects = [
    "client.connect(IPAddress(127,0,0,1), 17007)", "ssl.connect(IPAddress(127,0,0,1), 443)",
    "ssl.connect(\"localhost\", 443)", "client.connectSSL(IPAddress(127,0,0,1), 443)",
    "client.connectSSL(\"localhost\", 443)", "b.connect(IPAddress(127,0,0,1), 8883)", "b.connect(\"localhost\", 8883)",
    "client.connectBearSSL(IPAddress(127,0,0,1), 8883)", "client.connectBearSSL(\"localhost\", 8883)",
]

private let writes =
    [2, 3, 4, 5, 6, 7, 8, 9, 256, 600].map { "client.write(seq, \($0))" } + [
        "client.write('A')", "client.print(\"hello \")", "ssl.write(seq, 5)",
        "b.write(seq, 5)", "c.write(seq, 3)", "server.write('x')", "server.write(seq, 5)",
    ]

/// A reply of 9 bytes, `udp-hello`.
private let datagram = "E0C50100097564702D68656C6C6FEE00"

/// Every difference; a test fails when one is missing or no longer needed.
let hostDifferences: [HostDifference] = [
    // Connections.
    HostDifference(
        calls: connects, edit: .omits(.getDatabuf),
        reason: "START_CLIENT's reply reports whether the connection was made; bytes are read when they are requested"),
    HostDifference(
        calls: ["client.connect(IPAddress(127,0,0,1), 17007) #76"],
        edit: .replaces(.startClient, "timeout_ms=0", "timeout_ms=10000"),
        reason: "a connect always has a time-out, which the module gets"),
    HostDifference(
        calls: Array(connects.dropFirst()), edit: .replaces(.startClient, "timeout_ms=0", "timeout_ms=30000"),
        reason: "a connect always has a time-out, which the module gets; a handshake takes longer"),
    HostDifference(
        calls: ["client.connect(\"localhost\", 17007)"],
        edit: .sends([
            "GET_SOCKET", "START_CLIENT host=localhost address=0.0.0.0 port=17007 socket=0 type=0 timeout_ms=10000",
        ]),
        reason: "the module looks the name up by itself: one round trip instead of three"),
    HostDifference(
        calls: writes, edit: .omits(.dataSent),
        reason: "every firmware replies 1 to DATA_SENT at once: a round trip without information"),
    HostDifference(
        calls: ["client.println(\"world\")"],
        edit: .sends(["SEND_DATA socket=0 data=0x776F726C640D0A"]), replies: ["E0C401020700EE00"],
        reason: "a line and its end travel in one frame"),
    HostDifference(
        calls: ["client.stop()", "ssl.stop()", "b.stop()", "c.stop()", "e.stop()", "a.stop()"],
        edit: .omits(.getClientState),
        reason: "STOP_CLIENT frees the socket at once: there is no state to wait for"),
    HostDifference(
        calls: ["client.connected() #79"], edit: .addsFirst(["GET_CLIENT_STATE socket=0"]),
        replies: ["E0AF010104EE0000"],
        reason: "WiFiNINA had read bytes while connecting, so it did not ask"),
    HostDifference(
        calls: ["client.available() #96", "ssl.available()", "b.available()"],
        edit: .addsFirst(["GET_DATABUF socket=0 size=4086"]),
        reason: "WiFiNINA had read the bytes while connecting"),
    HostDifference(
        calls: ["client.available() #101", "client.read() #102", "c.available()"],
        edit: .replaces(.getDatabuf, "size=1500", "size=4086"),
        reason: "as many bytes as a reply can carry"),
    // Servers.
    HostDifference(
        calls: ["WiFiClient c = server.available(&st)"], edit: .omits(.getClientState),
        reason: "the state is asked for by those who want it, with status()"),
    HostDifference(
        calls: ["WiFiClient e = server.available() [after stop]"],
        edit: .sends(["AVAIL_DATA socket=0 accept=0"]),
        reason: "a client that was stopped is forgotten: its socket may be another connection's by now"),
    // Datagrams.
    HostDifference(
        calls: ["udp.beginPacket(IPAddress(127,0,0,1), 17008) #168", "udp.beginPacket(\"localhost\", 17008)"],
        edit: .omits(.startClient),
        reason: "the destination travels with the datagram, in endPacket(): nothing that comes between redirects it"),
    HostDifference(
        calls: [
            "udp.write('U')", "udp.write(seq, 2)", "udp.write(seq, 3)", "udp.write(seq, 4)", "udp.write(seq, 5)",
            "udp.write(\"text\")",
        ],
        edit: .omits(.insertDatabuf),
        reason: "a datagram is gathered here and travels whole: firmware writes past its buffer when it is too long"),
    HostDifference(
        calls: ["udp.endPacket() #175"],
        edit: .addsFirst([
            "START_CLIENT address=127.0.0.1 port=17008 socket=0 type=1",
            "INSERT_DATABUF socket=0 data=0x55010201020301020304010203040574657874",
        ]),
        reason: "destination and bytes of beginPacket() and write()"),
    HostDifference(
        calls: ["udp.endPacket() #178"],
        edit: .addsFirst([
            "START_CLIENT address=127.0.0.1 port=17008 socket=0 type=1", "INSERT_DATABUF socket=0 data=0x01020304",
        ]),
        reason: "destination and bytes of beginPacket() and write()"),
    HostDifference(
        calls: ["udp.parsePacket() #179"],
        edit: .addsLast(["GET_REMOTE_DATA socket=0", "GET_DATABUF socket=0 size=4086"]),
        replies: ["E0BA02047F00000102426FEE", datagram],
        reason: "a datagram is taken out whole with its sender, before the next one can take its place"),
    HostDifference(
        calls: ["udp.remoteIP()", "udp.remotePort()", "udp.peek()"], edit: .sends([]),
        reason: "parsePacket() has taken the datagram and its sender out"),
    HostDifference(
        calls: ["udp.beginPacket(IPAddress(127,0,0,1), 17008) #191", "udp.stop() #192"], edit: .sends([]),
        reason: "a socket that only sends is opened when a datagram is sent: none was"),
    // Settings.
    HostDifference(
        calls: [
            "WiFi.config(IPAddress(192,168,4,20))",
            "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2))",
            "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2), IPAddress(192,168,4,3))",
        ],
        edit: .replaces(.setIpConfig, "mask=0.0.0.0", "mask=255.255.255.0"),
        reason: "without a mask everybody would be a neighbour; Arduino's other libraries take this one"),
    HostDifference(
        calls: [
            "WiFi.config(IPAddress(192,168,4,20))",
            "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2))",
            "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2), IPAddress(192,168,4,3))",
        ],
        edit: .replaces(.setIpConfig, "valid=2", "valid=3"),
        reason: "all three addresses count, the mask too; firmware does not look at this number"),
    // Files.
    HostDifference(
        calls: ["WiFiStorage.read(\"/fs/a.bin\", 2, buf, 4)"],
        edit: .addsFirst(["EXISTS_FILE offset=0 count=4 path=/fs/a.bin"]), replies: ["E0E3010407000000EE000000"],
        reason: "old firmware answers zeros behind the end and nothing for a missing file: the size is looked at first"),
    HostDifference(
        calls: ["WiFiStorage.read(String(\"/fs/s\"), 0, buf, 1)"],
        edit: .addsFirst(["EXISTS_FILE offset=0 count=4 path=/fs/s"]), replies: ["E0E3010401000000EE000000"],
        reason: "old firmware answers zeros behind the end and nothing for a missing file: the size is looked at first"),
    // Preferences.
    HostDifference(
        calls: ["p.getLong(\"l32\")", "p.getULong(\"ul32\")", "p.getBool(\"bool\")"],
        edit: .omitsRepeats(.prefGettype),
        reason: "WiFiNINA asks for the type in the outer call and again in the inner one"),
    HostDifference(
        calls: ["p.getString(\"str\", s, 16)"], edit: .addsFirst(["PREF_LEN key=str"]),
        replies: ["E0D9010406000000EE000000"],
        reason: "the length distinguishes a missing key from empty text, as in WiFiNINA's getString of a String"),
    // Drivers.
    HostDifference(
        calls: ["ServerDrv::getData(0, &b, 1)"], edit: .replaces(.getData, "peek=0", "peek=1"),
        reason: "WiFiNINA sends the flag as two bytes, of which firmware reads the first, always 0: it never peeks"),
    HostDifference(
        calls: ["WiFiDrv::blePeek(buf, 3)"], edit: .addsFirst(["BLE_AVAILABLE"]),
        replies: ["E0CC01020300EE00"],
        reason: "firmware answers nothing when more is asked for than there is"),
    HostDifference(
        calls: ["WiFiDrv::bleRead(buf, 300)"], edit: .sends(["BLE_AVAILABLE", "BLE_READ size=3"]),
        replies: ["E0CC01020300EE00"],
        reason: "firmware answers nothing when more is asked for than there is"),
]
