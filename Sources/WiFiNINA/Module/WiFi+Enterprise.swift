import NINALink
import NINAWire

// Joining WPA2 enterprise networks. Arduino's firmware uses one command, Adafruit's four, and the number of Arduino's
// command means something else to Adafruit's: the firmware is identified first.

extension WiFi {
    /// Joins an enterprise network with a user name and a password (PEAP, MSCHAPv2) and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - username: at most 127 bytes.
    ///   - password: at most 127 bytes.
    ///   - identity: the outer identity, sent unencrypted, at most 127 bytes; empty for none.
    ///   - rootCA: the certificate in PEM of the authority that signed the server's; empty for none.
    /// - Throws: see ``begin(_:)``; `.unsupported` before firmware 1.3.0 of Arduino, 1.4.0 of Adafruit.
    public func beginEnterprise(
        _ ssid: String, username: String, password: String, identity: String = "", rootCA: String = ""
    ) throws(WiFiError) {
        guard try driver.findFirmware().family == .arduino else {
            return try joinByAdafruitsCommands(ssid, username: username, password: password, identity: identity)
        }
        var command = SetEnt(method: .peap)
        command.username = try bytes(username, .setEnt)
        command.password = try bytes(password, .setEnt)
        try join(command, ssid, identity: identity, rootCA: rootCA)
    }

    /// Joins an enterprise network with a client certificate (EAP-TLS) and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - certificate: the client's certificate in PEM.
    ///   - key: its private key in PEM.
    ///   - identity: the outer identity; empty for none.
    ///   - rootCA: the certificate in PEM of the authority that signed the server's; empty for none.
    /// - Throws: see ``begin(_:)``; `.unsupported` with Adafruit's firmware.
    public func beginEnterprise(
        _ ssid: String, certificate: String, key: String, identity: String = "", rootCA: String = ""
    ) throws(WiFiError) {
        guard try driver.findFirmware().family == .arduino else { throw .unsupported(.setEnt) }
        var command = SetEnt(method: .tls)
        command.certificate = try terminated(certificate)
        command.key = try terminated(key)
        try join(command, ssid, identity: identity, rootCA: rootCA)
    }

    private func join(_ command: SetEnt, _ ssid: String, identity: String, rootCA: String) throws(WiFiError) {
        var command = command
        command.ssid = try bytes(ssid, .setEnt)
        command.identity = try bytes(identity, .setEnt)
        command.rootCA = try terminated(rootCA)
        try driver.stopClients()
        _ = try driver.acknowledge(command)
        try waitUntilJoined()
    }

    private func joinByAdafruitsCommands(
        _ ssid: String, username: String, password: String, identity: String
    ) throws(WiFiError) {
        var ident = SetEntIdent()
        ident.identity = try bytes(identity, .setEntIdent)
        var name = SetEntUname()
        name.username = try bytes(username, .setEntUname)
        var secret = SetEntPasswd()
        secret.password = try bytes(password, .setEntPasswd)
        let network = SetNet(ssid: try bytes(ssid, .setNet))
        try driver.stopClients()
        _ = try driver.acknowledge(ident)
        _ = try driver.acknowledge(name)
        _ = try driver.acknowledge(secret)
        _ = try driver.acknowledge(SetEntEnable())
        _ = try driver.acknowledge(network)
        try waitUntilJoined()
    }

    /// The firmware treats certificates and keys as C strings, so the NUL must be sent too.
    private func terminated(_ text: String) throws(WiFiError) -> ArraySlice<UInt8> { try bytes(text, .setEnt) + [0] }
}
