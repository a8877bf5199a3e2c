/// A defect or peculiarity that hosts can observe. A profile has a quirk only if its firmware shows it, in its sources
/// or in a recording; `modern` has none. Accesses outside the firmware's own memory are never reproduced.
public enum Quirk: UInt8, CaseIterable, Sendable {
    // MARK: Slots and servers

    /// GET_SOCKET reserves nothing: two requests in a row get the same slot. Protocol/dialects.md, GET_SOCKET.
    case socketsAreNotReserved
    /// STOP_CLIENT on a server's slot only frees the slot: the server keeps listening. Protocol/dialects.md,
    /// STOP_CLIENT.
    ///
    /// The slot's former server comes before a TCP client that is in the slot later: AVAIL_DATA hands out clients of the
    /// server, and SEND_DATA writes to them. Protocol/dialects.md, Servers.
    case stopLeavesServers
    /// START_SERVER on a slot that listens loses the server: it keeps its port until reset, and no command reaches it.
    /// Protocol/dialects.md, START_SERVER.
    case secondStartLosesServer
    /// START_SERVER for TCP replies 1 and takes the slot even if the port is in use; GET_STATE_TCP reports the correct
    /// state. Each start makes a new server without the clients of the one before. Protocol/dialects.md, START_SERVER.
    case startAlwaysSucceeds
    /// START_SERVER for TCP on a slot whose server listens, or has lost the slot, replies 1 and changes nothing, not even the
    /// port. Protocol/dialects.md, START_SERVER.
    case secondStartChangesNothing
    /// A client that connects while every socket of lwip is in use is accepted and closed at once, without a sign to the
    /// host. Protocol/dialects.md, Servers.
    case fullPoolClosesClients
    /// AVAIL_DATA without the accept flag takes one waiting client into the server's list: IRQ stays high for the next one.
    /// Protocol/dialects.md, AVAIL_DATA.
    case availableTakesOneClient
    /// Data written to a server is not sent to clients that `accept` returned. Protocol/dialects.md, SEND_DATA.
    case serverWriteSkipsAccepted
    /// SEND_DATA on a server's slot writes to the client in that slot: 0 where there is none. Protocol/dialects.md,
    /// SEND_DATA.
    case serverWritesToItsSlot
    /// A client of `available` that has ended leaves its lwip number in its slot: the next connection with that number
    /// appears in the slot. Protocol/dialects.md, AVAIL_DATA.
    case closedClientsKeepNumbers

    // MARK: Datagrams

    /// Unread bytes of a datagram appear on the slot's next UDP socket. Protocol/dialects.md, START_SERVER.
    case datagramsOutliveSockets
    /// SEND_UDP sends to the sender of the last datagram if that arrived after START_CLIENT. Protocol/dialects.md,
    /// SEND_UDP.
    case datagramsRedirectReplies
    /// A second SEND_UDP sends the same datagram again. Protocol/dialects.md, SEND_UDP.
    case sendRepeatsDatagrams
    /// No datagram is received while a TCP client waits to be handed out. Protocol/dialects.md, AVAIL_DATA.
    case waitingClientsStarveDatagrams
    /// START_CLIENT for UDP opens no socket: without START_SERVER, SEND_UDP replies 0. Protocol/dialects.md, START_CLIENT.
    case datagramClientsHaveNoSocket
    /// START_SERVER for UDP on a slot with a UDP socket loses that socket, which keeps its port until reset: the same port
    /// fails. Protocol/dialects.md, START_SERVER.
    case secondStartLosesDatagrams
    /// INSERT_DATABUF of no bytes replies 0. Protocol/dialects.md, INSERT_DATABUF.
    case emptyPiecesAreRefused
    /// INSERT_DATABUF takes any number of bytes: after each 1460 they leave as a datagram of their own. A longer datagram
    /// that arrives is cut. Protocol/dialects.md, INSERT_DATABUF.
    case datagramsAreSplit
    /// START_SERVER for multicast replies 1 for an address that is not a group's: the socket joins none.
    /// Protocol/dialects.md, START_SERVER.
    case groupsAreNotChecked

    // MARK: Data and TLS

    /// START_CLIENT and CONNECT know no time-out: they block until lwip gives up, about 18 s. Protocol/dialects.md,
    /// START_CLIENT.
    case connectIgnoresTimeout
    /// GET_DATABUF for more than a reply can hold is never answered: READY stays high until reset.
    /// Protocol/dialects.md, GET_DATABUF.
    case oversizedReplyStalls
    /// Peeking at a TLS connection removes the byte from the stream: only GET_DATA still returns it.
    /// Protocol/dialects.md, GET_DATA.
    case tlsPeekTakesByte
    /// TLS to an address connects to the address with its octets reversed; TLS to a name is correct.
    /// Protocol/dialects.md, START_CLIENT.
    case tlsReversesAddresses
    /// START_CLIENT replies 1 after a failed TLS handshake; GET_CLIENT_STATE reports the correct state.
    /// Protocol/dialects.md, START_CLIENT.
    case failedHandshakesConnect
    /// START_CLIENT to a name fails for TCP and UDP: the firmware takes the address it has found for another name. For profiles
    /// of your own, as of Arduino 1.1: no shipped one has it, because drivers used with 1.7.7 connect to names. Protocol/dialects.md,
    /// START_CLIENT.
    case namesFail
    /// GET_CLIENT_STATE and AVAIL_DATA on a server do not notice that a TCP peer has closed. For profiles of your
    /// own, as of Arduino 1.4.0 to 1.4.3: no shipped one has it, because drivers used with 1.7.7 see the end. Protocol/dialects.md,
    /// GET_CLIENT_STATE.
    case endsGoUnnoticed

