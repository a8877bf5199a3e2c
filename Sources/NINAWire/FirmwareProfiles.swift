// The firmwares that a coprocessor can be, as data. What each serves and how it answers was read from its sources; 2.0.0 was
// recorded too. The update (65) is absent from all: this package has no part for it.

extension Firmware {
    /// Arduino's nina-fw 2.0.0, as recorded from its handlers.
    public static let arduino200 = Firmware(
        name: "arduino-2.0.0", family: .arduino, version: "2.0.0", slots: 10, backlog: 1, padsReplies: true,
        reversesHardwareAddresses: true, missingBytes: .readAsZero,
        quirks: Quirks.files.union([
            .acceptFlagFromPadding, .socketsAreNotReserved, .stateFreesEverySlot, .stopLeavesServers,
            .firstClientStarvesOthers, .clientsWithoutSlotRaiseInterrupt, .serverWriteSkipsAccepted,
            .secondStartLosesServer, .datagramsOutliveSockets, .datagramsRedirectReplies, .sendRepeatsDatagrams,
            .scanDropsConnection, .addressOutlivesConnection, .outputPinsReadZero, .oversizedReplyStalls,
            .openNetworksAdmitEverybody, .failedAccessPointLooksIdle, .closedClientsKeepNumbers,
            .waitingClientsStarveDatagrams, .tlsPeekTakesByte, .tlsReversesAddresses, .chipSelectBootsBluetooth,
        ]),
        absent: [0x38...0x38, 0x41...0x41, 0x4A...0x4F, 0x55...0x5F, 0x65...0x65, 0x68...0x69])

    /// Arduino's nina-fw 1.4.8: before BSD sockets and `accept`.
    public static let arduino148 = Firmware(
        name: "arduino-1.4.8", family: .arduino, version: "1.4.8", slots: 10, backlog: 1, padsReplies: true,
        reversesHardwareAddresses: true, missingBytes: .readAsZero,
        quirks: before200.union(.files).union([.sendRepeatsDatagrams, .scanDropsConnection, .tlsReversesAddresses]),
        absent: [0x1E...0x1E, 0x38...0x38, 0x41...0x41, 0x4A...0x4F, 0x55...0x5F, 0x65...0x65, 0x68...0x7F])

    /// Adafruit's nina-fw 3.3.0, rewritten on the arduino-esp32 core.
    public static let adafruit330 = Firmware(
        name: "adafruit-3.3.0", family: .adafruit, version: "3.3.0", slots: 6, backlog: 4, padsReplies: true,
        reversesHardwareAddresses: false, missingBytes: .readAsZero,
        quirks: Quirks.files.union([
            .socketsAreNotReserved, .stopLeavesServers, .acceptsInBothModes, .serverWriteSkipsAccepted,
            .timeHas8Bytes, .lookupKeepsLastAddress, .scanTellsRawEncryption, .stateKeepsAcceptedClients,
            .oversizedReplyStalls, .chipSelectBootsBluetooth,
        ]),
        absent: [0x38...0x38, 0x55...0x5F, 0x65...0x65, 0x67...0x69])

    /// Adafruit's nina-fw 1.7.7.
    public static let adafruit177 = Firmware(
        name: "adafruit-1.7.7", family: .adafruit, version: "1.7.7", slots: 10, backlog: 1, padsReplies: false,
        reversesHardwareAddresses: true, missingBytes: .readAsZero,
        quirks: before200.union([.sendRepeatsDatagrams, .failedHandshakesConnect]),
        absent: [0x1E...0x1F, 0x38...0x38, 0x55...0x7F])

    /// Adafruit's nina-fw 1.2.2, the firmware of the AirLift in 2019.
    public static let adafruit122 = Firmware(
        name: "adafruit-1.2.2", family: .adafruit, version: "1.2.2", slots: 10, backlog: 1, padsReplies: false,
        reversesHardwareAddresses: true, missingBytes: .readAsZero,
        quirks: before200.union([.sendRepeatsDatagrams, .scanDropsConnection]),
        absent: [0x1E...0x1F, 0x38...0x38, 0x40...0x41, 0x4A...0x4F, 0x53...0x7F])

    /// What the releases before 2.0.0 have in common.
    private static let before200: Quirks = [
        .availableOnly, .silentClientsRaiseNoInterrupt, .socketsAreNotReserved, .stateFreesEverySlot,
        .stopLeavesServers, .firstClientStarvesOthers, .secondStartLosesServer, .datagramsOutliveSockets,
        .datagramsRedirectReplies, .addressOutlivesConnection, .outputPinsReadZero, .oversizedReplyStalls,
        .startAlwaysSucceeds, .openNetworksAdmitEverybody, .closedClientsKeepNumbers, .tlsPeekTakesByte,
        .chipSelectBootsBluetooth,
    ]

    /// Every profile, the default one first.
    public static let all: [Firmware] = [modern, arduino200, arduino148, adafruit330, adafruit177, adafruit122]
}
