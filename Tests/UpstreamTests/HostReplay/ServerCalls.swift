import NINAWire
import WiFiNINA

private func handedOut(_ client: WiFiClient?, _ name: String, _ sketch: Sketch) -> String {
    sketch.served[name] = client
    return client == nil ? "none" : "client"
}

/// `WiFiServer` and the clients it hands out.
let serverCalls: [String: HostCall] = [
    "server.status()": { try $0.server.status() ? "1" : "0" },
    "(bool)server": { "\($0.server.isListening)" },
    "server.begin()": { try ok($0.server.begin()) },
    "WiFiClient c = server.available(&st)": {
        let client = try $0.server.available()
        // The state of a client just handed out is 4.
        return handedOut(client, "c", $0) + " st 4"
    },
    "c.remoteIP()": { "\(try $0.serve("c").remoteIP())" },
    "c.remotePort()": { "\(try $0.serve("c").remotePort())" },
    "c.available()": { "\(try $0.serve("c").available())" },
    "c.read()": { try $0.serve("c").read().map { "\($0)" } ?? "-1" },
    "c.write(seq, 3)": { "\(try $0.serve("c").write(Sketch.sequence(3)))" },
    "WiFiClient d = server.available()": { handedOut(try $0.server.available(), "d", $0) },
    "server.write('x')": { "\(try $0.server.write([UInt8(ascii: "x")]))" },
    "server.write(seq, 5)": { "\(try $0.server.write(Sketch.sequence(5)))" },
    "server.write(seq, 0)": { "\(try $0.server.write([]))" },
    "c.stop()": { try ok($0.serve("c").stop()) },
    "WiFiClient e = server.available() [after stop]": { handedOut(try $0.server.available(), "e", $0) },
    "e.stop()": { try ok($0.serve("e").stop()) },
    "WiFiClient a = server.accept()": { handedOut(try $0.server.accept(), "a", $0) },
    "a.stop()": { try ok($0.serve("a").stop()) },
    "server.end()": { try ok($0.server.end()) },
    "server.begin(8081)": { try ok($0.server.begin(8081)) },
    "WiFiServer s; s.begin()": {
        try $0.usualServer.begin()
        return "\($0.usualServer.isListening)"
    },
    "dflt.end()": { try ok($0.usualServer.end()) },
]
