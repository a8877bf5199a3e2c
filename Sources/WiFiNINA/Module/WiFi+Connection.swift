import NINALink
import NINAWire

// The properties of the module's connection to its network.

extension WiFi {
    /// The module's hardware address.
    public func macAddress() throws(WiFiError) -> MACAddress {
        var command = GetMACAddr()
        command.dummy = 0xFF
        return try ordered(driver.run(command).address)
    }

    /// Converts a hardware address from the firmware's order on the wire to the usual order.
    func ordered(_ address: MACAddress) throws(WiFiError) -> MACAddress {
        try driver.findFirmware().sendsFirstOctetFirst ? address : address.reversed
    }

    private func addresses() throws(WiFiError) -> GetIPAddr.Reply {
        var command = GetIPAddr()
        command.dummy = 0xFF
        return try driver.run(command)
    }

    /// The module's address; 0.0.0.0 when it has none.
    public func localIP() throws(WiFiError) -> IPv4Address { try addresses().address }
    /// The subnet mask of the module's network.
    public func subnetMask() throws(WiFiError) -> IPv4Address { try addresses().mask }
    /// The gateway of the module's network.
    public func gatewayIP() throws(WiFiError) -> IPv4Address { try addresses().gateway }

    /// The name of the current network; empty when there is none.
    public func ssid() throws(WiFiError) -> String {
        var command = GetCurrSSID()
        command.dummy = 0xFF
        return text(try driver.run(command).ssid)
    }

    /// The hardware address of the current access point.
    public func bssid() throws(WiFiError) -> MACAddress {
        var command = GetCurrBSSID()
        command.dummy = 0xFF
        return try ordered(driver.run(command).bssid)
    }

    /// The signal strength of the current network, in dBm; 0 when there is none.
    public func rssi() throws(WiFiError) -> Int {
        var command = GetCurrRSSI()
        command.dummy = 0xFF
        return Int(try driver.run(command).rssi)
    }

    /// The encryption of the current network.
    public func encryptionType() throws(WiFiError) -> EncryptionType {
        var command = GetCurrEnct()
        command.dummy = 0xFF
        return try driver.run(command).type
    }
}
