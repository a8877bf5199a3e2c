import NINAWire
import TestSupport
import WiFiNINA

private let slot = SocketNumber(rawValue: 0)

/// `WiFiDrv` and `ServerDrv`: pins, Bluetooth, and the commands underlying the classes.
let driverCalls: [String: HostCall] = [
    "WiFiDrv::pinMode(25, OUTPUT)": { try ok($0.wifi.pinMode(25, .output)) },
    "WiFiDrv::pinMode(26, INPUT_PULLUP)": { try ok($0.wifi.pinMode(26, .inputPullUp)) },
    "WiFiDrv::digitalWrite(25, HIGH)": { try ok($0.wifi.digitalWrite(25, true)) },
    "WiFiDrv::analogWrite(27, 128)": { try ok($0.wifi.analogWrite(27, 128)) },
    "WiFiDrv::digitalRead(25)": { try $0.wifi.digitalRead(25) ? "HIGH" : "LOW" },
    "WiFiDrv::analogRead(6)": { "\(try $0.wifi.analogRead(6))" },
    "WiFiDrv::debug(0)": { try ok($0.wifi.debug(false)) },
    "WiFiDrv::getTemperature()": { "\((try $0.wifi.temperature() * 1000).rounded(.down) / 1000)" },
    "ServerDrv::getData(0, &b, 0)": { "\(try $0.wifi.run(GetData(socket: slot, peek: false)).byte == 0x5A)" },
    "ServerDrv::getData(0, &b, 1)": { "\(try $0.wifi.run(GetData(socket: slot, peek: true)).byte == 0x5A)" },
    "ServerDrv::getSocket()": { "\(try $0.wifi.run(GetSocket()).socket)" },
    "ServerDrv::getServerState(0)": { "\(try $0.wifi.run(GetStateTCP(socket: slot)).value)" },
    "ServerDrv::getClientState(0)": { "\(try $0.wifi.run(GetClientState(socket: slot)).state.rawValue)" },
    "ServerDrv::availData(0)": { "\(try $0.wifi.run(AvailData(socket: slot)).value)" },
    "ServerDrv::checkDataSent(0)": { "\(try $0.wifi.run(DataSent(socket: slot)).value)" },
    "ServerDrv::startServer(IPAddress(10,0,0,9), 9000, 2, 0)": {
        var command = StartServer(port: 9000, socket: SocketNumber(rawValue: 2), type: .tcp)
        command.address = IPv4Address(10, 0, 0, 9)
        _ = try $0.wifi.run(command)
        return "ok"
    },
    "WiFiDrv::bleBegin()": {
        try $0.bluetooth.begin()
        return "1"
    },
    "WiFiDrv::bleAvailable()": { "\(try $0.bluetooth.available())" },
    "WiFiDrv::blePeek(buf, 3)": {
        // WiFiNINA returned 0, although bytes were available.
        try $0.bluetooth.peek(3) == Array("ble".utf8) ? "0" : "no bytes"
    },
    "WiFiDrv::bleRead(buf, 300)": { "\(try $0.bluetooth.read(300).count)" },
    "WiFiDrv::bleWrite(seq, 4)": { "\(try $0.bluetooth.write(Sketch.sequence(4)))" },
    "WiFiDrv::bleWrite(seq, 7)": { "\(try $0.bluetooth.write(Sketch.sequence(7)))" },
    "WiFiDrv::bleEnd()": { try ok($0.bluetooth.end()) },
    "WiFiDrv::applyOTA()": { try ok($0.wifi.applyOTA()) },
]
