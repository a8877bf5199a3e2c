import NINALink
import NINAWire

/// What is counted in a module: plain integers, which cost a command a few additions.
public struct Counters: Equatable, Sendable {
    /// The upper bounds of ``latencies`` in microseconds; the last bucket has none.
    public static let latencyBounds: [UInt64] = [1000, 10_000, 100_000, 1_000_000, 10_000_000]

    /// Commands by the byte of their opcode; empty before the first one, because most modules of a fleet are idle.
    private var commandBytes: [UInt64] = []
    private let family: CommandFamily
    /// Windows that were no command of the firmware.
    public private(set) var refused: UInt64 = 0
    /// Bytes of command windows.
    public private(set) var bytesIn: UInt64 = 0
    /// Bytes of replies.
    public private(set) var bytesOut: UInt64 = 0
    /// Faults that have gone off.
    public internal(set) var faults: UInt64 = 0
    /// Commands that waited for something, by the time from the window to the reply on the coprocessor's clock; see
    /// ``latencyBounds``. The others are answered within the call that runs them, and are not in it.
    public private(set) var latencies = Array(repeating: UInt64(0), count: latencyBounds.count + 1)
    /// The sum of these times, in microseconds.
    public private(set) var latencySum: UInt64 = 0

    init(family: CommandFamily) { self.family = family }

    /// How often a command was received.
    public func commands(_ opcode: Opcode) -> UInt64 {
        guard !commandBytes.isEmpty, Opcode(byte: opcode.byte, family: family) == opcode else { return 0 }
        return commandBytes[Int(opcode.byte & 0x7F)]
    }

    /// The commands that were received.
    public var commands: [(opcode: Opcode, count: UInt64)] {
        commandBytes.indices.compactMap { byte in
            guard commandBytes[byte] > 0 else { return nil }
            return Opcode(byte: UInt8(byte), family: family).map { ($0, commandBytes[byte]) }
        }
    }

    /// The number of commands.
    public var commandCount: UInt64 { commandBytes.reduce(0, &+) }

    @inline(__always)
    mutating func count(_ opcode: Opcode) {
        if commandBytes.isEmpty { commandBytes = Array(repeating: 0, count: 128) }
        commandBytes[Int(opcode.byte & 0x7F)] &+= 1
    }

    mutating func countRefused() { refused &+= 1 }

    @inline(__always)
    mutating func count(window: Int) { bytesIn &+= UInt64(truncatingIfNeeded: window) }

    @inline(__always)
    mutating func count(reply: Int) { bytesOut &+= UInt64(truncatingIfNeeded: reply) }

    /// A command that waited is answered.
    mutating func count(latency nanoseconds: UInt64) {
        let microseconds = nanoseconds / 1000
        let bucket = Self.latencyBounds.firstIndex { microseconds <= $0 } ?? Self.latencyBounds.count
        latencies[bucket] &+= 1
        latencySum &+= microseconds
    }
}
