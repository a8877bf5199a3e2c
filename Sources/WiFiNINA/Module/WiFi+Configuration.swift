import NINALink
import NINAWire

// The settings of the station: addresses, name servers, host name, power saving.

extension WiFi {
    /// Sets a static address, from the next join on; 0.0.0.0 returns to DHCP.
    /// - Parameters:
    ///   - address: the module's address.
    ///   - dns: the name server; nil for the module's address with 1 as its last octet.
    ///   - gateway: the gateway; nil for the module's address with 1 as its last octet.
    ///   - subnet: the subnet mask.
    public func config(
        _ address: IPv4Address, dns: IPv4Address? = nil, gateway: IPv4Address? = nil,
        subnet: IPv4Address = IPv4Address(255, 255, 255, 0)
    ) throws(WiFiError) {
        let first = address == .any ? .any : IPv4Address(rawValue: address.rawValue & ~0xFF | 1)
        // The firmware always answers 0.
        _ = try driver.run(SetIpConfig(valid: 3, address: address, gateway: gateway ?? first, mask: subnet))
        try setDNS(dns ?? first)
    }

    /// Sets the name server.
    public func setDNS(_ server: IPv4Address) throws(WiFiError) {
        _ = try driver.run(SetDnsConfig(valid: 1, first: server, second: .any))
    }

    /// Sets both name servers; 0.0.0.0 leaves one unchanged.
    public func setDNS(_ first: IPv4Address, _ second: IPv4Address) throws(WiFiError) {
        _ = try driver.run(SetDnsConfig(valid: 2, first: first, second: second))
    }

    /// A name server in use: the first for 0, the second for 1; 0.0.0.0 when there is none.
    /// - Throws: `.unsupported` before Arduino's firmware 1.6.0 and Adafruit's 2.0.0.
    public func dnsIP(_ index: Int = 0) throws(WiFiError) -> IPv4Address {
        guard (0...1).contains(index) else { return .any }
        var command = GetDnsConfig()
        command.dummy = 0xFF
        let servers = try driver.run(command)
        return index == 0 ? servers.first : servers.second
    }

    /// Sets the host name for DHCP, from the next join on.
    /// - Parameter name: the firmware uses at most 32 bytes.
    public func setHostname(_ name: String) throws(WiFiError) {
        _ = try driver.run(SetHostname(name: bytes(name, .setHostname)))
    }

    /// Lets the radio sleep between beacons: lower power, higher latency.
    public func lowPowerMode() throws(WiFiError) { _ = try driver.run(SetPowerMode(mode: 1)) }

    /// Keeps the radio awake.
    public func noLowPowerMode() throws(WiFiError) { _ = try driver.run(SetPowerMode(mode: 0)) }
}
