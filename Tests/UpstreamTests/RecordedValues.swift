// The expected values of recorded calls beyond joining and TCP.

import TestSupport

private let pem =
    "-----BEGIN CERTIFICATE-----\n\(String(repeating: "A", count: 300))\n-----END CERTIFICATE-----\n".bytes

let settingsValues: [ExpectedValue] = [
    ExpectedValue(
        .wifiNINA, "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2), IPAddress(192,168,4,3))", .setIpConfig,
        "valid=2 address=192.168.4.20 gateway=192.168.4.3 mask=0.0.0.0", "result=1"),
    ExpectedValue(
        .esp32SPI, "set_ip_config('192.168.1.42','192.168.1.1','255.255.255.0')", .setIpConfig,
        "valid=0 address=192.168.1.42 gateway=192.168.1.1 mask=255.255.255.0", "result=0"),
    ExpectedValue(
        .wifiNINA, "WiFi.setDNS(IPAddress(10,1,2,3), IPAddress(10,1,2,4))", .setDnsConfig,
        "valid=2 first=10.1.2.3 second=10.1.2.4", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.setHostname(\"abcde\")", .setHostname, "name=abcde", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.lowPowerMode()", .setPowerMode, "mode=1", "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.beginAP(\"nina-ap\", 6)", .setApNet, "ssid=nina-ap channel=6", "result=1"),
    ExpectedValue(.esp32SPI, "create_AP('my-ap', None, channel=6)", .setApNet, "ssid=my-ap channel=0", "result=1"),
    ExpectedValue(
        .wifiNINA, "WiFi.beginAP(\"nina-ap\", \"password1\", 11)", .setApPassphrase,
        "ssid=nina-ap passphrase=password1 channel=11", "result=1"),
    ExpectedValue(.esp32SPI, "set_esp_debug(True)", .setDebug, "on=1", "result=1"),
    ExpectedValue(.firmware, "idle: GET_TEMPERATURE", .getTemperature, noFields, "celsius_bits=1112888661"),
    ExpectedValue(.wifiNINA, "WiFi.dnsIP(1)", .getDnsConfig, "dummy=255", "first=192.168.4.2 second=8.8.8.8"),
    ExpectedValue(.firmware, "join-no-network: GET_REASON_CODE", .getReasonCode, noFields, "reason=201"),
    ExpectedValue(.wifiNINA, "WiFi.reasonCode()", .getReasonCode, noFields, "reason=2"),
    ExpectedValue(.wifiNINA, "udp.write(seq, 4)", .insertDatabuf, "socket=0 data=0x01020304", "result=1"),
    ExpectedValue(.wifiNINA, "udp.endPacket()", .sendUDP, "socket=0", "result=1"),
    ExpectedValue(.esp32SPI, "get_time() 8-byte reply (fw 3.3.0)", .getTime, noFields, "seconds=1700000000"),
    ExpectedValue(.esp32SPI, "get_time() 4-byte reply (fw <= 1.7.7)", .getTime, noFields, "seconds=1700000000"),
    ExpectedValue(.wifiNINA, "WiFi.setTime(1700000000)", .setTime, "seconds=1700000000", "code=1"),
    ExpectedValue(.wifiNINA, "WiFi.ping(IPAddress(127,0,0,1), 64)", .ping, "address=127.0.0.1 ttl=64", "time_ms=10"),
    ExpectedValue(.firmware, "ping: PING no answer", .ping, "address=192.168.1.77 ttl=128", "time_ms=-1"),
    ExpectedValue(
        .wifiNINA, "WiFi.beginEnterprise(\"lab-ent\", \"user\", \"secret\", \"anon@lab\")", .setEnt,
        "type=0 ssid=lab-ent username=user password=secret identity=anon@lab root_ca=0x00", "result=1"),
    ExpectedValue(
        .firmware, "enterprise: SET_ENT TLS", .setEnt,
        "type=1 ssid=open-net certificate=0x4345525400 key=0x4B455900 identity=ident root_ca=0x00", "result=1"),
    // 355 bytes with a length byte of 99.
    ExpectedValue(
        .esp32SPI, "set_certificate wire bytes (352-byte PEM, internal call)", .setCliCert, "certificate=0x\(pem.hex)",
        "result=1"),
    ExpectedValue(
        .esp32SPI, "set_private_key wire bytes (352-byte PEM, internal call)", .setPK, "key=0x\(pem.hex)", "result=1"),
    ExpectedValue(.esp32SPI, "wifi_set_entidentity(b'alice')", .setEntIdent, "identity=alice", "result=1"),
    ExpectedValue(.esp32SPI, "wifi_set_entusername(b'alice')", .setEntUname, "username=alice", "result=1"),
    ExpectedValue(.esp32SPI, "wifi_set_entpassword(b'alice')", .setEntPasswd, "password=alice", "result=1"),
    ExpectedValue(.esp32SPI, "wifi_set_entenable()", .setEntEnable, noFields, "result=1"),
    ExpectedValue(.wifiNINA, "WiFi.firmwareVersionU32()", .getFwVersionU32, noFields, "version=50331904"),
    ExpectedValue(
        .wifiNINA, "client.setECTrustAnchorBearSSL(DN, 4, 0, 24, KEY, 5)", .brSetEcTa,
        "name=0x300F310D flags=0 curve=24 key=0x0401020304", "code=0"),
    ExpectedValue(.wifiNINA, "b.errorCode()", .brErrorCode, noFields, "error=0"),
]

let storageValues: [ExpectedValue] = [
    ExpectedValue(.wifiNINA, "WiFiDrv::bleBegin()", .bleBegin, noFields, "code=0"),
    ExpectedValue(.wifiNINA, "WiFiDrv::bleAvailable()", .bleAvailable, noFields, "count=3"),
    ExpectedValue(.wifiNINA, "WiFiDrv::blePeek(buf, 3)", .blePeek, "size=3", "data=ble"),
    ExpectedValue(.wifiNINA, "WiFiDrv::bleRead(buf, 300)", .bleRead, "size=300", "data=ble"),
    ExpectedValue(.wifiNINA, "WiFiDrv::bleWrite(seq, 4)", .bleWrite, "packet=0x01020304", "count=4"),
    ExpectedValue(.wifiNINA, "WiFiDrv::bleEnd()", .bleEnd, noFields, "result=0"),
    ExpectedValue(.wifiNINA, "WiFiDrv::pinMode(26, INPUT_PULLUP)", .setPinMode, "pin=26 mode=2", "result=1"),
    ExpectedValue(.wifiNINA, "WiFiDrv::digitalWrite(25, HIGH)", .setDigitalWrite, "pin=25 value=1", "result=1"),
    ExpectedValue(.wifiNINA, "WiFiDrv::analogWrite(27, 128)", .setAnalogWrite, "pin=27 value=128", "result=1"),
    ExpectedValue(.wifiNINA, "WiFiDrv::digitalRead(25)", .getDigitalRead, "pin=25", "value=1"),
    ExpectedValue(.wifiNINA, "WiFiDrv::analogRead(6)", .getAnalogRead, "pin=6", "value=2048"),
    ExpectedValue(.esp32SPI, "set_analog_read(34)  # fw 1.7.7", .getAnalogRead, "pin=34 attenuation=3", "value=1234"),
    ExpectedValue(.firmware, "pins: GET_ANALOG_READ channel 3", .getAnalogRead, "pin=3", "value=1030"),
    ExpectedValue(.wifiNINA, "p.begin(\"space\", false)", .prefBegin, "name=space read_only=0", "code=0"),
    ExpectedValue(.wifiNINA, "p.begin(\"ro\", true, \"nvs2\")", .prefBegin, "name=ro read_only=1 label=nvs2", "code=0"),
    ExpectedValue(.wifiNINA, "p.clear()", .prefClear, noFields, "code=0"),
    ExpectedValue(.wifiNINA, "p.freeEntries()", .prefStat, noFields, "count=500"),
    ExpectedValue(.wifiNINA, "p.putInt(\"i32\", -123456)", .prefPut, "key=i32 type=4 value=0xC01DFEFF", "count=4"),
    ExpectedValue(
        .wifiNINA, "p.putString(\"str\", \"hello\")", .prefPut, "key=str type=8 value=0x68656C6C6F00", "count=5"),
    ExpectedValue(.wifiNINA, "(int)p.getType(\"u16\")", .prefGettype, "key=u16", "type=3"),
    ExpectedValue(.wifiNINA, "p.getInt(\"i32\")", .prefGet, "key=i32 type=4", "value=0xFFFE1DC0"),
    ExpectedValue(.wifiNINA, "p.getBytesLength(\"blob\")", .prefLen, "key=blob", "count=9"),
    ExpectedValue(.wifiNINA, "p.remove(\"u8\")", .prefRemove, "key=u8", "code=0"),
    ExpectedValue(.wifiNINA, "p.end()", .prefEnd, noFields, "result=0"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.write(\"/fs/a.bin\", 0, data, 7)", .writeFile,
        "offset=0 count=7 path=/fs/a.bin data=0x01020304050607", "result=1"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.read(\"/fs/a.bin\", 2, buf, 4)", .readFile, "offset=2 count=4 path=/fs/a.bin",
        "data=0x03040506"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.exists(\"/fs/none\")", .existsFile, "offset=0 count=4 path=/fs/none", "size=-1"),
    ExpectedValue(.wifiNINA, "WiFiStorage.remove(\"/fs/bb.bin\")", .deleteFile, "offset=0 count=0 path=/fs/bb.bin"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.rename(\"/fs/a.bin\", \"/fs/bb.bin\")", .renameFile, "old=/fs/a.bin new=/fs/bb.bin",
        "code=0"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.download(\"http://127.0.0.1:17009/x\", \"dl\")", .downloadFile,
        "url=http://127.0.0.1:17009/x name=dl", "result=1"),
    ExpectedValue(
        .wifiNINA, "WiFiStorage.downloadOTA(\"http://127.0.0.1:17009/ota\", &ota)", .downloadOTA,
        "url=http://127.0.0.1:17009/ota", "code=0"),
    ExpectedValue(.wifiNINA, "WiFiDrv::applyOTA()", .applyOTA, noFields, "result=1"),
]

let bsdValues: [ExpectedValue] = [
    ExpectedValue(.firmware, "bsd-tcp: SOCKET stream", .bsdSocket, "type=1 protocol=0", "socket=54"),
    ExpectedValue(.firmware, "bsd-tcp: SOCKET bad type", .bsdSocket, "type=9 protocol=0", "socket=255"),
    ExpectedValue(.firmware, "bsd-tcp: CLOSE", .bsdClose, "socket=54", "result=1"),
    ExpectedValue(.firmware, "bsd-exhaustion: ERRNO", .bsdErrno, noFields, "errno=23"),
    ExpectedValue(.firmware, "bsd-udp: BIND 5003", .bsdBind, "socket=54 port=5003", "result=1"),
    ExpectedValue(
        .firmware, "bsd-tcp: CONNECT refused", .bsdConnect, "socket=54 address=127.0.0.1 port=19102", "result=0"),
    ExpectedValue(.firmware, "bsd-tcp: CONNECT", .bsdConnect, "socket=55 address=127.0.0.1 port=19101", "result=1"),
    ExpectedValue(
        .firmware, "bsd-tcp: GETPEERNAME", .bsdGetpeername, "socket=55", "result=1 address=127.0.0.1 port=19101"),
    ExpectedValue(.firmware, "bsd-tcp: SEND", .bsdSend, "socket=55 data=bsd-data", "count=8"),
    ExpectedValue(.firmware, "bsd-tcp: RECV 3", .bsdRecv, "socket=55 size=3", "data=rep"),
    ExpectedValue(
        .firmware, "bsd-tcp: IOCTL FIONREAD", .bsdIoctl, "socket=55 request=1074030207 value=0x00000000",
        "value=0x05000000"),
    ExpectedValue(
        .firmware, "bsd-tcp: IOCTL unknown", .bsdIoctl, "socket=55 request=305419896 value=0x07000000", "value="),
    ExpectedValue(.firmware, "bsd-udp: POLL", .bsdPoll, "socket=54", "events=3"),
    ExpectedValue(
        .firmware, "bsd-udp: SENDTO", .bsdSendto, "socket=54 address=127.0.0.1 port=19103 data=dgram", "count=5"),
    ExpectedValue(
        .firmware, "bsd-udp: RECVFROM", .bsdRecvfrom, "socket=54 size=100", "address=127.0.0.1 port=19103 data=answer"),
]
