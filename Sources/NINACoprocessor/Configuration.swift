import NINAWire

/// What becomes of connections for which no slot is free.
public enum OverflowPolicy: String, CaseIterable, Sendable {
    /// They wait in the listener's queue.
    case queue
    /// They are accepted and reset.
    case reset
    /// Their requests are dropped without an answer, as lwip does.
    case drop
}

/// How important a log line is.
public enum LogLevel: Int, Comparable, Sendable {
    /// Something failed that should not.
    case error
    /// Something a user should know.
    case warning
    /// What a user likes to see.
    case info
    /// Every command.
    case debug

    /// Order of importance, the most important first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A clock for the time of day.
public struct WallClock: Sendable {
    /// Seconds since 1970.
    public var seconds: @Sendable () -> UInt64

    /// Makes a clock.
    public init(_ seconds: @escaping @Sendable () -> UInt64) { self.seconds = seconds }
}

/// What a coprocessor is made of, apart from its network.
public struct Configuration: Sendable {
    /// The firmware it runs.
    public var firmware = Firmware.modern
    /// Slots, instead of the firmware's number.
    public var slots: Int?
    /// Connections that wait for `accept`, instead of the firmware's number.
    public var backlog: Int?
    /// What becomes of connections without a slot.
    public var overflow = OverflowPolicy.queue
    /// Sockets work without a Wi-Fi connection.
    public var allowsSocketsWithoutJoin = false
    /// The station's hardware address.
    public var hardwareAddress = MACAddress(rawValue: 0x240A_C401_0203)
    /// The networks in reach.
    public var networks = RadioNetwork.defaults
    /// How long a join or a scan takes.
    public var wifiDelay = Duration.milliseconds(30)

    /// What time it is, for GET_TIME.
    public var wallClock = WallClock { 0 }

    /// The defaults.
    public init() {}

    /// The number of slots in force, 1 to ``Firmware/slotLimit``.
    public var slotCount: Int { min(max(slots ?? firmware.slots, 1), Firmware.slotLimit) }
}
