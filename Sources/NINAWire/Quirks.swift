/// An oddity that hosts can see. A profile has one only because its firmware was seen to have it, in its sources or in a
/// recording; `modern` has none. What would touch memory that is not the firmware's own is never reproduced.
public enum Quirk: UInt8, CaseIterable, Sendable {
    // MARK: Slots and servers

    /// GET_SOCKET reserves nothing: two requests in a row get the same slot. Protocol/dialects.md, GET_SOCKET.
    case socketsAreNotReserved
    /// STOP_CLIENT on a server's slot frees the slot only: the server goes on listening. Protocol/dialects.md, STOP_CLIENT.
    case stopLeavesServers
    /// START_SERVER on a slot that listens loses the server: it keeps its port until reset, and the slot is free.
    /// Protocol/dialects.md, START_SERVER.
    case secondStartLosesServer
    /// START_SERVER for TCP replies 1 although the port is taken; GET_STATE_TCP reports the truth.
    /// Protocol/dialects.md, START_SERVER.
    case startAlwaysSucceeds
    /// What is written to a server does not reach clients that `accept` has handed out. Protocol/dialects.md, SEND_DATA.
    case serverWriteSkipsAccepted
    /// A client of `available` that has ended leaves its lwip number in its slot: the next connection with that number
    /// appears there. Protocol/dialects.md, AVAIL_DATA.
    case closedClientsKeepNumbers

    // MARK: Datagrams

    /// Unread bytes of a datagram appear on the slot's next UDP socket. Protocol/dialects.md, START_SERVER.
    case datagramsOutliveSockets
    /// SEND_UDP goes to the sender of the last datagram, if it came after START_CLIENT. Protocol/dialects.md, SEND_UDP.
    case datagramsRedirectReplies
    /// A second SEND_UDP sends the same datagram again. Protocol/dialects.md, SEND_UDP.
    case sendRepeatsDatagrams
    /// No datagram is fetched while a TCP client waits to be handed out. Protocol/dialects.md, AVAIL_DATA.
    case waitingClientsStarveDatagrams

    // MARK: Data and TLS

    /// GET_DATABUF of more than a reply can hold is never answered: READY stays high until reset.
    /// Protocol/dialects.md, GET_DATABUF.
    case oversizedReplyStalls
    /// A peek at a TLS connection takes the byte out of the stream: only GET_DATA still returns it.
    /// Protocol/dialects.md, GET_DATA.
    case tlsPeekTakesByte
    /// TLS to an address connects to that address with its octets reversed; TLS to a name is right.
    /// Protocol/dialects.md, START_CLIENT.
    case tlsReversesAddresses
    /// START_CLIENT replies 1 when a TLS handshake has failed; GET_CLIENT_STATE reports the truth.
    /// Protocol/dialects.md, START_CLIENT.
    case failedHandshakesConnect

    // MARK: Station

    /// An open network takes a station with any credential. Protocol/dialects.md, SET_PASSPHRASE.
    case openNetworksAdmitEverybody
    /// GET_IPADDR returns the address after the connection has ended. Protocol/dialects.md, GET_IPADDR.
    case addressOutlivesConnection
    /// A scan ends the connection. Protocol/dialects.md, SCAN_NETWORKS.
    case scanDropsConnection
    /// GET_IDX_ENCT replies ESP-IDF's numbers: 0 open, 1 WEP, 2 WPA, 3 WPA2. Protocol/dialects.md, GET_IDX_ENCT.
    case scanReportsRawEncryption
    /// An access point that replaces another one and fails leaves the status idle. Protocol/dialects.md, GET_CONN_STATUS.
    case failedAccessPointLooksIdle
    /// GET_HOST_BY_NAME returns the last address found, also after a look-up that failed.
    /// Protocol/dialects.md, GET_HOST_BY_NAME.
    case lookupKeepsLastAddress
    /// The time of GET_TIME has 8 bytes. Protocol/dialects.md, GET_TIME.
    case timeHas8Bytes

    // MARK: Pins and reset

    /// A pin that is an output reads 0. Protocol/dialects.md, GET_DIGITAL_READ.
    case outputPinsReadZero
    /// Chip select low at a reset makes the module a Bluetooth controller on its UART: SPI is dead until the next reset.
    /// Protocol/dialects.md, Reset.
    case chipSelectBootsBluetooth

    // MARK: Files and downloads

    /// WRITE_FILE appends, whatever the offset. Protocol/dialects.md, WRITE_FILE.
    case writesAppend
    /// WRITE_FILE's reply is as long as what was written, and no frame: `E0 E0`, zeros, `EE` as its last byte.
    /// Protocol/dialects.md, WRITE_FILE.
    case writeReplyEchoesCount
    /// READ_FILE replies as many bytes as the host asked for, zeros past the end; its length byte is the count's low byte.
    /// Protocol/dialects.md, READ_FILE.
    case readsAnswerCount
    /// WRITE_FILE and READ_FILE of a file that cannot be opened have a reply of no bytes. Protocol/dialects.md, WRITE_FILE.
    case unopenedFilesAnswerNothing
    /// DELETE_FILE always replies the error frame. Protocol/dialects.md, DELETE_FILE.
    case deleteAnswersError
    /// EXISTS_FILE's reply has a zero behind the size. Protocol/dialects.md, EXISTS_FILE.
    case sizeHasStrayByte
    /// DOWNLOAD_FILE always replies the error frame. Protocol/dialects.md, DOWNLOAD_FILE.
    case downloadAnswersError
    /// Downloads work over http only. Protocol/dialects.md, DOWNLOAD_FILE.
    case downloadsKnowNoTLS

    // MARK: Preferences (of nina-fw's branch; no profile has them)

    /// PREF_GET returns the low word only of 64-bit numbers. Protocol/dialects.md, PREF_GET.
    case preferencesKeepLowWord
    /// PREF_GET returns strings with their NUL. Protocol/dialects.md, PREF_GET.
    case preferenceStringsKeepNUL
    /// PREF_BEGIN with a label finds no partition, not even the one there is. Protocol/dialects.md, PREF_BEGIN.
    case preferenceLabelsFail
}

/// A set of quirks: one bit for each.
public struct Quirks: ExpressibleByArrayLiteral, Hashable, Sendable {
    private var bits: UInt64 = 0

    private static func bit(_ quirk: Quirk) -> UInt64 { 1 << UInt64(quirk.rawValue) }

    /// Makes a set of these.
    public init(arrayLiteral quirks: Quirk...) {
        for quirk in quirks { bits |= Self.bit(quirk) }
    }

    /// Whether there is no quirk in it.
    public var isEmpty: Bool { bits == 0 }

    /// Whether a quirk is in it.
    public func contains(_ quirk: Quirk) -> Bool { bits & Self.bit(quirk) != 0 }

    /// The quirks of both sets.
    public func union(_ others: Quirks) -> Quirks {
        var union = self
        union.bits |= others.bits
        return union
    }
}
