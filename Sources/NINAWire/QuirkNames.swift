// The quirks as users read them: by name, in tables and in `--print-capabilities`.

extension Quirks {
    /// Each quirk with its name, the commands by which hosts see it (none where a reset shows it), and where it was learned: the command's line or the
    /// section of `dialects.md`, which was written from the sources of the firmwares.
    public static let names: [(quirk: Quirks, name: StaticString, commands: [Opcode], source: StaticString)] = [
        (
            .acceptFlagFromPadding, "accept flag read from padding", [.availData],
            "2B: the flag is byte 6 whatever the count"
        ),
        (.socketsAreNotReserved, "GET_SOCKET reserves nothing", [.getSocket], "3F: reserves nothing"),
        (
            .stateFreesEverySlot, "GET_CLIENT_STATE frees server and UDP slots", [.getClientState],
            "2F: answering 0 frees servers and UDP slots too"
        ),
        (
            .stopLeavesServers, "STOP_CLIENT leaves a server listening", [.stopClient],
            "2E: on a server slot frees the number only"
        ),
        (
            .firstClientStarvesOthers, "a busy client starves others", [.availData],
            "section 8, accept = 0: in list order, a busy early client starves later ones"
        ),
        (
            .clientsWithoutSlotRaiseInterrupt, "clients without a slot raise IRQ", [.availData],
            "section 8: IRQ is high for a held new client"
        ),
        (
            .serverWriteSkipsAccepted, "server write skips accepted clients", [.sendData, .availData],
            "section 8, accept = 1: SEND_DATA to the server does not reach them"
        ),
        (
            .secondStartLosesServer, "START_SERVER twice loses the server", [.startServer],
            "28: starting a server twice; section 9"
        ),
        (
            .datagramsOutliveSockets, "unread datagrams outlive their socket", [.startServer, .getDatabuf],
            "section 8, UDP: unread bytes survive STOP_CLIENT"
        ),
        (
            .datagramsRedirectReplies, "UDP remote address shared by both directions", [.sendUDP, .getRemoteData],
            "section 8, UDP: one remote address for both directions"
        ),
        (.sendRepeatsDatagrams, "SEND_UDP again repeats the datagram", [.sendUDP], "39: the buffer is not cleared"),
        (
            .scanDropsConnection, "a scan drops the connection", [.scanNetworks],
            "27: stops the station first; section 9"
        ),
        (.addressOutlivesConnection, "the address outlives the connection", [.getIPAddr], "21 as recorded"),
        (.outputPinsReadZero, "output pins read 0", [.getDigitalRead], "53: a pin set to output reads 0"),
        (
            .oversizedReplyStalls, "oversized reply stalls", [.getDatabuf],
            "45 and section 1: a response above 4092 bytes cannot be queued"
        ),
        (.openNetworksAdmitEverybody, "open networks admit everybody", [.setPassphrase, .setKey], "40 as recorded"),
        (.failedAccessPointLooksIdle, "a failed access point looks idle", [.getConnStatus], "18, 19 as recorded"),
        (
            .availableOnly, "AVAIL_DATA knows no accept flag", [.availData],
            "section 8: A1.1 to A1.5, D1.2, D1.7 have available only"
        ),
        (
            .acceptsInBothModes, "AVAIL_DATA accepts in both modes", [.availData],
            "section 8: D3 accepts with both values"
        ),
        (
            .silentClientsRaiseNoInterrupt, "silent clients raise no IRQ", [.availData],
            "section 8: a silent client never raises IRQ"
        ),
        (
            .startAlwaysSucceeds, "START_SERVER always succeeds", [.startServer],
            "28: type 0 always answers 1 before A1.5"
        ),
        (.timeHas8Bytes, "GET_TIME has 8 bytes", [.getTime], "3B: D3 has a time of 8 bytes"),
        (
            .lookupKeepsLastAddress, "a failed look-up keeps the last address", [.getHostByName],
            "35: D3 keeps the previous result"
        ),
        (
            .scanTellsRawEncryption, "scans tell raw encryption", [.getIdxEnct],
            "33 and section 1: D3 tells the raw mode"
        ),
        (
            .stateKeepsAcceptedClients, "GET_CLIENT_STATE keeps accepted clients", [.getClientState],
            "2F: D3 frees only slots connected with 2D"
        ),
        (
            .closedClientsKeepNumbers, "stale slots after reuse of a number", [.availData],
            "section 9: a new connection under an old slot"
        ),
        (
            .waitingClientsStarveDatagrams, "UDP starved by a waiting client", [.availData],
            "section 8: the updater holds a client before it looks further"
        ),
        (
            .tlsPeekTakesByte, "TLS peek takes a byte", [.getData, .availData, .getDatabuf],
            "section 9: a peek takes a byte that available and the block read miss (measured)"
        ),
        (
            .tlsReversesAddresses, "TLS to an address reverses it", [.startClient],
            "2D: type 2 by address prints the octets reversed"
        ),
        (
            .failedHandshakesConnect, "failed TLS handshakes answer 1", [.startClient],
            "2D: D1.7 answers 1 when the handshake fails"
        ),
        (.writesAppend, "WRITE_FILE appends", [.writeFile], "60: append mode, the offset has no effect"),
        (.writeReplyEchoesCount, "WRITE_FILE reply echoes count", [.writeFile], "60: the response is count bytes long"),
        (.readsAnswerCount, "READ_FILE answers the count asked for", [.readFile], "61: zeros past the end"),
        (
            .unopenedFilesAnswerNothing, "files that cannot be opened have an empty reply", [.writeFile, .readFile],
            "60, 61 and section 1: a negative length queues 0 bytes"
        ),
        (.deleteAnswersError, "DELETE_FILE answers the error frame", [.deleteFile], "62: the error frame always"),
        (.downloadAnswersError, "DOWNLOAD_FILE answers the error frame", [.downloadFile], "64: the error frame always"),
        (.downloadsKnowNoTLS, "downloads by http only", [.downloadFile, .downloadOTA], "64: http only"),
        (.sizeHasStrayByte, "EXISTS_FILE has a stray byte", [.existsFile], "63: one stray zero byte before EE"),
        (
            .preferencesKeepLowWord, "64-bit preferences keep their low word", [.prefGet],
            "5C: the low word only is right"
        ),
        (.preferenceStringsKeepNUL, "PREF_GET strings keep their NUL", [.prefGet], "5C: with NUL, len counts it"),
        (.preferenceLabelsFail, "PREF_BEGIN with a label fails", [.prefBegin], "55: the pointer points at the length"),
        (
            .chipSelectBootsBluetooth, "chip select low at a reset boots Bluetooth", [],
            "4F and PINS: chip select low at boot makes an HCI UART, SPI is dead"
        ),
    ]
}
