import NINAWire
import WiFiNINA

private let ownAddress = IPv4Address(192, 168, 4, 20)
private let two = IPv4Address(192, 168, 4, 2)
private let three = IPv4Address(192, 168, 4, 3)
private let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

/// `WiFi`.
let stationCalls: [String: HostCall] = [
    "WiFi.status()": { "\(try $0.wifi.status().rawValue)" },
    "WiFi.firmwareVersion()": { quoted(try $0.wifi.firmwareVersion()) },
    "WiFi.firmwareVersionU32()": { "\(try $0.wifi.firmwareVersionU32())" },
    "WiFi.reasonCode()": { "\(try $0.wifi.reasonCode())" },
    "WiFi.macAddress(mac)": { printed(try $0.wifi.macAddress()) },
    "WiFi.setTimeout(3000)": {
        $0.wifi.timeout = .milliseconds(3000)
        return "ok"
    },
    "WiFi.setFeedWatchdogFunc(feed)": {
        $0.wifi.watchdogFeeder = {}
        return "ok"
    },
    "WiFi.feedWatchdog()": {
        $0.wifi.feedWatchdog()
        return "ok"
    },
    "WiFi.config(IPAddress(192,168,4,20))": { try ok($0.wifi.config(ownAddress)) },
    "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2))": { try ok($0.wifi.config(ownAddress, dns: two)) },
    "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2), IPAddress(192,168,4,3))": {
        try ok($0.wifi.config(ownAddress, dns: two, gateway: three))
    },
    "WiFi.config(IPAddress(192,168,4,20), IPAddress(192,168,4,2), IPAddress(192,168,4,3), IPAddress(255,255,254,0))": {
        try ok($0.wifi.config(ownAddress, dns: two, gateway: three, subnet: IPv4Address(255, 255, 254, 0)))
    },
    "WiFi.setDNS(IPAddress(10,1,2,3))": { try ok($0.wifi.setDNS(IPv4Address(10, 1, 2, 3))) },
    "WiFi.setDNS(IPAddress(10,1,2,3), IPAddress(10,1,2,4))": {
        try ok($0.wifi.setDNS(IPv4Address(10, 1, 2, 3), IPv4Address(10, 1, 2, 4)))
    },
    "WiFi.setHostname(\"nina-host\")": { try ok($0.wifi.setHostname("nina-host")) },
    "WiFi.setHostname(\"abc\")": { try ok($0.wifi.setHostname("abc")) },
    "WiFi.setHostname(\"abcd\")": { try ok($0.wifi.setHostname("abcd")) },
    "WiFi.setHostname(\"abcde\")": { try ok($0.wifi.setHostname("abcde")) },
    "WiFi.setHostname(\"abcdef\")": { try ok($0.wifi.setHostname("abcdef")) },
    "WiFi.scanNetworks()": { "\(try $0.wifi.scanNetworks())" },
    "WiFi.SSID(0)": { quoted($0.wifi.ssid(0)) },
    "WiFi.RSSI(0)": { "\(try $0.wifi.rssi(0) ?? 0)" },
    "WiFi.encryptionType(0)": { "\(try $0.wifi.encryptionType(0)?.rawValue ?? 255)" },
    "WiFi.BSSID(0, bssid)": { printed(try $0.wifi.bssid(0)) },
    "WiFi.channel(0)": { "\(try $0.wifi.channel(0) ?? 0)" },
    "WiFi.SSID(1)": { quoted($0.wifi.ssid(1)) },
    "WiFi.RSSI(1)": { "\(try $0.wifi.rssi(1) ?? 0)" },
    "WiFi.encryptionType(1)": { "\(try $0.wifi.encryptionType(1)?.rawValue ?? 255)" },
    "WiFi.BSSID(1, bssid)": { printed(try $0.wifi.bssid(1)) },
    "WiFi.channel(1)": { "\(try $0.wifi.channel(1) ?? 0)" },
    "WiFi.SSID(10)": { quoted($0.wifi.ssid(10)) },
    "WiFi.RSSI(10)": { "\(try $0.wifi.rssi(10) ?? 0)" },
    "WiFi.beginEnterprise(\"lab-ent\", \"user\", \"secret\")": {
        try $0.wifi.beginEnterprise("lab-ent", username: "user", password: "secret")
        return "3"
    },
    "WiFi.beginEnterprise(\"lab-ent\", \"user\", \"secret\", \"anon@lab\")": {
        try $0.wifi.beginEnterprise("lab-ent", username: "user", password: "secret", identity: "anon@lab")
        return "3"
    },
    "WiFi.beginEnterprise(\"lab-ent\", \"user\", \"secret\", \"anon@lab\", \"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n\")":
        {
            try $0.wifi.beginEnterprise(
                "lab-ent", username: "user", password: "secret", identity: "anon@lab", rootCA: certificate)
            return "3"
        },
    "WiFi.disconnect()": {
        try $0.wifi.disconnect()
        return "1"
    },
    "WiFi.beginAP(\"nina-ap\")": {
        try $0.wifi.beginAP("nina-ap")
        return "7"
    },
    "WiFi.beginAP(\"nina-ap\", 6)": {
        try $0.wifi.beginAP("nina-ap", channel: 6)
        return "7"
    },
    "WiFi.beginAP(\"nina-ap\", \"password1\")": {
        try $0.wifi.beginAP("nina-ap", passphrase: "password1")
        return "7"
    },
    "WiFi.beginAP(\"nina-ap\", \"password1\", 11)": {
        try $0.wifi.beginAP("nina-ap", passphrase: "password1", channel: 11)
        return "7"
    },
    "WiFi.begin(\"lab-open\")": {
        try $0.wifi.begin("lab-open")
        return "3"
    },
    "WiFi.begin(\"lab-wep\", 1, \"ABCDE\")": {
        try $0.wifi.begin("lab-wep", keyIndex: 1, key: "ABCDE")
        return "3"
    },
    "WiFi.begin(\"lab-net\", \"correct-horse\")": {
        try $0.wifi.begin("lab-net", passphrase: "correct-horse")
        return "3"
    },
    "WiFi.SSID()": { quoted(try $0.wifi.ssid()) },
    "WiFi.BSSID(bssid)": { printed(try $0.wifi.bssid()) },
    "WiFi.RSSI()": { "\(try $0.wifi.rssi())" },
    "WiFi.encryptionType()": { "\(try $0.wifi.encryptionType().rawValue)" },
    "WiFi.localIP()": { "\(try $0.wifi.localIP())" },
    "WiFi.subnetMask()": { "\(try $0.wifi.subnetMask())" },
    "WiFi.gatewayIP()": { "\(try $0.wifi.gatewayIP())" },
    "WiFi.dnsIP()": { "\(try $0.wifi.dnsIP())" },
    "WiFi.dnsIP(1)": { "\(try $0.wifi.dnsIP(1))" },
    "WiFi.dnsIP(2)": { "\(try $0.wifi.dnsIP(2))" },
    "WiFi.hostByName(\"localhost\", ip)": { "1 \(try $0.wifi.hostByName("localhost"))" },
    "WiFi.hostByName(\"a\", ip)": { try found($0.wifi.hostByName("a")) },
    "WiFi.hostByName(\"ab\", ip)": { try found($0.wifi.hostByName("ab")) },
    "WiFi.hostByName(\"abc\", ip)": { try found($0.wifi.hostByName("abc")) },
    "WiFi.hostByName(\"abcd\", ip)": { try found($0.wifi.hostByName("abcd")) },
    "WiFi.ping(IPAddress(127,0,0,1))": { "\(try $0.wifi.ping(.loopback) ?? -1)" },
    "WiFi.ping(IPAddress(127,0,0,1), 64)": { "\(try $0.wifi.ping(.loopback, ttl: 64) ?? -1)" },
    "WiFi.ping(\"localhost\")": { "\(try $0.wifi.ping("localhost") ?? -1)" },
    "WiFi.ping(String(\"localhost\"), 5)": { "\(try $0.wifi.ping("localhost", ttl: 5) ?? -1)" },
    "WiFi.getTime()": { "\(try $0.wifi.getTime() ?? 0)" },
    "WiFi.setTime(1700000000)": {
        try $0.wifi.setTime(1_700_000_000)
        // Invented by the recording's device; firmware answers 0.
        return "1"
    },
    "WiFi.lowPowerMode()": { try ok($0.wifi.lowPowerMode()) },
    "WiFi.noLowPowerMode()": { try ok($0.wifi.noLowPowerMode()) },
    "WiFi.end()": { ok($0.wifi.end()) },
]

func ok(_ nothing: Void) -> String { "ok" }

private func found(_ address: IPv4Address) -> String { "1" }
