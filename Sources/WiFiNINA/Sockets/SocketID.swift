import NINAWire

/// A socket of the coprocessor. The families count separately: a slot and a BSD socket may have the same number.
enum SocketID: Equatable {
    /// A slot of the Arduino library's commands.
    case slot(UInt8)
    /// A socket of the BSD commands, by lwip's number.
    case bsd(UInt8)

    /// Numbers are below this in either family.
    static let limit = UInt8(Firmware.slotLimit)

    /// Every socket there can be.
    static var all: [SocketID] { (0..<limit).map { .slot($0) } + (0..<limit).map { .bsd($0) } }

    /// The socket that a reply names; nil when it names none.
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

    /// The number in commands.
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

/// The states of all sockets. Those of BSD sockets exist from the first one on.
struct SocketTable {
    private var slots = Array(repeating: SocketState(), count: Firmware.slotLimit)
    private var bsd: [SocketState] = []

    /// The state of a socket.
    subscript(id: SocketID) -> SocketState {
        get {
            switch id {
            case .slot(let number): slots[Int(number)]
            case .bsd(let number): bsd.isEmpty ? SocketState() : bsd[Int(number)]
            }
        }
        _modify {
            switch id {
            case .slot(let number): yield &slots[Int(number)]
            case .bsd(let number):
                if bsd.isEmpty { bsd = Array(repeating: SocketState(), count: Firmware.slotLimit) }
                yield &bsd[Int(number)]
            }
        }
    }

    /// Whether any BSD socket was ever open.
    var hasBSDSockets: Bool { !bsd.isEmpty }
}
