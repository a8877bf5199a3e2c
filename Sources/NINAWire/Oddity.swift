/// A difference from `modern` as shown to users: in `--list-firmware`, `--print-capabilities` and Protocol/coverage.md.
public struct Oddity: Sendable {
    /// A short, unique name, which is part of the stable output of `--print-capabilities`.
    public let name: StaticString
    /// The commands in which hosts can observe it; empty if only a reset shows it. The first one names the section of
    /// Protocol/dialects.md with the source.
    public let commands: [Opcode]

    fileprivate init(_ name: StaticString, _ commands: Opcode...) {
        self.name = name
        self.commands = commands
    }
}

extension Dialect {
    /// The dialect's differences from `modern`.
    public var oddities: [Oddity] {
        [
            acceptRule.oddity, fairness.oddity, interruptRule.oddity, reclaimRule.oddity, sendRule.oddity,
            joinFailureRule.oddity, lossRule.oddity, addressRule.oddity, analogRule.oddity,
        ].compactMap { $0 }
            + Quirk.allCases.filter { quirks.contains($0) }.map { $0.oddity }
    }
}

extension Oddity {
    /// Every possible oddity of a dialect.
    public static let all: [Oddity] =
        AcceptRule.allCases.compactMap { $0.oddity } + Fairness.allCases.compactMap { $0.oddity }
        + InterruptRule.allCases.compactMap { $0.oddity } + ReclaimRule.allCases.compactMap { $0.oddity }
        + SendRule.allCases.compactMap { $0.oddity } + JoinFailureRule.allCases.compactMap { $0.oddity }
        + LossRule.allCases.compactMap { $0.oddity }
        + AddressRule.allCases.compactMap { $0.oddity } + AnalogRule.allCases.compactMap { $0.oddity }
        + Quirk.allCases.map { $0.oddity }
}

extension AcceptRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .flag: nil
        case .paddingByte: Oddity("accept flag read from padding", .availData)
        case .never: Oddity("AVAIL_DATA knows no accept flag", .availData)
        case .always: Oddity("AVAIL_DATA accepts in both modes", .availData)
        }
    }
}

extension Fairness {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .turns: nil
        case .firstCome: Oddity("a busy client starves others", .availData)
        }
    }
}

extension InterruptRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .clientWithSlot: nil
        case .anyClient: Oddity("clients without a slot raise IRQ", .availData)
        case .clientWithBytes: Oddity("silent clients raise no IRQ", .availData)
        }
    }
}

extension ReclaimRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .closedClients: nil
        case .everySlot: Oddity("GET_CLIENT_STATE frees server and UDP slots", .getClientState)
        case .outgoingClients: Oddity("GET_CLIENT_STATE keeps accepted clients", .getClientState)
        }
    }
}

extension SendRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .wholeFrames: nil
        case .shortCounts: Oddity("SEND_DATA takes what fits", .sendData)
        case .closesWhenFull: Oddity("SEND_DATA without room closes the connection", .sendData)
        case .waits: Oddity("SEND_DATA waits 10 s for room", .sendData)
        }
    }
}

extension JoinFailureRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .connectFailed: nil
        case .byReason: Oddity("failed joins: 4 for 201 and 202, else 6", .getConnStatus)
        case .byReasonWithAssociation: Oddity("failed joins: 4 for 201 to 203, else 6", .getConnStatus)
        case .byReasonWithRetries: Oddity("failed joins: 4 for 201 and 202, 1 for 203, else 6", .getConnStatus)
        }
    }
}

extension LossRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .connectionLost: nil
        case .disconnected: Oddity("a lost network gives status 6", .getConnStatus)
        case .joinsAgain: Oddity("a lost network is joined again", .getConnStatus)
        }
    }
}

extension AddressRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .untilZero: nil
        case .untilReset: Oddity("no DHCP after a static address until reset", .setIpConfig, .getIPAddr)
        case .whileNotZero: Oddity("the second join keeps the first one's address", .getIPAddr)
        }
    }
}

extension AnalogRule {
    /// The difference from `modern`, if any.
    public var oddity: Oddity? {
        switch self {
        case .asRequested: nil
        case .channels: Oddity("analog reads take channels only", .getAnalogRead)
        case .pins: Oddity("analog reads take pins only", .getAnalogRead)
        case .converterPins: Oddity("analog reads take pins only, -1 for others than 32 to 39", .getAnalogRead)
        }
    }
}

