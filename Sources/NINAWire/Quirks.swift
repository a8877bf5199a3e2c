/// Oddities of a firmware that hosts can see. Each stands in a profile only because that firmware has it; `modern` has
/// none. What would touch memory that is not the firmware's own is never reproduced.
public struct Quirks: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: UInt32
    /// Makes a set of its bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

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
    public static let chipSelectBootsBluetooth = Quirks(rawValue: 1 << 26)

    /// Each quirk with its name and the commands by which hosts see it; none where a reset shows it.
    public static let names: [(quirk: Quirks, name: StaticString, commands: [Opcode])] = [
        (.acceptFlagFromPadding, "accept flag read from padding", [.availData]),
        (.socketsAreNotReserved, "GET_SOCKET reserves nothing", [.getSocket]),
        (.stateFreesEverySlot, "GET_CLIENT_STATE frees server and UDP slots", [.getClientState]),
        (.stopLeavesServers, "STOP_CLIENT leaves a server listening", [.stopClient]),
        (.firstClientStarvesOthers, "a busy client starves others", [.availData]),
        (.clientsWithoutSlotRaiseInterrupt, "clients without a slot raise IRQ", [.availData]),
        (.serverWriteSkipsAccepted, "server write skips accepted clients", [.sendData, .availData]),
        (.secondStartLosesServer, "START_SERVER twice loses the server", [.startServer]),
        (.datagramsOutliveSockets, "unread datagrams outlive their socket", [.startServer, .getDatabuf]),
        (.datagramsRedirectReplies, "UDP remote address shared by both directions", [.sendUDP, .getRemoteData]),
        (.sendRepeatsDatagrams, "SEND_UDP again repeats the datagram", [.sendUDP]),
        (.scanDropsConnection, "a scan drops the connection", [.scanNetworks]),
        (.addressOutlivesConnection, "the address outlives the connection", [.getIPAddr]),
        (.outputPinsReadZero, "output pins read 0", [.getDigitalRead]),
        (.oversizedReplyStalls, "oversized reply stalls", [.getDatabuf]),
        (.openNetworksAdmitEverybody, "open networks admit everybody", [.setPassphrase, .setKey]),
        (.failedAccessPointLooksIdle, "a failed access point looks idle", [.getConnStatus]),
        (.availableOnly, "AVAIL_DATA knows no accept flag", [.availData]),
        (.acceptsInBothModes, "AVAIL_DATA accepts in both modes", [.availData]),
        (.silentClientsRaiseNoInterrupt, "silent clients raise no IRQ", [.availData]),
        (.startAlwaysSucceeds, "START_SERVER always succeeds", [.startServer]),
        (.timeHas8Bytes, "GET_TIME has 8 bytes", [.getTime]),
        (.lookupKeepsLastAddress, "a failed look-up keeps the last address", [.getHostByName]),
        (.scanTellsRawEncryption, "scans tell raw encryption", [.getIdxEnct]),
        (.stateKeepsAcceptedClients, "GET_CLIENT_STATE keeps accepted clients", [.getClientState]),
        (.closedClientsKeepNumbers, "stale slots after reuse of a number", [.availData]),
        (.chipSelectBootsBluetooth, "chip select low at a reset boots Bluetooth", []),
    ]
}
