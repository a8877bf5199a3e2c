import NINALink
import NINAWire

// Access-point commands.

extension Coprocessor {
    func setApNet(_ command: SetApNet) -> Answer<Acknowledgement> { openAccessPoint(command.ssid, security: .open) }

    func setApPassphrase(_ command: SetApPassphrase) -> Answer<Acknowledgement> {
        guard (8...64).contains(command.passphrase.asCString.count) else {
            say(.info, "an access point's passphrase has 8 to 64 bytes")
            leaveNetwork()
            radio.failAccessPoint(looksIdle: has(.failedAccessPointLooksIdle))
            return .reply(Acknowledgement(false))
        }
        return openAccessPoint(command.ssid, security: .wpa2)
    }

    private func openAccessPoint(_ ssid: ArraySlice<UInt8>, security: EncryptionType) -> Answer<Acknowledgement> {
        let ssid = ssid.asCString
        guard (1...32).contains(ssid.count) else { return .refused("a network name has 1 to 32 bytes") }
        leaveNetwork()
        radio.openAccessPoint(ssid: ssid, security: security)
        say(.info, "access point '\(String(decoding: ssid, as: UTF8.self).printable)'")
        return .reply(Acknowledgement(true))
    }
}
