extension GoldenFrames {
    static let settings = station + names + datagrams + enterprise + certificates + system

    private static let station: [GoldenFrame] = [
        GoldenFrame(
            .setIpConfig, "E0 14 04 | 01 03 | 04 C0A8012A | 04 C0A80101 | 04 FFFFFF00 | EE",
            "valid=3 address=192.168.1.42 gateway=192.168.1.1 mask=255.255.255.0"),
        GoldenFrame(
            .setDnsConfig, "E0 15 03 | 01 02 | 04 08080808 | 04 08080404 | EE", "valid=2 first=8.8.8.8 second=8.8.4.4"),
        GoldenFrame(.setHostname, "E0 16 01 | 07 'thing-7' | EE", "name=thing-7"),
        GoldenFrame(.setPowerMode, "E0 17 01 | 01 01 | EE", "mode=1"),
    ]

    private static let names: [GoldenFrame] = [
        GoldenFrame(.setApNet, "E0 18 02 | 06 'my-net' | 01 06 | EE", "ssid=my-net channel=6"),
        GoldenFrame(
            .setApPassphrase, "E0 19 03 | 06 'my-net' | 0B 'long-enough' | 01 0B | EE",
            "ssid=my-net passphrase=long-enough channel=11"),
    ]

    private static let datagrams: [GoldenFrame] = [
        GoldenFrame(.insertDatabuf, "E0 46 02 | 0001 02 | 0005 'hello' | EE", "socket=2 data=hello"),
        GoldenFrame(.sendUDP, "E0 39 01 | 01 02 | EE", "socket=2"),
        GoldenFrame(.ping, "E0 3E 02 | 04 C0A80101 | 01 80 | EE", "address=192.168.1.1 ttl=128"),
    ]

    private static let enterprise: [GoldenFrame] = [
        GoldenFrame(
            .setEnt,
            "E0 40 06 | 0001 00 | 0007 'lab-ent' | 0004 'user' | 0006 'secret' | 0004 'anon' | 0001 00 | EE",
            "type=0 ssid=lab-ent username=user password=secret identity=anon root_ca=0x00"),
        GoldenFrame(
            .setEnt,
            "E0 40 06 | 0001 01 | 0007 'lab-ent' | 0005 'CERT' 00 | 0004 'KEY' 00 | 0000 | 0004 'ROO' 00 | EE",
            "type=1 ssid=lab-ent certificate=0x4345525400 key=0x4B455900 identity= root_ca=0x524F4F00"),
        GoldenFrame(.setEntIdent, "E0 4A 01 | 04 'anon' | EE", "identity=anon"),
        GoldenFrame(.setEntUname, "E0 4B 01 | 05 'alice' | EE", "username=alice"),
        GoldenFrame(.setEntPasswd, "E0 4C 01 | 06 'secret' | EE", "password=secret"),
    ]

    private static let longText = String(repeating: "MIIB", count: 75)

    private static let certificates: [GoldenFrame] = [
        GoldenFrame(.setCliCert, "E0 40 01 | 04 'CERT' | EE", "certificate=CERT"),
        // 300 bytes, with a length byte that holds the low byte of their number.
        GoldenFrame(.setCliCert, "E0 40 01 | 2C '\(longText)' | EE", "certificate=\(longText)"),
        GoldenFrame(.setPK, "E0 41 01 | 03 'KEY' | EE", "key=KEY"),
        GoldenFrame(.setPK, "E0 41 01 | 58 '\(longText)\(longText)' | EE", "key=\(longText)\(longText)"),
        GoldenFrame(
            .brSetEcTa, "E0 68 04 | 0003 300131 | 02 0001 | 02 0017 | 0002 0405 | EE",
            "name=0x300131 flags=1 curve=23 key=0x0405"),
    ]

    private static let system: [GoldenFrame] = [
        GoldenFrame(.setDebug, "E0 1A 01 | 01 01 | EE", "on=1"),
        GoldenFrame(.setTime, "E0 5F 01 | 04 00F15365 | EE", "seconds=1700000000"),
    ]

    static let settingsReplies: [GoldenFrame] = [
        GoldenFrame(.setIpConfig, "E0 94 01 | 01 00 | EE", "result=0"),
        GoldenFrame(.setApPassphrase, "E0 99 01 | 01 00 | EE", "result=0"),
        // 53.333332 degrees.
        GoldenFrame(.getTemperature, "E0 9B 01 | 04 55555542 | EE", "celsius_bits=1112888661"),
        GoldenFrame(.getDnsConfig, "E0 9E 02 | 04 08080808 | 04 08080404 | EE", "first=8.8.8.8 second=8.8.4.4"),
        GoldenFrame(.getReasonCode, "E0 9F 01 | 01 C9 | EE", "reason=201"),
        GoldenFrame(.getTime, "E0 BB 01 | 04 00F15365 | EE", "seconds=1700000000"),
        GoldenFrame(.getTime, "E0 BB 01 | 08 00F1536501000000 | EE", "seconds=5994967296"),
        GoldenFrame(.ping, "E0 BE 01 | 02 0500 | EE", "time_ms=5"),
        GoldenFrame(.ping, "E0 BE 01 | 02 FFFF | EE", "time_ms=-1"),
        GoldenFrame(.getFwVersionU32, "E0 DE 01 | 04 03050000 | EE", "version=50659328"),
        GoldenFrame(.getFwVersionU32, "E0 DE 01 | 03 030500 | EE", "version=197888"),
        GoldenFrame(.setTime, "E0 DF 01 | 01 FF | EE", "code=255"),
        GoldenFrame(.brSetEcTa, "E0 E8 01 | 01 00 | EE", "code=0"),
        GoldenFrame(.brErrorCode, "E0 E9 01 | 04 FEFFFFFF | EE", "error=-2"),
    ]
}
