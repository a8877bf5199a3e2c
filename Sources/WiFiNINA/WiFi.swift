import NINALink
import NINAWire

/// The Wi-Fi module: WiFiNINA's `WiFi` object, made for one link.
///
/// Calls block until their reply is there; each wait has a deadline, and the error says what was waited for. One `WiFi`
/// and what was made from it belong to one thread at a time.
public final class WiFi {
    let driver: Driver
    /// How long ``begin(_:)`` waits for the network (WiFiNINA's `setTimeout`).
    public var timeout = Duration.seconds(50)
    private var networks: [[UInt8]] = []

    /// A module behind a link, which the module uses alone from now on.
    public init(link: any Link) { driver = Driver(link: link) }

    /// Commands sent so far.
    public var commandCount: Int { driver.commandCount }

    /// How long any one command may take, 10 seconds unless it is changed.
    public var commandTimeout: Duration {
        get { .nanoseconds(Int64(clamping: driver.commandNanoseconds)) }
        set { driver.commandNanoseconds = newValue.wholeNanoseconds }
    }

    /// The time on the link's clock.
    public var now: MonotonicInstant { driver.now }

    // MARK: Joining

    /// Joins an open network and waits until it is joined.
    /// - Throws: `.joinFailed` with the status when the module gave up, `.timedOut(.join)` after ``timeout``.
    public func begin(_ ssid: String) throws(WiFiError) {
        try driver.stopClients()
        _ = try driver.acknowledge(SetNet(ssid: bytes(ssid)))
        try waitUntilJoined()
    }

    /// Joins a network with a passphrase and waits until it is joined.
    /// - Throws: as ``begin(_:)``.
    public func begin(_ ssid: String, passphrase: String) throws(WiFiError) {
        try driver.stopClients()
        _ = try driver.acknowledge(SetPassphrase(ssid: bytes(ssid), passphrase: bytes(passphrase)))
        try waitUntilJoined()
    }

    /// Joins a network with a WEP key and waits until it is joined.
    /// - Throws: as ``begin(_:)``.
    public func begin(_ ssid: String, keyIndex: UInt8, key: String) throws(WiFiError) {
        try driver.stopClients()
        _ = try driver.acknowledge(SetKey(ssid: bytes(ssid), index: keyIndex, key: bytes(key)))
        try waitUntilJoined()
    }

    private func waitUntilJoined() throws(WiFiError) {
        let deadline = now.advanced(by: timeout)
        var pause: UInt64 = 5_000_000
        while true {
            let status = try status()
            switch status {
            case .connected: return
            case .idle, .noSSIDAvailable, .scanCompleted: break
            default: throw .joinFailed(status)
            }
            guard now < deadline else { throw .timedOut(.join) }
            try driver.sleep(nanoseconds: min(pause, deadline.nanoseconds(since: now)))
            pause = min(pause * 2, 100_000_000)
        }
    }

    /// Leaves the network; every client is closed, servers go on listening.
    public func disconnect() throws(WiFiError) {
        try driver.stopClients()
        var command = Disconnect()
        command.dummy = 0xFF
        _ = try driver.acknowledge(command)
    }

    /// The state of the connection.
    public func status() throws(WiFiError) -> ConnectionStatus { try driver.run(GetConnStatus()).status }

    /// Resets the module: it forgets the network and every socket.
    public func reset() throws(WiFiError) { try driver.reset() }

    /// Ends the link; nothing that was made from this object works any more.
    public func end() { driver.link.close() }

    // MARK: The connection

    /// The version of the module's firmware, `3.5.0` for example.
    public func firmwareVersion() throws(WiFiError) -> String { text(try driver.run(GetFwVersion()).version) }

    /// The module's hardware address.
    public func macAddress() throws(WiFiError) -> MACAddress {
        var command = GetMACAddr()
        command.dummy = 0xFF
        return try driver.run(command).address.reversed
    }

    private func addresses() throws(WiFiError) -> GetIPAddr.Reply {
        var command = GetIPAddr()
        command.dummy = 0xFF
        return try driver.run(command)
    }

