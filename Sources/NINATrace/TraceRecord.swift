/// One event of a trace. Protocol/trace.md describes all of them.
public struct TraceRecord: Equatable, Sendable {
    /// What happened.
    public enum Event: Equatable, Sendable {
        /// The MOSI bytes of a chip-select window.
        case windowOut(ArraySlice<UInt8>, WindowFlags = [])
        /// The MISO bytes of a window, or the reply that is queued for it.
        case windowIn(ArraySlice<UInt8>, WindowFlags = [])
        /// Levels of lines.
        case lines(LineLevels)
        /// The coprocessor has started: the number of starts, and whether in Bluetooth mode.
        case reset(boots: UInt32, bluetooth: Bool)
        /// The wall clock, in nanoseconds since 1970.
        case time(unix: UInt64)
        /// A coprocessor was switched on or off.
        case coprocessor(CoprocessorPower)
        /// So many events were left out before this one.
        case gap(UInt64)
        /// An operation of the host has failed.
        case failure(String)
    }

    /// Nanoseconds since the start of the trace, below 2^63.
    public var time: UInt64
    /// The coprocessor's number, from 1; 0 for the trace as a whole.
    public var coprocessor: UInt32
    /// What happened.
    public var event: Event

    /// Makes a record.
    public init(time: UInt64, coprocessor: UInt32, _ event: Event) {
        self.time = time
        self.coprocessor = coprocessor
        self.event = event
    }

    /// The number of nanoseconds that a trace may have: 146 years. Sums of times do not overflow then.
    static let timeLimit: UInt64 = 1 << 62
    /// The first time of the wall clock that none may have, in nanoseconds since 1970: in the year 2262.
    private static let unixLimit: UInt64 = 1 << 63

    /// Checks the wall clock of a `time` event: what is written of it must be read again.
    func checkClock(at place: TraceError.Place) throws(TraceError) {
        guard case .time(let unix) = event else { return }
        guard unix < Self.unixLimit else {
            throw TraceError(place, "unix", "\(unix) ns since 1970 is after the year 2262")
        }
        guard unix >= time else { throw TraceError(place, "unix", "the trace began before 1970") }
    }

    /// The most bytes of a window: what a message of the link holds.
    public static let longestWindow = 0xFFFF
}

/// What is to be known of a window besides its bytes.
public struct WindowFlags: OptionSet, Sendable {
    /// The byte in a trace.
    public var rawValue: UInt8
    /// Makes flags of the byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A reply is queued: the window clocks it, and its MOSI bytes mean nothing.
    public static let readsReply = WindowFlags(rawValue: 1)
    /// The coprocessor did not take the window: a command was running, or RESET was low.
    public static let lost = WindowFlags(rawValue: 2)
    /// Bytes past the coprocessor's buffer were lost.
    public static let cut = WindowFlags(rawValue: 4)
    /// Secrets are overwritten.
    public static let hidden = WindowFlags(rawValue: 8)
    /// These are the bytes that the host clocked; without it, what the coprocessor queued.
    public static let clocked = WindowFlags(rawValue: 16)
    /// Every flag.
    static let all: WindowFlags = [.readsReply, .lost, .cut, .hidden, .clocked]

    /// The names in JSON lines, in the order of the bits.
    static let names: [(flag: WindowFlags, name: StaticString)] = [
        (.readsReply, "reads_reply"), (.lost, "lost"), (.cut, "cut"), (.hidden, "hidden"), (.clocked, "clocked"),
    ]
}

/// The levels of a coprocessor's lines, as far as they are known.
public struct LineLevels: Equatable, Sendable {
    /// Lines.
    public struct Lines: OptionSet, Sendable {
        /// The byte in a trace.
        public var rawValue: UInt8
        /// Makes lines of the byte.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// READY, low while a transaction is queued.
        public static let ready = Lines(rawValue: 1)
        /// IRQ, high while a socket has something for the host.
        public static let interrupt = Lines(rawValue: 2)
        /// RESET, low while the host holds the coprocessor.
        public static let reset = Lines(rawValue: 4)
        /// GPIO0 as the host drives it.
        public static let gpio0 = Lines(rawValue: 8)
        /// Chip select, low while selected.
        public static let chipSelect = Lines(rawValue: 16)
        /// Every line.
        static let all: Lines = [.ready, .interrupt, .reset, .gpio0, .chipSelect]

        /// The names in JSON lines, in the order of the bits.
        static let names: [(line: Lines, name: StaticString)] = [
            (.ready, "ready"), (.interrupt, "irq"), (.reset, "reset"), (.gpio0, "gpio0"), (.chipSelect, "cs"),
        ]
    }

    /// The lines whose level is known.
    public var known: Lines
    /// Those of them that are high.
    public var high: Lines

    /// Makes levels.
    public init(known: Lines, high: Lines) {
        self.known = known
        self.high = high.intersection(known)
    }
}

/// That a coprocessor was switched on, with what is known of it, or off.
public struct CoprocessorPower: Equatable, Sendable {
    /// Whether it is on.
    public var isOn: Bool
    /// The name of its firmware profile; empty if unknown.
    public var firmware: String
    /// The family of its firmware; nil if unknown.
    public var family: TraceFamily?
    /// The number of its slots; 0 if unknown.
    public var slots: UInt8
    /// Its address; empty if unknown.
    public var address: String

    /// It was switched on.
    public static func on(
        firmware: String = "", family: TraceFamily? = nil, slots: UInt8 = 0, address: String = ""
    ) -> CoprocessorPower {
        CoprocessorPower(isOn: true, firmware: firmware, family: family, slots: slots, address: address)
    }

    /// It was switched off.
    public static let off = CoprocessorPower(isOn: false, firmware: "", family: nil, slots: 0, address: "")
}

/// The firmware family in a trace.
public enum TraceFamily: UInt8, Sendable, CaseIterable {
    /// Arduino's firmware.
    case arduino = 1
    /// Adafruit's.
    case adafruit = 2

    /// Its name in JSON lines.
    public var name: String { "\(self)" }
}