extension Quirk {
    /// Its name and the commands in which hosts can observe it.
    public var oddity: Oddity {
        switch self {
        case .socketsAreNotReserved: Oddity("GET_SOCKET reserves nothing", .getSocket)
        case .stopLeavesServers:
            Oddity("STOP_CLIENT leaves a server listening", .stopClient, .startClient, .availData, .sendData)
        case .secondStartLosesServer: Oddity("START_SERVER twice loses the server", .startServer)
        case .startAlwaysSucceeds: Oddity("START_SERVER always succeeds", .startServer)
        case .secondStartChangesNothing: Oddity("START_SERVER twice changes nothing", .startServer)
        case .fullPoolClosesClients: Oddity("clients without a socket are closed", .availData)
        case .availableTakesOneClient: Oddity("AVAIL_DATA takes one client a call", .availData)
        case .serverWriteSkipsAccepted: Oddity("server write skips accepted clients", .sendData, .availData)
        case .serverWritesToItsSlot: Oddity("server write reaches the slot's own client", .sendData)
        case .closedClientsKeepNumbers: Oddity("stale slots after reuse of a number", .availData)
        case .datagramsOutliveSockets: Oddity("unread datagrams outlive their socket", .startServer, .getDatabuf)
        case .datagramsRedirectReplies: Oddity("UDP remote address shared by both directions", .sendUDP, .getRemoteData)
        case .sendRepeatsDatagrams: Oddity("SEND_UDP again repeats the datagram", .sendUDP)
        case .waitingClientsStarveDatagrams: Oddity("UDP starved by a waiting client", .availData)
        case .datagramClientsHaveNoSocket: Oddity("UDP clients have no socket", .startClient, .sendUDP)
        case .secondStartLosesDatagrams: Oddity("START_SERVER twice loses the UDP socket", .startServer)
        case .emptyPiecesAreRefused: Oddity("INSERT_DATABUF of no bytes answers 0", .insertDatabuf)
        case .datagramsAreSplit: Oddity("datagrams are split at 1460 bytes", .insertDatabuf, .sendUDP, .getDatabuf)
        case .groupsAreNotChecked: Oddity("multicast groups are not checked", .startServer)
        case .connectIgnoresTimeout: Oddity("connects block until lwip gives up", .startClient, .bsdConnect)
        case .oversizedReplyStalls: Oddity("oversized reply stalls", .getDatabuf, .readFile)
        case .tlsPeekTakesByte: Oddity("TLS peek takes a byte", .getData, .availData, .getDatabuf)
        case .tlsReversesAddresses: Oddity("TLS to an address reverses it", .startClient)
        case .failedHandshakesConnect: Oddity("failed TLS handshakes answer 1", .startClient)
        case .namesFail: Oddity("TCP and UDP to a name fail", .startClient)
        case .endsGoUnnoticed: Oddity("the end of a connection goes unnoticed", .getClientState, .availData)
        case .openNetworksAdmitEverybody: Oddity("open networks admit everybody", .setPassphrase, .setKey)
        case .addressOutlivesConnection: Oddity("the address outlives the connection", .getIPAddr)
        case .connectionsOutliveNetwork: Oddity("connections outlive their network", .disconnect)
        case .reasonIsNeverCleared: Oddity("the reason code is 1 at first and never cleared", .getReasonCode)
        case .longTextsOverflow:
            Oddity(
                "texts longer than a buffer are refused", .setKey, .setEnt, .setEntIdent, .setEntUname, .setEntPasswd,
                .downloadFile, .downloadOTA)
        case .scanHasNoLimit: Oddity("scans report all networks", .scanNetworks)
        case .scanDropsConnection: Oddity("a scan drops the connection", .scanNetworks)
        case .scanReportsRawEncryption: Oddity("scans tell raw encryption", .getIdxEnct)
        case .failedAccessPointLooksIdle: Oddity("a failed access point looks idle", .getConnStatus)
        case .accessPointsRunBesideStation:
            Oddity(
                "an access point is not reported", .setApNet, .setApPassphrase, .getConnStatus, .getIPAddr, .getMACAddr,
                .getCurrSSID, .getCurrBSSID, .getCurrEnct)
        case .strongestIsJoined:
            Oddity("the strongest access point is joined", .setNet, .setPassphrase, .setKey)
        case .enterpriseLooksUnknown:
            Oddity("enterprise networks have encryption 255", .getCurrEnct, .getIdxEnct)
        case .lookupKeepsLastAddress: Oddity("a failed look-up keeps the last address", .getHostByName)
        case .timeHas8Bytes: Oddity("GET_TIME has 8 bytes", .getTime)
        case .outputPinsReadZero: Oddity("output pins read 0", .getDigitalRead)
        case .chipSelectBootsBluetooth: Oddity("chip select low at a reset boots Bluetooth")
        case .writesAppend: Oddity("WRITE_FILE appends", .writeFile)
        case .writeReplyEchoesCount: Oddity("WRITE_FILE reply echoes count", .writeFile)
        case .readsAnswerCount: Oddity("READ_FILE answers the count asked for", .readFile)
        case .unopenedFilesAnswerNothing:
            Oddity("files that cannot be opened have an empty reply", .writeFile, .readFile)
        case .deleteAnswersError: Oddity("DELETE_FILE answers the error frame", .deleteFile)
        case .sizeHasStrayByte: Oddity("EXISTS_FILE has a stray byte", .existsFile)
        case .downloadAnswersError: Oddity("DOWNLOAD_FILE answers the error frame", .downloadFile)
        case .downloadsTakeWhatComes: Oddity("downloads store whatever comes", .downloadFile, .downloadOTA)
        case .downloadsKnowNoTLS: Oddity("downloads by http only", .downloadFile, .downloadOTA)
        case .preferencesKeepLowWord: Oddity("64-bit preferences keep their low word", .prefGet)
        case .preferenceStringsKeepNUL: Oddity("PREF_GET strings keep their NUL", .prefGet)
        case .preferenceLabelsFail: Oddity("PREF_BEGIN with a label fails", .prefBegin)
        }
    }
}