    /// The module's address, 0.0.0.0 when it has none.
    public func localIP() throws(WiFiError) -> IPv4Address { try addresses().address }
    /// The mask of the module's network.
    public func subnetMask() throws(WiFiError) -> IPv4Address { try addresses().mask }
    /// The gateway of the module's network.
    public func gatewayIP() throws(WiFiError) -> IPv4Address { try addresses().gateway }

    /// The name of the network joined, empty when there is none.
    public func ssid() throws(WiFiError) -> String {
        var command = GetCurrSSID()
        command.dummy = 0xFF
        return text(try driver.run(command).ssid)
    }

    /// The hardware address of the access point joined.
    public func bssid() throws(WiFiError) -> MACAddress {
        var command = GetCurrBSSID()
        command.dummy = 0xFF
        return try driver.run(command).bssid.reversed
    }

    /// The signal strength of the network joined, in dBm; 0 when there is none.
    public func rssi() throws(WiFiError) -> Int {
        var command = GetCurrRSSI()
        command.dummy = 0xFF
        return Int(try driver.run(command).rssi)
    }

    /// The encryption of the network joined.
    public func encryptionType() throws(WiFiError) -> EncryptionType {
        var command = GetCurrEnct()
        command.dummy = 0xFF
        return try driver.run(command).type
    }

    // MARK: Scanning

    /// Scans for networks; the calls with an index then tell of each.
    /// - Returns: how many were found, at most 10.
    public func scanNetworks() throws(WiFiError) -> Int {
        _ = try driver.acknowledge(StartScanNetworks())
        networks = try driver.run(ScanNetworks()).networks.map { Array($0) }
        return networks.count
    }

    /// The name of a network of the last scan, nil beyond the last one.
    public func ssid(_ index: Int) -> String? {
        networks.indices.contains(index) ? text(networks[index][...]) : nil
    }

    /// The signal strength of a network of the last scan in dBm, nil beyond the last one.
    public func rssi(_ index: Int) throws(WiFiError) -> Int? {
        guard networks.indices.contains(index) else { return nil }
        return Int(try driver.run(GetIdxRSSI(index: UInt8(index))).rssi)
    }

    /// The encryption of a network of the last scan, nil beyond the last one.
    public func encryptionType(_ index: Int) throws(WiFiError) -> EncryptionType? {
        guard networks.indices.contains(index) else { return nil }
        return try driver.run(GetIdxEnct(index: UInt8(index))).type
    }

    /// The hardware address of an access point of the last scan, nil beyond the last one.
    public func bssid(_ index: Int) throws(WiFiError) -> MACAddress? {
        guard networks.indices.contains(index) else { return nil }
        return try driver.run(GetIdxBSSID(index: UInt8(index))).bssid.reversed
    }

    /// The channel of a network of the last scan, nil beyond the last one.
    public func channel(_ index: Int) throws(WiFiError) -> Int? {
        guard networks.indices.contains(index) else { return nil }
        return Int(try driver.run(GetIdxChannel(index: UInt8(index))).channel)
    }

    // MARK: Names, waiting

    /// Looks a host name up; an address in dotted decimal needs no network.
    /// - Throws: `.hostNotFound`.
    public func hostByName(_ name: String) throws(WiFiError) -> IPv4Address {
        guard try driver.acknowledge(ReqHostByName(name: bytes(name))) else { throw .hostNotFound }
        let address = try driver.run(GetHostByName()).address
        guard address != .broadcast else { throw .hostNotFound }
        return address
    }

    /// Waits until the module has something: bytes, or a client that waits. The end of a connection does not count.
    /// - Returns: false when the time was up first.
    @discardableResult
    public func waitForActivity(_ time: Duration) throws(WiFiError) -> Bool {
        try driver.waitForInterrupt(until: now.advanced(by: time))
    }

    /// Lets time pass (Arduino's `delay`).
    public func delay(_ time: Duration) throws(WiFiError) { try driver.sleep(nanoseconds: time.wholeNanoseconds) }

    private func bytes(_ text: String) -> ArraySlice<UInt8> { ArraySlice(text.utf8) }

    /// Text without the NUL that some firmwares send along.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
