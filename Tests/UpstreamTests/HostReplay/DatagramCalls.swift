import NINAWire
import TestSupport
import WiFiNINA

/// `WiFiUDP`.
let datagramCalls: [String: HostCall] = {
    var calls = udpCalls
    for count in 2...5 { calls["udp.write(seq, \(count))"] = { "\(try $0.udp.write(Sketch.sequence(count)))" } }
    return calls
}()

private let udpCalls: [String: HostCall] = [
    "udp.begin(2390)": {
        try $0.udp.begin(2390)
        return "1"
    },
    "udp.beginPacket(IPAddress(127,0,0,1), 17008)": {
        try $0.udp.beginPacket(.loopback, port: 17008)
        return "1"
    },
    "udp.write('U')": { "\(try $0.udp.write(UInt8(ascii: "U")))" },
    "udp.write(\"text\")": { "\(try $0.udp.print("text"))" },
    "udp.endPacket()": {
        try $0.udp.endPacket()
        return "1"
    },
    "udp.beginPacket(\"localhost\", 17008)": {
        try $0.udp.beginPacket("localhost", port: 17008)
        return "1"
    },
    "udp.parsePacket()": { "\(try $0.udp.parsePacket())" },
    "udp.available()": { "\($0.udp.available())" },
    "udp.remoteIP()": { "\($0.udp.remoteIP())" },
    "udp.remotePort()": { "\($0.udp.remotePort())" },
    "udp.peek()": { $0.udp.peek().map { "\($0)" } ?? "-1" },
    "udp.read()": { $0.udp.read().map { "\($0)" } ?? "-1" },
    "udp.read(buf, 64)": {
        let bytes = $0.udp.read(64)
        return "\(bytes.count) \(bytes.hex.lowercased())"
    },
    "udp.flush()": { ok($0.udp.flush()) },
    "udp.stop()": { try ok($0.udp.stop()) },
    "udp.beginMulticast(IPAddress(239,1,2,3), 5353)": {
        try $0.udp.beginMulticast(IPv4Address(239, 1, 2, 3), port: 5353)
        return "1"
    },
]
