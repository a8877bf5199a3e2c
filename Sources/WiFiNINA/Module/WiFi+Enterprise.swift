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
        command.username = bytes(username)
        command.password = bytes(password)
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
        command.certificate = terminated(certificate)
        command.key = terminated(key)
        try join(command, ssid, identity: identity, rootCA: rootCA)
    }

    private func join(_ command: SetEnt, _ ssid: String, identity: String, rootCA: String) throws(WiFiError) {
        try driver.stopClients()
        var command = command
        command.ssid = bytes(ssid)
        command.identity = bytes(identity)
        command.rootCA = terminated(rootCA)
        _ = try driver.acknowledge(command)
        try waitUntilJoined()
    }

    private func joinByAdafruitsCommands(
        _ ssid: String, username: String, password: String, identity: String
    ) throws(WiFiError) {
        try driver.stopClients()
        var ident = SetEntIdent()
        ident.identity = bytes(identity)
        _ = try driver.acknowledge(ident)
        var name = SetEntUname()
        name.username = bytes(username)
        _ = try driver.acknowledge(name)
        var secret = SetEntPasswd()
        secret.password = bytes(password)
        _ = try driver.acknowledge(secret)
        _ = try driver.acknowledge(SetEntEnable())
        _ = try driver.acknowledge(SetNet(ssid: bytes(ssid)))
        try waitUntilJoined()
    }

    /// The firmware treats certificates and keys as C strings, so the NUL must be sent too.
    private func terminated(_ text: String) -> ArraySlice<UInt8> { ArraySlice(Array(text.utf8) + [0]) }
}
