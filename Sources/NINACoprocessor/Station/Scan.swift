import NINALink
import NINAWire

// The results of a scan.

extension Station {
    var scanReply: ScanNetworks.Reply {
        var reply = ScanNetworks.Reply()
        reply.networks = radio.scanResults.map { $0.ssid[...] }
        return reply
    }

    /// The encryption of a network as reported.
    func security(of network: RadioNetwork, _ context: Context) -> EncryptionType {
        network.isEnterprise && context.has(.enterpriseLooksUnknown) ? .unknown : network.security
    }

    private func scanned(_ index: UInt8) -> RadioNetwork? {
        let results = radio.scanResults
        return Int(index) < results.count ? results[results.startIndex + Int(index)] : nil
    }

    func getIdxRSSI(_ command: GetIdxRSSI) -> Answer<GetIdxRSSI.Reply> {
        var reply = GetIdxRSSI.Reply()
        reply.rssi = scanned(command.index)?.rssi ?? 0
        return .reply(reply)
    }

    func getIdxEnct(_ command: GetIdxEnct, _ context: Context) -> Answer<GetIdxEnct.Reply> {
        var reply = GetIdxEnct.Reply()
        let network = scanned(command.index)
        reply.type = network.map { security(of: $0, context) } ?? .open
        if context.has(.scanReportsRawEncryption) { reply.type = network?.rawSecurity ?? EncryptionType.open.raw }
        return .reply(reply)
    }

    func getIdxBSSID(_ command: GetIdxBSSID, _ context: Context) -> Answer<GetIdxBSSID.Reply> {
        var reply = GetIdxBSSID.Reply()
        reply.bssid = context.wireOrder(scanned(command.index)?.bssid ?? .zero)
        return .reply(reply)
    }

    func getIdxChannel(_ command: GetIdxChannel) -> Answer<GetIdxChannel.Reply> {
        var reply = GetIdxChannel.Reply()
        reply.channel = scanned(command.index)?.channel ?? 0
        return .reply(reply)
    }
}

extension RadioNetwork {
    /// Whether it asks for a name.
    fileprivate var isEnterprise: Bool {
        if case .user = secret { true } else { false }
    }

    /// ESP-IDF's number of its encryption: 5 for enterprise networks.
    fileprivate var rawSecurity: EncryptionType { isEnterprise ? EncryptionType(rawValue: 5) : security.raw }
}

extension EncryptionType {
    /// ESP-IDF's number.
    fileprivate var raw: EncryptionType {
        switch self {
        case .open: EncryptionType(rawValue: 0)
        case .wep: EncryptionType(rawValue: 1)
        case .wpa: EncryptionType(rawValue: 2)
        case .wpa2: EncryptionType(rawValue: 3)
        default: self
        }
    }
}
