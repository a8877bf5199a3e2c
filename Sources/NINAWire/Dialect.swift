/// The dialect of a firmware: the rules on which firmware versions differ, and the firmware's quirks. The defaults are
/// those of `modern`.
public struct Dialect: Hashable, Sendable {
    /// The condition on which AVAIL_DATA on a server's slot accepts.
    public var acceptRule = AcceptRule.flag
    /// The client that `available` returns when several have bytes.
    public var fairness = Fairness.turns
    /// The waiting clients that raise IRQ.
    public var interruptRule = InterruptRule.clientWithSlot
    /// The slots that GET_CLIENT_STATE frees.
    public var reclaimRule = ReclaimRule.closedClients
    /// What SEND_DATA does when a connection's send buffer has no room for all bytes.
    public var sendRule = SendRule.wholeFrames
    /// The response when a command window ends inside a value.
    public var missingBytes = MissingBytes.areRefused
    /// The status after a failed join, by its reason.
    public var joinFailureRule = JoinFailureRule.connectFailed
    /// What follows the loss of the network.
    public var lossRule = LossRule.connectionLost
    /// How long a static address stays.
    public var addressRule = AddressRule.untilZero
    /// The form of GET_ANALOG_READ.
    public var analogRule = AnalogRule.asRequested
    /// The numbering of ERRNO.
    public var errnoNumbering = ErrnoNumbering.newlib
    /// Whether replies are padded with zeros to a multiple of 4 bytes. Protocol/dialects.md, Framing.
    public var padsReplies = true
    /// Whether hardware addresses are sent last octet first. Protocol/dialects.md, GET_MACADDR.
    public var reversesHardwareAddresses = true
    /// The firmware's quirks.
    public var quirks: Quirks = []

    /// The dialect of `modern`.
    public static let modern = Dialect()
}

/// The condition on which AVAIL_DATA on a server's slot accepts a client instead of returning one with unread bytes.
/// Protocol/dialects.md, AVAIL_DATA.
public enum AcceptRule: UInt8, CaseIterable, Sendable {
    /// When its second parameter is not 0.
    case flag
    /// When byte 6 is not 0. Without the flag that is a padding byte: a host that pads with FF accepts.
    case paddingByte
    /// Never: a server always returns a client with unread bytes.
    case never
    /// Always, with or without the flag: every client is returned once.
    case always
}

/// The client that `available` returns when several have unread bytes. Protocol/dialects.md, AVAIL_DATA.
public enum Fairness: UInt8, CaseIterable, Sendable {
    /// They take turns, one quantum of bytes each.
    case turns
    /// The one that connected first, while it has bytes: it can starve the others.
    case firstCome
}

/// The clients that raise IRQ before they are handed out. Protocol/dialects.md, AVAIL_DATA.
public enum InterruptRule: UInt8, CaseIterable, Sendable {
    /// Clients for which a slot is free.
    case clientWithSlot
    /// All clients, including those without a slot.
    case anyClient
    /// Clients that have sent something: a silent client does not raise IRQ.
    case clientWithBytes
}

/// The slots that GET_CLIENT_STATE frees when it reports them closed. Protocol/dialects.md, GET_CLIENT_STATE.
public enum ReclaimRule: UInt8, CaseIterable, Sendable {
    /// Slots of clients.
    case closedClients
    /// Slots of servers and UDP sockets too; their sockets stay open until reset.
    case everySlot
    /// Slots of clients that START_CLIENT connected; accepted clients keep theirs.
    case outgoingClients
}

/// What SEND_DATA on a connection does when its send buffer has no room for all bytes. Protocol/dialects.md, SEND_DATA.
public enum SendRule: UInt8, CaseIterable, Sendable {
    /// Takes a frame whole; while the previous one has not left, waits 100 ms at most and then replies 0.
    case wholeFrames
    /// Takes what fits and replies its count, 0 when the buffer is full. On a connection that a server has accepted the
    /// reply waits until everything is taken.
    case shortCounts
    /// Takes what fits and replies its count. When nothing fits, or the connection has failed, it is closed.
    case closesWhenFull
    /// The reply waits until everything is taken; after 10 s without room it has the count of what was.
    case waits
}

/// The response when a command window ends inside a value. Protocol/dialects.md, Framing.
public enum MissingBytes: UInt8, CaseIterable, Sendable {
    /// Missing bytes read as zero: the firmware clears its buffer before each command.
    case readAsZero
    /// The command is rejected with the error frame.
    case areRefused
}

/// The status that GET_CONN_STATUS reports after a failed join, by the reason of GET_REASON_CODE. Protocol/dialects.md,
/// Joining.
public enum JoinFailureRule: UInt8, CaseIterable, Sendable {
    /// 4, connect failed, whatever the reason.
    case connectFailed
    /// 4 for the reasons 201 and 202, otherwise 6, disconnected.
    case byReason
    /// 4 for the reasons 201, 202 and 203, otherwise 6.
    case byReasonWithAssociation
    /// 4 for the reasons 201 and 202; after 203 the firmware tries again, and the status stays 1; otherwise 6.
    case byReasonWithRetries

    /// The status after a join that has failed for a reason.
    public func status(after reason: UInt8) -> ConnectionStatus {
        switch (self, reason) {
        case (.connectFailed, _), (_, 201), (_, 202), (.byReasonWithAssociation, 203): .connectFailed
        case (.byReasonWithRetries, 203): .noSSIDAvailable
        case (.byReason, _), (.byReasonWithAssociation, _), (.byReasonWithRetries, _): .disconnected
        }
    }
}

/// What follows when the access point of the network is gone: reason 200, the time-out of its beacons. Protocol/dialects.md,
/// GET_CONN_STATUS.
public enum LossRule: UInt8, CaseIterable, Sendable {
    /// Status 5, connection lost.
    case connectionLost
    /// Status 6, disconnected.
    case disconnected
    /// Status 5; the firmware joins again when the network is back.
    case joinsAgain

    /// The status from then on.
    public var status: ConnectionStatus {
        switch self {
        case .connectionLost, .joinsAgain: .connectionLost
        case .disconnected: .disconnected
        }
    }
}

/// How long an address of SET_IP_CONFIG is in force. Protocol/dialects.md, Joining.
public enum AddressRule: UInt8, CaseIterable, Sendable {
    /// Until SET_IP_CONFIG with 0.0.0.0 returns to DHCP.
    case untilZero
    /// Until reset: 0.0.0.0 is an address like any other.
    case untilReset
    /// While it is not 0.0.0.0, and so is an address of DHCP: the next join keeps it.
    case whileNotZero
}

/// The form of GET_ANALOG_READ that a firmware has, whatever the host sends. Protocol/dialects.md, GET_ANALOG_READ.
public enum AnalogRule: UInt8, CaseIterable, Sendable {
    /// The one requested: with an attenuation the reply has 32 bits, otherwise 16.
    case asRequested
    /// Channels of the converter; 16 bits.
    case channels
    /// Pins; 32 bits.
    case pins
    /// Pins; 32 bits, -1 for a pin without a channel of the converter: others than 32 to 39.
    case converterPins
}
