import NINAWire

// Frames that differ only in their opcode.

extension GoldenFrames {
    /// Commands without parameters.
    static let bareCommands = (queries + bare).map { GoldenFrame($0, [0xE0, $1, 0x00, 0xEE]) }

    /// Commands with the dummy byte that some hosts send.
    static let dummyCommands = queries.map {
        GoldenFrame($0, [0xE0, $1, 0x01, 0x01, 0xFF, 0xEE], "dummy=255")
    }

    /// Replies of 1, for success. The other rows have a 0 for each kind of failure.
    static let acknowledgements = acknowledged.map {
        GoldenFrame($0, [0xE0, $1, 0x01, 0x01, 0x01, 0xEE], "result=1")
    }

    private static let queries: [(Opcode, UInt8)] = [
        (.getDnsConfig, 0x1E), (.getConnStatus, 0x20), (.getIPAddr, 0x21), (.getMACAddr, 0x22), (.getCurrSSID, 0x23),
        (.getCurrBSSID, 0x24), (.getCurrRSSI, 0x25), (.getCurrEnct, 0x26), (.disconnect, 0x30),
    ]

    private static let bare: [(Opcode, UInt8)] = [
        (.getTemperature, 0x1B), (.getReasonCode, 0x1F), (.scanNetworks, 0x27), (.getHostByName, 0x35),
        (.startScanNetworks, 0x36), (.getFwVersion, 0x37), (.getTime, 0x3B), (.getSocket, 0x3F), (.bleBegin, 0x4A),
        (.bleEnd, 0x4B), (.bleAvailable, 0x4C), (.setEntEnable, 0x4F), (.prefEnd, 0x56), (.prefClear, 0x57),
        (.prefStat, 0x5A), (.getFwVersionU32, 0x5E), (.applyOTA, 0x65), (.brErrorCode, 0x69), (.bsdErrno, 0x72),
    ]

    private static let acknowledged: [(Opcode, UInt8)] = [
        (.setNet, 0x90), (.setPassphrase, 0x91), (.setKey, 0x92), (.setDnsConfig, 0x95), (.setHostname, 0x96),
        (.setPowerMode, 0x97), (.setApNet, 0x98), (.setDebug, 0x9A), (.getStateTCP, 0xA9), (.dataSent, 0xAA),
        (.startClient, 0xAD), (.stopClient, 0xAE), (.disconnect, 0xB0), (.startScanNetworks, 0xB6),
        (.stopServer, 0xB8), (.sendUDP, 0xB9), (.setEnt, 0xC0), (.setCliCert, 0xC0), (.setPK, 0xC1),
        (.insertDatabuf, 0xC6), (.setEntIdent, 0xCA), (.setEntUname, 0xCB), (.bleEnd, 0xCB), (.setEntPasswd, 0xCC),
        (.setEntEnable, 0xCF), (.setPinMode, 0xD0), (.setDigitalWrite, 0xD1), (.setAnalogWrite, 0xD2),
        (.prefEnd, 0xD6), (.writeFile, 0xE0), (.downloadFile, 0xE4), (.applyOTA, 0xE5), (.bsdBind, 0xF3),
        (.bsdListen, 0xF4), (.bsdConnect, 0xF6), (.bsdSetsockopt, 0xFD),
    ]
}
