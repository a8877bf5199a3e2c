import NINAWire
import WiFiNINA

// Networks: scanning, joining, access point.

extension APISuite {
    /// The 4-way handshake with a wrong passphrase ends with reason 15.
    private var statusOfWrongCredential: ConnectionStatus { firmware.dialect.joinFailureRule.status(after: 15) }

    func stationCalls() {
        call("WiFi.status()", .getConnStatus) { try equal(wifi.status(), .idle) }
        call("WiFi.getTime()", .getTime) { try equal(wifi.getTime(), nil) }
        call("WiFi.timeout") {
            try equal(wifi.timeout, .seconds(50))
            wifi.timeout = .seconds(20)
            try equal(wifi.timeout, .seconds(20))
        }
        call("WiFi.hostByName(_:)", .reqHostByName, failure: .hostNotFound) {
            _ = try wifi.hostByName("nobody.example")
        }
        call("WiFi.begin(_:passphrase:)", failure: .joinFailed(JoinFailure(statusOfWrongCredential))) {
            try wifi.begin("lab-net", passphrase: "wrong-horse")
        }
        call("WiFi.reasonCode()", .getReasonCode) { try equal(wifi.reasonCode(), 15) }
        call("WiFi.begin(_:passphrase:)", .setPassphrase) {
            try join()
            try equal(wifi.status(), .connected)
        }
        let isCleared = !firmware.quirks.contains(.reasonIsNeverCleared)
        call("WiFi.reasonCode()", .getReasonCode) { try equal(wifi.reasonCode(), isCleared ? 0 : 15) }
        call("WiFi.getTime()", .getTime) { try equal(wifi.getTime(), 1_700_000_000) }
        call("WiFi.ssid()", .getCurrSSID) { try equal(wifi.ssid(), "lab-net") }
        call("WiFi.bssid()", .getCurrBSSID) { try equal("\(wifi.bssid())".uppercased(), "02:00:00:AA:BB:01") }
        call("WiFi.rssi()", .getCurrRSSI) { try equal(wifi.rssi(), -52) }
        call("WiFi.encryptionType()", .getCurrEnct) { try equal(wifi.encryptionType(), .wpa2) }
        call("WiFi.macAddress()", .getMACAddr) {
            // The last octet distinguishes the modules of an emulator.
            try check("\(wifi.macAddress())".uppercased().hasPrefix("24:0A:C4:01:02:"), "\(try wifi.macAddress())")
        }
        call("WiFi.localIP()", .getIPAddr) {
            try equal(wifi.localIP().rawValue >> 24, 127)
            try check(wifi.localIP() != .loopback, "the module has an address of its own")
        }
        call("WiFi.subnetMask()") { try equal(wifi.subnetMask(), IPv4Address(255, 0, 0, 0)) }
        call("WiFi.gatewayIP()") { try equal(wifi.gatewayIP(), .loopback) }
        call("WiFi.dnsIP(_:)", .getDnsConfig) {
            try equal(wifi.dnsIP(), .loopback)
            try equal(wifi.dnsIP(1), .any)
            try equal(wifi.dnsIP(2), .any)
        }
        call("WiFi.hostByName(_:)", .getHostByName) {
            try equal(wifi.hostByName(Self.peerName), peers.world.address)
            try equal(wifi.hostByName("10.1.2.3"), IPv4Address(10, 1, 2, 3))
        }
        call("WiFi.lowPowerMode()", .setPowerMode) { try wifi.lowPowerMode() }
        call("WiFi.noLowPowerMode()", .setPowerMode) { try wifi.noLowPowerMode() }
        call("WiFi.disconnect()", .disconnect) {
            try wifi.disconnect()
            try equal(wifi.status(), .disconnected)
        }
        configurationCalls()
    }

    private func configurationCalls() {
        let address = IPv4Address(10, 9, 8, 7)
        call("WiFi.setHostname(_:)", .setHostname) { try wifi.setHostname("suite") }
        call("WiFi.config(_:dns:gateway:subnet:)", .setIpConfig, .setDnsConfig) {
            try wifi.config(address)
            try equal(wifi.localIP(), address)
            try join()
            try equal(wifi.localIP(), address)
            try equal(wifi.gatewayIP(), IPv4Address(10, 9, 8, 1))
            try equal(wifi.subnetMask(), IPv4Address(255, 255, 255, 0))
        }
        let (first, second) = (IPv4Address(10, 0, 0, 53), IPv4Address(10, 0, 1, 53))
        call("WiFi.setDNS(_:)", .setDnsConfig) { try wifi.setDNS(first) }
        call("WiFi.dnsIP(_:)", .getDnsConfig) { try equal(wifi.dnsIP(0), first) }
        call("WiFi.setDNS(_:_:)", .setDnsConfig) { try wifi.setDNS(.any, second) }
        call("WiFi.dnsIP(_:)", .getDnsConfig) {
            try equal(wifi.dnsIP(0), first)
            try equal(wifi.dnsIP(1), second)
        }
        call("WiFi.config(_:dns:gateway:subnet:)", .setIpConfig) {
            try wifi.config(
                address, dns: second, gateway: IPv4Address(10, 9, 0, 1), subnet: IPv4Address(255, 255, 0, 0))
            try join()
            try equal(wifi.gatewayIP(), IPv4Address(10, 9, 0, 1))
            try equal(wifi.subnetMask(), IPv4Address(255, 255, 0, 0))
            try wifi.config(.any)
            try join()
            // Some firmware keeps the configured addresses until a reset, even zeros.
            let isForGood = firmware.dialect.addressRule == .untilReset
            try check(wifi.localIP() != address, "the static address is still there")
            try equal(wifi.localIP() == .any, isForGood)
            try wifi.reset()
        }
    }

