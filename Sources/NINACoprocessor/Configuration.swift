import NINALink
import NINAWire

/// The handling of connections for which no slot is free.
public enum OverflowPolicy: String, CaseIterable, Sendable {
    /// They wait in the listener's queue.
    case queue
    /// They are accepted and reset.
    case reset
    /// Their requests are dropped without a reply, as lwip does.
    case drop
}

/// The importance of a log line.
public enum LogLevel: Int, Comparable, Sendable {
    /// An unexpected failure.
    case error
    /// Something a user should know.
    case warning
    /// Progress that may interest a user.
    case info
    /// Every command.
    case debug

    /// Orders by importance, most important first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A source of the time of day.
public struct WallClock: Sendable {
    /// Seconds since 1970.
    public var seconds: @Sendable () -> UInt64

    /// Makes a clock.
    public init(_ seconds: @escaping @Sendable () -> UInt64) { self.seconds = seconds }
}

/// The settings of a coprocessor, apart from its network.
public struct Configuration: Sendable {
    /// The firmware it runs.
    public var firmware = Firmware.modern
    /// The number of slots; overrides the firmware's.
    public var slots: Int?
    /// The number of connections that may wait for `accept`; overrides the firmware's.
    public var backlog: Int?
    /// The number of bytes that a TCP connection holds before SEND_DATA or a BSD SEND finds no room; overrides the firmware's.
    public var sendBuffer: Int?
    /// The handling of connections without a slot.
    public var overflow = OverflowPolicy.queue
    /// Whether sockets work without a Wi-Fi connection.
    public var allowsSocketsWithoutJoin = false
    /// The station's hardware address.
    public var hardwareAddress = MACAddress(rawValue: 0x240A_C401_0203)
    /// The networks in range.
    public var networks = RadioNetwork.defaults
    /// How long a join takes, and a scan unless ``scanDelay`` says otherwise.
    public var wifiDelay = Duration.milliseconds(30)
    /// How long a scan takes; nil for as long as a join.
    public var scanDelay: Duration?
    /// How long the station hears no beacon until it takes its network for lost.
    public var beaconTimeout = Duration.zero
    /// How long READY takes; nil for no time at all.
    public var timing: LinkTiming?

    /// The time of day, for GET_TIME.
    public var wallClock = WallClock { 0 }

    /// The defaults.
    public init() {}

    /// The number of bytes that a connection holds; nil for as many as the network takes.
    public var sendBufferLimit: Int? { (sendBuffer ?? firmware.sendBuffer).map { max($0, 1) } }

    /// The number of slots in use, 1 to ``Firmware/slotLimit``.
    public var slotCount: Int { min(max(slots ?? firmware.slots, 1), Firmware.slotLimit) }
}
