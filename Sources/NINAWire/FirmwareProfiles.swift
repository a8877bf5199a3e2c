// The firmware profiles that a coprocessor can have, derived from the firmware's sources; 2.0.0 was also recorded.
// APPLY_OTA (65) is absent from all: this package does not implement it.

extension Firmware {
    /// Every profile, the default one first.
    public static let all: [Firmware] = [modern, arduino200, arduino148, adafruit330, adafruit177, adafruit122]

    /// Arduino's nina-fw 2.0.0, derived from its command handlers.
    public static let arduino200 = Firmware(
        name: "arduino-2.0.0", family: .arduino, version: "2.0.0", slots: 10, backlog: 1, sendBuffer: lwipSendBuffer,
        dialect: Dialect(
            acceptRule: .paddingByte, fairness: .firstCome, interruptRule: .anyClient, reclaimRule: .everySlot,
            sendRule: .shortCounts, missingBytes: .readAsZero, joinFailureRule: .byReasonWithRetries,
            lossRule: .disconnected, addressRule: .untilReset, analogRule: .channels,
            quirks: files.union(sockets).union([
                .secondStartLosesServer, .serverWriteSkipsAccepted, .availableTakesOneClient,
                .datagramClientsHaveNoSocket, .secondStartLosesDatagrams,
                .closedClientsKeepNumbers, .datagramsOutliveSockets, .sendRepeatsDatagrams,
                .waitingClientsStarveDatagrams, .tlsPeekTakesByte, .tlsReversesAddresses,
                .openNetworksAdmitEverybody, .addressOutlivesConnection, .scanDropsConnection,
                .failedAccessPointLooksIdle, .outputPinsReadZero, .chipSelectBootsBluetooth, .connectIgnoresTimeout,
                .longTextsOverflow, .groupsAreNotChecked, .enterpriseLooksUnknown,
            ])),
        absent: [0x38...0x38, 0x41...0x41, 0x4A...0x4F, 0x55...0x5F, 0x65...0x65, 0x68...0x69])

    /// Arduino's nina-fw 1.4.8: before BSD sockets and `accept`.
    public static let arduino148 = Firmware(
        name: "arduino-1.4.8", family: .arduino, version: "1.4.8", slots: 10, backlog: 1, sendBuffer: lwipSendBuffer,
        dialect: before200(
            sendRule: .shortCounts, analogRule: .channels,
            with: files.union([.scanDropsConnection, .tlsReversesAddresses])),
        absent: [0x1E...0x1E, 0x38...0x38, 0x41...0x41, 0x4A...0x4F, 0x55...0x5F, 0x65...0x65, 0x68...0x7F])

    /// Adafruit's nina-fw 3.3.0, rewritten on the arduino-esp32 core.
    public static let adafruit330 = Firmware(
        name: "adafruit-3.3.0", family: .adafruit, version: "3.3.0", slots: 6, backlog: 4, sendBuffer: lwipSendBuffer,
        dialect: Dialect(
            acceptRule: .always, interruptRule: .anyClient, reclaimRule: .outgoingClients, sendRule: .waits,
            missingBytes: .readAsZero, joinFailureRule: .byReason, lossRule: .joinsAgain, analogRule: .pins,
            reversesHardwareAddresses: false,
            quirks: files.union(sockets).union([
                .secondStartChangesNothing, .serverWriteSkipsAccepted, .serverWritesToItsSlot,
                .waitingClientsStarveDatagrams, .scanReportsRawEncryption,
                .lookupKeepsLastAddress, .timeHas8Bytes, .chipSelectBootsBluetooth,
                .connectIgnoresTimeout, .longTextsOverflow, .reasonIsNeverCleared, .scanHasNoLimit,
                .datagramsAreSplit, .accessPointsRunBesideStation, .enterpriseLooksUnknown,
            ])),
        absent: [0x38...0x38, 0x55...0x5F, 0x65...0x65, 0x67...0x69])

    /// Adafruit's nina-fw 1.7.7.
    public static let adafruit177 = Firmware(
        name: "adafruit-1.7.7", family: .adafruit, version: "1.7.7", slots: 10, backlog: 1, sendBuffer: lwipSendBuffer,
        dialect: before200(
            padsReplies: false, joinFailureRule: .byReasonWithAssociation, addressRule: .whileNotZero,
            analogRule: .converterPins,
            with: [.failedHandshakesConnect, .connectionsOutliveNetwork, .strongestIsJoined]),
        absent: [0x1E...0x1F, 0x38...0x38, 0x55...0x7F])

    /// Adafruit's nina-fw 1.2.2, the firmware of the AirLift in 2019.
    public static let adafruit122 = Firmware(
        name: "adafruit-1.2.2", family: .adafruit, version: "1.2.2", slots: 10, backlog: 1, sendBuffer: lwipSendBuffer,
        dialect: before200(padsReplies: false, with: [.scanDropsConnection]),
        absent: [0x1E...0x1F, 0x38...0x38, 0x40...0x41, 0x4A...0x4F, 0x53...0x7F])

    /// The common dialect of the releases before 2.0.0, plus the quirks of one of them.
    private static func before200(
        sendRule: SendRule = .closesWhenFull, padsReplies: Bool = true,
        joinFailureRule: JoinFailureRule = .byReasonWithRetries, addressRule: AddressRule = .untilReset,
        analogRule: AnalogRule = .asRequested, with quirks: Quirks
    ) -> Dialect {
        Dialect(
            acceptRule: .never, fairness: .firstCome, interruptRule: .clientWithBytes, reclaimRule: .everySlot,
            sendRule: sendRule, missingBytes: .readAsZero, joinFailureRule: joinFailureRule, lossRule: .disconnected,
            addressRule: addressRule, analogRule: analogRule, padsReplies: padsReplies,
            quirks: quirks.union(sockets).union([
                .secondStartLosesServer, .startAlwaysSucceeds, .closedClientsKeepNumbers, .datagramClientsHaveNoSocket,
                .secondStartLosesDatagrams, .datagramsOutliveSockets, .sendRepeatsDatagrams, .tlsPeekTakesByte,
                .openNetworksAdmitEverybody, .addressOutlivesConnection, .connectIgnoresTimeout, .longTextsOverflow,
                .outputPinsReadZero, .chipSelectBootsBluetooth, .failedAccessPointLooksIdle, .groupsAreNotChecked,
                .enterpriseLooksUnknown,
            ]))
    }

    /// The socket quirks of every release.
    private static let sockets: Quirks = [
        .socketsAreNotReserved, .stopLeavesServers, .fullPoolClosesClients, .datagramsRedirectReplies,
        .emptyPiecesAreRefused, .oversizedReplyStalls,
    ]

    /// The file quirks of every release that has files.
    private static let files: Quirks = [
        .writesAppend, .writeReplyEchoesCount, .readsAnswerCount, .unopenedFilesAnswerNothing, .deleteAnswersError,
        .sizeHasStrayByte, .downloadAnswersError, .downloadsTakeWhatComes, .downloadsKnowNoTLS,
    ]
}