    func scanCalls() {
        let names = ["lab-net", "open-net", "wep-net", "campus", "far-net"]
        var count = 0
        call("WiFi.scanNetworks()", .startScanNetworks, .scanNetworks) {
            count = try wifi.scanNetworks()
            try equal(count, names.count)
        }
        call("WiFi.ssid(_:)") {
            try equal((0..<count).map { wifi.ssid($0) }, names)
            try equal(wifi.ssid(count), nil)
        }
        call("WiFi.rssi(_:)", .getIdxRSSI) {
            try equal((0...count).map { try wifi.rssi($0) }, [-52, -70, -80, -60, -61, nil])
        }
        call("WiFi.encryptionType(_:)", .getIdxEnct) {
            // ESP-IDF's own number of an enterprise network is known to the host; WiFiNINA's numbers have none.
            let isUnknown = firmware.quirks.contains(.enterpriseLooksUnknown)
            let enterprise: EncryptionType =
                isUnknown && !firmware.quirks.contains(.scanReportsRawEncryption) ? .unknown : .wpa2
            try equal((0...count).map { try wifi.encryptionType($0) }, [.wpa2, .open, .wep, enterprise, .open, nil])
        }
        call("WiFi.bssid(_:)", .getIdxBSSID) {
            try equal("\(try need(wifi.bssid(2), "third network"))".uppercased(), "02:00:00:AA:BB:03")
            try equal(wifi.bssid(count), nil)
        }
        call("WiFi.channel(_:)", .getIdxChannel) {
            try equal((0...count).map { try wifi.channel($0) }, [6, 11, 1, 3, 4, nil])
        }
    }

    func joiningCalls() {
        call("WiFi.begin(_:)", .setNet) {
            try wifi.begin("open-net")
            try equal(wifi.ssid(), "open-net")
            try equal(wifi.encryptionType(), .open)
        }
        call("WiFi.begin(_:)", failure: .joinFailed(.connectFailed)) { try wifi.begin("no-net") }
        call("WiFi.begin(_:keyIndex:key:)", .setKey) {
            try wifi.begin("wep-net", keyIndex: 1, key: "ABCDE12345")
            try equal(wifi.encryptionType(), .wep)
        }
        let password: (String) throws -> Void = { [wifi] in
            try wifi.beginEnterprise("campus", username: "ada", password: $0, identity: "anonymous")
        }
        if firmware.family == .arduino {
            call("WiFi.beginEnterprise(_:username:password:identity:rootCA:)", .setEnt) { try password("engine") }
        } else {
            call(
                "WiFi.beginEnterprise(_:username:password:identity:rootCA:)", .setEntIdent, .setEntUname,
                .setEntPasswd, .setEntEnable
            ) {
                try password("engine")
            }
        }
        call("WiFi.ssid()") { try equal(wifi.ssid(), "campus") }
        call(
            "WiFi.beginEnterprise(_:username:password:identity:rootCA:)",
            failure: .joinFailed(JoinFailure(statusOfWrongCredential))
        ) {
            try wifi.beginEnterprise("campus", username: "ada", password: "wrong")
        }
        call("WiFi.beginEnterprise(_:certificate:key:identity:rootCA:)", .setEnt) {
            // An open network does not check user names.
            try wifi.beginEnterprise("open-net", certificate: "certificate", key: "key")
            try equal(wifi.ssid(), "open-net")
        }
        call("WiFi.begin(_:)") {
            try wifi.reset()
            try wifi.begin("far-net")
            try equal(wifi.localIP(), IPv4Address(1, 0, 0, 9))
        }
        call("WiFi.ping(_:ttl:)", .ping) {
            try check(wifi.ping(.address(IPv4Address(1, 0, 0, 1))) != nil, "the gateway does not answer")
            try equal(wifi.ping(.address(IPv4Address(1, 0, 0, 77)), ttl: 3), nil)
        }
        call("WiFi.ping(_:ttl:)", .ping) {
            try check(wifi.ping("gateway.example") != nil, "the gateway does not answer")
        }
    }

    func accessPointCalls() {
        call("WiFi.beginAP(_:channel:)", .setApNet) {
            try wifi.beginAP("suite-net", channel: 6)
            // Adafruit's 3.x reports its station.
            guard !firmware.quirks.contains(.accessPointsRunBesideStation) else { return }
            try equal(wifi.status(), .apListening)
            try equal(wifi.ssid(), "suite-net")
            try equal(wifi.localIP(), IPv4Address(192, 168, 4, 1))
        }
        call("WiFi.beginAP(_:passphrase:channel:)", .setApPassphrase) {
            try wifi.beginAP("secret-net", passphrase: "12345678")
            guard !firmware.quirks.contains(.accessPointsRunBesideStation) else { return }
            try equal(wifi.encryptionType(), .wpa2)
        }
        call("WiFi.beginAP(_:passphrase:channel:)", failure: .joinFailed(.apFailed)) {
            try wifi.beginAP("secret-net", passphrase: "short")
        }
        call("WiFi.disconnect()") { try wifi.disconnect() }
    }
}
