/// How a firmware departs from other firmware: the rules on which firmwares differ, and its quirks. The defaults are
/// those of `modern`.
public struct Dialect: Hashable, Sendable {
    /// When AVAIL_DATA on a server's slot accepts.
    public var acceptRule = AcceptRule.flag
    /// Which client `available` returns when several have bytes.
    public var fairness = Fairness.turns
    /// Which waiting clients raise IRQ.
    public var interruptRule = InterruptRule.clientWithSlot
    /// Which slots GET_CLIENT_STATE frees.
    public var reclaimRule = ReclaimRule.closedClients
    /// What the device does when a command window ends inside a value.
    public var missingBytes = MissingBytes.areRefused
    /// How ERRNO counts.
    public var errnoNumbering = ErrnoNumbering.newlib
    /// Whether replies are padded with zeros to a multiple of 4 bytes. Protocol/dialects.md, Framing.
    public var padsReplies = true
    /// Whether hardware addresses go over the wire last octet first. Protocol/dialects.md, GET_MACADDR.
    public var reversesHardwareAddresses = true
    /// Its oddities.
    public var quirks: Quirks = []

    /// That of `modern`.
    public static let modern = Dialect()
}

/// When AVAIL_DATA on a server's slot accepts a client instead of returning one with unread bytes.
/// Protocol/dialects.md, AVAIL_DATA.
public enum AcceptRule: UInt8, CaseIterable, Sendable {
    /// When its second parameter is not 0.
    case flag
    /// When byte 6 is not 0, which is padding in a command without the flag: a host that pads with FF accepts.
    case paddingByte
    /// Never: a server always returns a client with unread bytes.
    case never
    /// Always, with or without the flag: each client is returned once.
    case always
}

/// Which client `available` returns when several have unread bytes. Protocol/dialects.md, AVAIL_DATA.
public enum Fairness: UInt8, CaseIterable, Sendable {
    /// They take turns, each for a quantum of bytes.
    case turns
    /// The one that connected first, as long as it has bytes: it can starve the others.
    case firstCome
}

/// Which clients raise IRQ while they wait to be handed out. Protocol/dialects.md, AVAIL_DATA.
public enum InterruptRule: UInt8, CaseIterable, Sendable {
    /// Those for which a slot is free.
    case clientWithSlot
    /// All, also those without a slot.
    case anyClient
    /// Those that have sent something: a silent client raises no IRQ.
    case clientWithBytes
}

/// Which slots GET_CLIENT_STATE frees when it replies that they are closed. Protocol/dialects.md, GET_CLIENT_STATE.
public enum ReclaimRule: UInt8, CaseIterable, Sendable {
    /// Those of clients.
    case closedClients
    /// Those of servers and UDP sockets too; their sockets stay open until reset.
    case everySlot
    /// Those of clients that START_CLIENT connected; accepted clients keep theirs.
    case outgoingClients
}

/// What a device does when a command window ends inside a value. Protocol/dialects.md, Framing.
public enum MissingBytes: UInt8, CaseIterable, Sendable {
    /// They read as zero: the firmware clears its buffer before each command.
    case readAsZero
    /// The command is refused with the error frame.
    case areRefused
}
