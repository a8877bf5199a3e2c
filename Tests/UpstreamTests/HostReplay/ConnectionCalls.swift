import NINAWire
import TestSupport
import WiFiNINA

/// `Print` sends its bytes, whatever the result.
private func written(_ count: Int) -> String { "\(count)" }

private func character(_ byte: UInt8?) -> String { byte.map { "\($0)" } ?? "-1" }

private func counted(_ bytes: [UInt8]) -> String { "\(bytes.count) \(bytes.hex.lowercased())" }

private let port: UInt16 = 17007

private let bearAnchorName = Array(hex: "300F310D300B06035504030C046C616230")
private let bearAnchorKey: [UInt8] = [4] + Sketch.sequence(64)

/// `WiFiClient`, `WiFiSSLClient`, `WiFiBearSSLClient`.
let connectionCalls: [String: HostCall] = {
    var calls: [String: HostCall] = plainCalls.merging(secureCalls) { first, _ in first }
    for count in [2, 3, 4, 5, 6, 7, 8, 9, 256, 600, 0] {
        calls["client.write(seq, \(count))"] = { written(try $0.client.write(Sketch.sequence(count))) }
    }
    return calls
}()

private let plainCalls: [String: HostCall] = [
    "(bool)client": { "\($0.client.socket != .unavailable)" },
    "client.status()": { "\(try $0.client.status().rawValue)" },
    "client.connected()": { try $0.client.connected() ? "1" : "0" },
    "client.setRetry(true)": {
        $0.client.retriesWrites = true
        return "ok"
    },
    "client.connect(IPAddress(127,0,0,1), 17007)": {
        try $0.client.connect(.loopback, port: port)
        return "1"
    },
    "client.remoteIP()": { "\(try $0.client.remoteIP())" },
    "client.remotePort()": { "\(try $0.client.remotePort())" },
    "client.write('A')": { written(try $0.client.write(UInt8(ascii: "A"))) },
    "client.print(\"hello \")": {
        try $0.client.print("hello ")
        return "6"
    },
    "client.println(\"world\")": {
        try $0.client.println("world")
        return "7"
    },
    "client.available()": { "\(try $0.client.available())" },
    "client.peek()": { character(try $0.client.peek()) },
    "client.read()": { character(try $0.client.read()) },
    "client.read(buf, 4)": { counted(try $0.client.read(4)) },
    "client.read(buf, 2048)": { counted(try $0.client.read(2048)) },
    "client.flush()": { ok($0.client.flush()) },
    "client.retry(seq, 4, true)": {
        try $0.client.writeAll(Sketch.sequence(4))
        return "4"
    },
    // It waits for DATA_SENT, which firmware always answers with 1: there is nothing to call.
    "client.retry(seq, 4, false)": { _ in nil },
    "client.stop()": { try ok($0.client.stop()) },
    "client.connect(\"localhost\", 17007)": {
        try $0.client.connect("localhost", port: port)
        return "1"
    },
    "client.setConnectionTimeout(1234)": {
        $0.client.connectionTimeout = .milliseconds(1234)
        return "ok"
    },
    "client.setConnectionTimeout(0)": {
        $0.client.connectionTimeout = nil
        return "ok"
    },
]

private let secureCalls: [String: HostCall] = [
    "ssl.connect(IPAddress(127,0,0,1), 443)": {
        try $0.ssl.connect(.loopback, port: 443)
        return "1"
    },
    "ssl.write(seq, 5)": { written(try $0.ssl.write(Sketch.sequence(5))) },
    "ssl.available()": { "\(try $0.ssl.available())" },
    "ssl.read()": { character(try $0.ssl.read()) },
    "ssl.remotePort()": { "\(try $0.ssl.remotePort())" },
    "ssl.stop()": { try ok($0.ssl.stop()) },
    "ssl.connect(\"localhost\", 443)": {
        try $0.ssl.connect("localhost", port: 443)
        return "1"
    },
    "client.connectSSL(IPAddress(127,0,0,1), 443)": {
        try $0.client.connectSSL(.loopback, port: 443)
        return "1"
    },
    "client.connectSSL(\"localhost\", 443)": {
        try $0.client.connectSSL("localhost", port: 443)
        return "1"
    },
    "b.setECTrustAnchor(DN, sizeof(DN), 1, 23, KEY, sizeof(KEY))": {
        try $0.bear.setECTrustAnchor(bearAnchorName, flags: 1, curve: 23, key: bearAnchorKey)
        return "1"
    },
    "b.connect(IPAddress(127,0,0,1), 8883)": {
        try $0.bear.connect(.loopback, port: 8883)
        return "1"
    },
    "b.errorCode()": { "\(try $0.bear.errorCode())" },
    "b.write(seq, 5)": { written(try $0.bear.write(Sketch.sequence(5))) },
    "b.available()": { "\(try $0.bear.available())" },
    "b.read()": { character(try $0.bear.read()) },
    "b.stop()": { try ok($0.bear.stop()) },
    "b.connect(\"localhost\", 8883)": {
        try $0.bear.connect("localhost", port: 8883)
        return "1"
    },
    "client.connectBearSSL(IPAddress(127,0,0,1), 8883)": {
        try $0.client.connectBearSSL(.loopback, port: 8883)
        return "1"
    },
    "client.connectBearSSL(\"localhost\", 8883)": {
        try $0.client.connectBearSSL("localhost", port: 8883)
        return "1"
    },
    "client.setECTrustAnchorBearSSL(DN, 4, 0, 24, KEY, 5)": {
        try $0.client.setECTrustAnchorBearSSL(
            Array(bearAnchorName.prefix(4)), flags: 0, curve: 24, key: Array(bearAnchorKey.prefix(5)))
        return "1"
    },
    "client.errorCodeBearSSL()": { "\(try $0.client.errorCodeBearSSL())" },
]