    // MARK: Station

    /// An open network admits a station with any credential. Protocol/dialects.md, SET_PASSPHRASE.
    case openNetworksAdmitEverybody
    /// GET_IPADDR returns the address after the connection has ended. Protocol/dialects.md, GET_IPADDR.
    case addressOutlivesConnection
    /// Connections stay open when the station leaves its network. Protocol/dialects.md, Joining.
    case connectionsOutliveNetwork
    /// GET_REASON_CODE is 1 before the first failure, and a connection does not clear it. Protocol/dialects.md,
    /// GET_REASON_CODE.
    case reasonIsNeverCleared
    /// SCAN_NETWORKS reports more than ten networks. Protocol/dialects.md, SCAN_NETWORKS.
    case scanHasNoLimit
    /// A text longer than the firmware's buffer would overwrite its memory: the command is refused instead.
    /// Protocol/dialects.md, Defects.
    case longTextsOverflow
    /// A scan ends the connection. Protocol/dialects.md, SCAN_NETWORKS.
    case scanDropsConnection
    /// GET_IDX_ENCT replies ESP-IDF's numbers: 0 open, 1 WEP, 2 WPA, 3 WPA2. Protocol/dialects.md, GET_IDX_ENCT.
    case scanReportsRawEncryption
    /// An access point that replaces another one and fails leaves the status idle. Protocol/dialects.md,
    /// GET_CONN_STATUS.
    case failedAccessPointLooksIdle
    /// An access point runs beside the station, and all commands report the station: the status is 254 while that has not
    /// been started, never 7 to 9. Protocol/dialects.md, SET_AP_NET, SET_AP_PASSPHRASE.
    case accessPointsRunBesideStation
    /// Of several access points with a name the strongest is joined, not the first one found. Protocol/dialects.md, Joining.
    case strongestIsJoined
    /// The encryption of an enterprise network is 255. Protocol/dialects.md, Framing.
    case enterpriseLooksUnknown
    /// GET_HOST_BY_NAME returns the last address found, even after a failed look-up. Protocol/dialects.md,
    /// GET_HOST_BY_NAME.
    case lookupKeepsLastAddress
    /// The time of GET_TIME has 8 bytes. Protocol/dialects.md, GET_TIME.
    case timeHas8Bytes

    // MARK: Pins and reset

    /// A pin that is an output reads 0. Protocol/dialects.md, GET_DIGITAL_READ.
    case outputPinsReadZero
    /// Chip select low at a reset boots the module as a Bluetooth controller on its UART: SPI does not work until the
    /// next reset. Protocol/dialects.md, Reset.
    case chipSelectBootsBluetooth

    // MARK: Files and downloads

    /// WRITE_FILE appends, whatever the offset. Protocol/dialects.md, WRITE_FILE.
    case writesAppend
    /// WRITE_FILE's reply is not a frame: as many bytes as were written, `E0 E0`, zeros, and `EE` as the last byte.
    /// Protocol/dialects.md, WRITE_FILE.
    case writeReplyEchoesCount
    /// READ_FILE returns as many bytes as the host requested, zeros past the end; its length byte is the count's low
    /// byte. Protocol/dialects.md, READ_FILE.
    case readsAnswerCount
    /// WRITE_FILE and READ_FILE send a reply without bytes for a file that cannot be opened. Protocol/dialects.md,
    /// WRITE_FILE.
    case unopenedFilesAnswerNothing
    /// DELETE_FILE always replies the error frame. Protocol/dialects.md, DELETE_FILE.
    case deleteAnswersError
    /// EXISTS_FILE's reply has a zero after the size. Protocol/dialects.md, EXISTS_FILE.
    case sizeHasStrayByte
    /// DOWNLOAD_FILE always replies the error frame. Protocol/dialects.md, DOWNLOAD_FILE.
    case downloadAnswersError
    /// A download stores what comes, whatever the server's status: no redirects, nothing without a Content-Length, and
    /// after a failure what there was until then. Protocol/dialects.md, DOWNLOAD_FILE.
    case downloadsTakeWhatComes
    /// Downloads work over http only. Protocol/dialects.md, DOWNLOAD_FILE.
    case downloadsKnowNoTLS

    // MARK: Preferences (of nina-fw's branch; no profile has them)

    /// PREF_GET returns only the low word of 64-bit numbers. Protocol/dialects.md, PREF_GET.
    case preferencesKeepLowWord
    /// PREF_GET returns strings with their NUL. Protocol/dialects.md, PREF_GET.
    case preferenceStringsKeepNUL
    /// PREF_BEGIN with a label does not find any partition, not even the existing one. Protocol/dialects.md,
    /// PREF_BEGIN.
    case preferenceLabelsFail
}

/// A set of quirks: one bit each.
public struct Quirks: ExpressibleByArrayLiteral, Hashable, Sendable {
    private var bits: UInt64 = 0

    private static func bit(_ quirk: Quirk) -> UInt64 { 1 << UInt64(quirk.rawValue) }

    /// Makes a set of these.
    public init(arrayLiteral quirks: Quirk...) {
        for quirk in quirks { bits |= Self.bit(quirk) }
    }

    /// Whether the set is empty.
    public var isEmpty: Bool { bits == 0 }

    /// Whether the set contains a quirk.
    public func contains(_ quirk: Quirk) -> Bool { bits & Self.bit(quirk) != 0 }

    /// The quirks of both sets.
    public func union(_ others: Quirks) -> Quirks {
        var union = self
        union.bits |= others.bits
        return union
    }
}
