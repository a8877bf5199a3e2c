import NINALink
import NINAWire

// Access point mode.

extension WiFi {
    /// Starts an open access point and waits until it is up.
    /// - Parameters:
    ///   - ssid: the network's name, at most 32 bytes.
    ///   - channel: the radio channel, 1 to 13.
    /// - Throws: `.joinFailed` with the status when the module failed, `.timedOut(.join)` after ``timeout``.
    public func beginAP(_ ssid: String, channel: UInt8 = 1) throws(WiFiError) {
        let command = SetApNet(ssid: try bytes(ssid, .setApNet), channel: channel)
        try driver.stopClients()
        try finishAccessPoint(driver.acknowledge(command))
    }

    /// Starts an access point with a passphrase and waits until it is up.
    /// - Parameters:
    ///   - ssid: the network's name, at most 32 bytes.
    ///   - passphrase: 8 to 63 bytes.
    ///   - channel: the radio channel, 1 to 13.
    /// - Throws: see ``beginAP(_:channel:)``.
    public func beginAP(_ ssid: String, passphrase: String, channel: UInt8 = 1) throws(WiFiError) {
        let command = SetApPassphrase(
            ssid: try bytes(ssid, .setApPassphrase), passphrase: try bytes(passphrase, .setApPassphrase),
            channel: channel)
        try driver.stopClients()
        try finishAccessPoint(driver.acknowledge(command))
    }

    private func finishAccessPoint(_ isMade: Bool) throws(WiFiError) {
        // Some firmware reports the idle status after a failure, so check its reply.
        guard isMade else { throw .joinFailed(.apFailed) }
        let isUp = { (status: ConnectionStatus) in status == .apListening || status == .apConnected }
        if isUp(try status()) { return }
        if try driver.findFirmware().reportsNoAccessPoint { return }
        try waitForStatus(isUp)
    }
}
