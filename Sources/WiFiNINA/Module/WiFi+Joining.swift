import NINALink
import NINAWire

// Joining networks and leaving them.

extension WiFi {
    /// Joins an open network and waits until it is joined.
    /// - Throws: `.joinFailed` with the reason when the module gave up, `.timedOut(.join)` after ``timeout``,
    ///   `.invalidArgument` for a name or passphrase that is too long or has a NUL.
    public func begin(_ ssid: String) throws(WiFiError) {
        try requestJoining(ssid)
        try waitUntilJoined()
    }

    func requestJoining(_ ssid: String) throws(WiFiError) {
        let command = SetNet(ssid: try bytes(ssid, .setNet))
        try driver.stopClients()
        _ = try driver.acknowledge(command)
    }

    /// Joins a network with a passphrase and waits until it is joined.
    /// - Throws: see ``begin(_:)``.
    public func begin(_ ssid: String, passphrase: String) throws(WiFiError) {
        try requestJoining(ssid, passphrase: passphrase)
        try waitUntilJoined()
    }

    func requestJoining(_ ssid: String, passphrase: String) throws(WiFiError) {
        let command = SetPassphrase(
            ssid: try bytes(ssid, .setPassphrase), passphrase: try bytes(passphrase, .setPassphrase))
        try driver.stopClients()
        _ = try driver.acknowledge(command)
    }

    /// Joins a network with a WEP key and waits until it is joined.
    /// - Throws: see ``begin(_:)``.
    public func begin(_ ssid: String, keyIndex: UInt8, key: String) throws(WiFiError) {
        let command = SetKey(ssid: try bytes(ssid, .setKey), index: keyIndex, key: try bytes(key, .setKey))
        try driver.stopClients()
        _ = try driver.acknowledge(command)
        try waitUntilJoined()
    }

    func waitUntilJoined() throws(WiFiError) {
        try waitForStatus { $0 == .connected }
    }

    /// Polls the status until it is a wanted one, or one that makes further waiting pointless.
    func waitForStatus(_ isWanted: (ConnectionStatus) -> Bool) throws(WiFiError) {
        let deadline = now.advanced(by: timeout)
        var pause: UInt64 = 5_000_000
        while true {
            if try hasStatus(isWanted) { return }
            guard now < deadline else { throw try joinTimeOut() }
            try driver.sleep(nanoseconds: min(pause, deadline.nanoseconds(since: now)))
            pause = min(pause * 2, 100_000_000)
        }
    }

    /// The error when the time for joining is up. Firmware goes on looking for a network that it has not found.
    func joinTimeOut() throws(WiFiError) -> WiFiError {
        let failure = driver.joinFailure(try status())
        return failure.reason != nil && failure.cause == .noSuchNetwork ? .joinFailed(failure) : .timedOut(.join)
    }

    /// Whether the status is a wanted one.
    /// - Throws: `.joinFailed` for a status that makes further waiting pointless.
    func hasStatus(_ isWanted: (ConnectionStatus) -> Bool) throws(WiFiError) -> Bool {
        let status = try status()
        if isWanted(status) { return true }
        switch status {
        case .idle, .noSSIDAvailable, .scanCompleted: return false
        default: throw .joinFailed(driver.joinFailure(status))
        }
    }

    /// Leaves the network, or stops the access point; closes every client, while servers continue to listen.
    public func disconnect() throws(WiFiError) {
        try driver.stopClients()
        try driver.leaveNetwork()
    }

    /// The state of the connection.
    public func status() throws(WiFiError) -> ConnectionStatus { try driver.run(GetConnStatus()).status }

    /// The reason why the last connection ended: an IEEE 802.11 reason code, or one of the ESP32's from 200 on; 0 while
    /// connected.
    /// - Throws: `.unsupported` before Arduino's firmware 1.3.0 and Adafruit's 2.0.0.
    public func reasonCode() throws(WiFiError) -> UInt8 { try driver.run(GetReasonCode()).reason }
}
