import NINALink
import NINAWire

// Scans and their results.

extension WiFi {
    /// Scans for networks; use the methods with an index for details of each.
    /// - Returns: the number of networks found, at most 10.
    public func scanNetworks() throws(WiFiError) -> Int {
        _ = try driver.acknowledge(StartScanNetworks())
        networks = try driver.run(ScanNetworks()).networks.map { Array($0) }
        return networks.count
    }

    /// The name of a network of the last scan; nil when the index is out of range.
    public func ssid(_ index: Int) -> String? {
        networks.indices.contains(index) ? text(networks[index][...]) : nil
    }

    /// The signal strength of a network of the last scan, in dBm; nil when the index is out of range.
    public func rssi(_ index: Int) throws(WiFiError) -> Int? {
        guard networks.indices.contains(index) else { return nil }
        return Int(try driver.run(GetIdxRSSI(index: UInt8(index))).rssi)
    }

    /// The encryption of a network of the last scan; nil when the index is out of range.
    public func encryptionType(_ index: Int) throws(WiFiError) -> EncryptionType? {
        guard networks.indices.contains(index) else { return nil }
        let type = try driver.run(GetIdxEnct(index: UInt8(index))).type
        return try driver.findFirmware().scansReportAuthModes ? EncryptionType(authMode: type.rawValue) : type
    }

    /// The hardware address of an access point of the last scan; nil when the index is out of range.
    public func bssid(_ index: Int) throws(WiFiError) -> MACAddress? {
        guard networks.indices.contains(index) else { return nil }
        return try ordered(driver.run(GetIdxBSSID(index: UInt8(index))).bssid)
    }

    /// The channel of a network of the last scan; nil when the index is out of range.
    public func channel(_ index: Int) throws(WiFiError) -> Int? {
        guard networks.indices.contains(index) else { return nil }
        return Int(try driver.run(GetIdxChannel(index: UInt8(index))).channel)
    }
}
