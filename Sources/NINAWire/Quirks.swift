/// Oddities of a firmware that hosts can see. Each stands in a profile only because that firmware has it; `modern` has
/// none. What would touch memory that is not the firmware's own is never reproduced.
public struct Quirks: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: UInt64
    /// Makes a set of its bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// AVAIL_DATA reads its accept flag at byte 6 whatever the count: a host that pads with FF accepts.
    public static let acceptFlagFromPadding = Quirks(rawValue: 1 << 0)
    /// GET_SOCKET reserves nothing: asked twice, it answers the same.
    public static let socketsAreNotReserved = Quirks(rawValue: 1 << 1)
    /// GET_CLIENT_STATE frees servers' and UDP sockets' slots too; their sockets stay open until reset.
    public static let stateFreesEverySlot = Quirks(rawValue: 1 << 2)
    /// STOP_CLIENT on a server's slot frees the slot only: the server listens on.
    public static let stopLeavesServers = Quirks(rawValue: 1 << 3)
    /// `available` returns the client that came first as long as it has bytes.
    public static let firstClientStarvesOthers = Quirks(rawValue: 1 << 4)
    /// A client that waits raises IRQ although there is no slot for it.
    public static let clientsWithoutSlotRaiseInterrupt = Quirks(rawValue: 1 << 5)
    /// What is written to a server does not reach the clients that `accept` has handed out.
    public static let serverWriteSkipsAccepted = Quirks(rawValue: 1 << 6)
    /// START_SERVER on a slot that listens loses the server: it keeps its port until reset, and the slot is free.
    public static let secondStartLosesServer = Quirks(rawValue: 1 << 7)
    /// Bytes of a datagram that was not read to its end show up on the slot's next UDP socket.
    public static let datagramsOutliveSockets = Quirks(rawValue: 1 << 8)
    /// SEND_UDP goes to whoever sent the last datagram, if it came after START_CLIENT.
    public static let datagramsRedirectReplies = Quirks(rawValue: 1 << 9)
    /// SEND_UDP again sends the same datagram again.
    public static let sendRepeatsDatagrams = Quirks(rawValue: 1 << 10)
    /// A scan ends the connection.
    public static let scanDropsConnection = Quirks(rawValue: 1 << 11)
    /// The address is still told after the connection has ended.
    public static let addressOutlivesConnection = Quirks(rawValue: 1 << 12)
    /// A pin that is an output reads 0.
    public static let outputPinsReadZero = Quirks(rawValue: 1 << 13)
    /// GET_DATABUF of more than a reply can hold is never answered: READY stays high until reset.
    public static let oversizedReplyStalls = Quirks(rawValue: 1 << 14)
    /// An open network takes a station whatever it shows.
    public static let openNetworksAdmitEverybody = Quirks(rawValue: 1 << 15)
    /// An access point that replaces another one and fails leaves the status idle.
    public static let failedAccessPointLooksIdle = Quirks(rawValue: 1 << 16)
}

extension Quirks {
    /// AVAIL_DATA knows no accept flag: a server always names a client with unread bytes.
    public static let availableOnly = Quirks(rawValue: 1 << 17)
    /// AVAIL_DATA hands out each client once, with or without the flag.
    public static let acceptsInBothModes = Quirks(rawValue: 1 << 18)
    /// A client that has sent nothing raises no IRQ.
    public static let silentClientsRaiseNoInterrupt = Quirks(rawValue: 1 << 19)
    /// START_SERVER for TCP answers 1 although the port is taken; GET_STATE_TCP tells the truth.
    public static let startAlwaysSucceeds = Quirks(rawValue: 1 << 20)
    /// GET_TIME answers 8 bytes.
    public static let timeHas8Bytes = Quirks(rawValue: 1 << 21)
    /// GET_HOST_BY_NAME tells the last address found, also after a look-up that failed.
    public static let lookupKeepsLastAddress = Quirks(rawValue: 1 << 22)
    /// GET_IDX_ENCT answers ESP-IDF's numbers: 0 open, 1 WEP, 2 WPA, 3 WPA2.
    public static let scanTellsRawEncryption = Quirks(rawValue: 1 << 23)
    /// GET_CLIENT_STATE leaves the slot of an accepted client alone.
    public static let stateKeepsAcceptedClients = Quirks(rawValue: 1 << 24)

    /// A client of `available` that ended leaves its slot with its lwip number: who gets that number next is in the slot.
    public static let closedClientsKeepNumbers = Quirks(rawValue: 1 << 25)
    /// Chip select low at a reset makes the module a Bluetooth controller on its UART: SPI is dead until the next reset.
    public static let chipSelectBootsBluetooth = Quirks(rawValue: 1 << 40)

    /// TCP clients that the host has not taken yet keep datagrams from being fetched.
    public static let waitingClientsStarveDatagrams = Quirks(rawValue: 1 << 26)
    /// A peek at a TLS connection takes the byte out of the stream: only GET_DATA still gets it.
    public static let tlsPeekTakesByte = Quirks(rawValue: 1 << 28)
    /// TLS to an address goes to that address with its octets reversed; TLS to a name is right.
    public static let tlsReversesAddresses = Quirks(rawValue: 1 << 29)
    /// START_CLIENT answers 1 when a TLS handshake has failed; GET_CLIENT_STATE tells the truth.
    public static let failedHandshakesConnect = Quirks(rawValue: 1 << 30)
    /// WRITE_FILE adds to the end of the file, whatever the offset.
    public static let writesAppend = Quirks(rawValue: 1 << 31)
    /// WRITE_FILE's reply is as long as what was written, and nonsense: `E0 E0`, zeros, `EE` as its last byte.
    public static let writeReplyEchoesCount = Quirks(rawValue: 1 << 32)
    /// READ_FILE answers as many bytes as it was asked for, zeros past the end; its length byte tells 255 at most.
    public static let readsAnswerCount = Quirks(rawValue: 1 << 33)
    /// WRITE_FILE and READ_FILE of a file that cannot be opened have a reply of no bytes.
    public static let unopenedFilesAnswerNothing = Quirks(rawValue: 1 << 34)
    /// DELETE_FILE answers the error frame whatever happened.
    public static let deleteAnswersError = Quirks(rawValue: 1 << 35)
    /// DOWNLOAD_FILE answers the error frame whatever happened.
    public static let downloadAnswersError = Quirks(rawValue: 1 << 27)
    /// Downloads go by http only.
    public static let downloadsKnowNoTLS = Quirks(rawValue: 1 << 41)
    /// EXISTS_FILE's reply has a zero behind the size.
    public static let sizeHasStrayByte = Quirks(rawValue: 1 << 36)
    /// PREF_GET of 64-bit numbers tells the low word only (nina-fw's branch; no profile has it).
    public static let preferencesKeepLowWord = Quirks(rawValue: 1 << 37)
    /// PREF_GET of strings tells their NUL, too (nina-fw's branch; no profile has it).
    public static let preferenceStringsKeepNUL = Quirks(rawValue: 1 << 38)
    /// PREF_BEGIN with a label finds no partition, not even the one there is (nina-fw's branch; no profile has it).
    public static let preferenceLabelsFail = Quirks(rawValue: 1 << 39)

    /// What every release that has files does with them.
    static let files: Quirks = [
        .writesAppend, .writeReplyEchoesCount, .readsAnswerCount, .unopenedFilesAnswerNothing, .deleteAnswersError,
        .sizeHasStrayByte, .downloadAnswersError, .downloadsKnowNoTLS,
    ]
}
