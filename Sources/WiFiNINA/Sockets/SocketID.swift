import NINAWire

/// A socket of the coprocessor. The families are numbered separately: a slot and a BSD socket may have the same number.
enum SocketID: Hashable {
    /// A slot of the Arduino library's commands.
    case slot(UInt8)
    /// A socket of the BSD commands, by lwip's number.
    case bsd(UInt8)

    /// Upper bound (exclusive) of the numbers in either family.
    static let limit = UInt8(Firmware.slotLimit)

    /// All possible sockets.
    static var all: [SocketID] { (0..<limit).map { .slot($0) } + (0..<limit).map { .bsd($0) } }

    /// The socket in a reply; nil when the reply contains none.
    init?(_ number: SocketNumber, _ family: SocketFamily) {
        guard number.rawValue < Self.limit else { return nil }
        self.init(number.rawValue, family)
    }

    /// - Precondition: the number is below the limit.
    init(_ number: UInt8, _ family: SocketFamily) {
        switch family {
        case .classic: self = .slot(number)
        case .bsd: self = .bsd(number)
        }
    }

    /// The number used in commands.
    var number: SocketNumber {
        switch self {
        case .slot(let number), .bsd(let number): SocketNumber(rawValue: number)
        }
    }

    var family: SocketFamily {
        switch self {
        case .slot: .classic
        case .bsd: .bsd
        }
    }
}

/// The states of all sockets. States of BSD sockets are allocated when the first one opens.
struct SocketTable {
    /// The slots, then the BSD sockets.
    private var states = Array(repeating: SocketState(), count: Firmware.slotLimit)

    /// The number of servers so far.
    private var servers: UInt32 = 0

    /// A unique server identity, never reused.
    mutating func newServer() -> ServerID {
        servers &+= 1
        return ServerID(rawValue: servers)
    }

    /// The state of a socket.
    ///
    /// Inlined, and with one `yield`: otherwise each access allocates the frame of a coroutine.
    subscript(id: SocketID) -> SocketState {
        @inline(__always) get { id.index < states.count ? states[id.index] : Self.fresh() }
        @inline(__always) _modify {
            if id.index >= states.count { grow() }
            yield &states[id.index]
        }
    }

    /// Out of line: the accessor is inlined in many places.
    @inline(never) private static func fresh() -> SocketState { SocketState() }

    @inline(never) private mutating func grow() {
        states += Array(repeating: SocketState(), count: Firmware.slotLimit)
    }

    /// Whether a BSD socket was ever open.
    var hasBSDSockets: Bool { states.count > Firmware.slotLimit }
}

extension SocketID {
    /// The index of its state in the table.
    fileprivate var index: Int {
        switch self {
        case .slot(let number): Int(number)
        case .bsd(let number): Firmware.slotLimit + Int(number)
        }
    }
}
