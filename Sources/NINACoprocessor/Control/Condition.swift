import NINAWire

/// A condition on the state of a module.
public enum Condition: Equatable, Sendable {
    /// The station has joined a network, or has not.
    case joined(Bool)
    /// The status that GET_CONN_STATUS answers.
    case status(ConnectionStatus)
    /// The reason that GET_REASON_CODE answers.
    case reason(UInt8)
    /// A server listens on this port.
    case listening(port: UInt16)
    /// At least so many clients of servers are connected, with a slot or without.
    case clients(atLeast: Int)
    /// At least so many stations have joined the module's access point.
    case stations(atLeast: Int)
    /// A command was received at least so often since the module was made.
    case commandSeen(Opcode, count: UInt64)
    /// At most so many slots are in use.
    case slotsUsed(atMost: Int)
    /// At least so many slots are in use.
    case slotsTaken(atLeast: Int)
    /// A fault has gone off at least so often.
    case faultFired(id: String, count: Int)
    /// The host has set a pin that is an output to this level.
    case output(pin: UInt8, level: Bool)
    /// The module has started at least so often.
    case boots(atLeast: Int)

    /// Whether it holds.
    public func holds(_ report: ModuleReport) -> Bool {
        switch self {
        case .joined(let isJoined): report.station.isJoined == isJoined
        case .status(let status): report.station.status == status
        case .reason(let reason): report.station.reason == reason
        case .listening(let port): report.sockets.contains { $0.state == .listening && $0.localPort == port }
        case .clients(let count): report.clientCount >= count
        case .stations(let count): report.accessPoint.map { $0.stations.count >= count } ?? (count <= 0)
        case .commandSeen(let opcode, let count): report.counters.commands(opcode) >= count
        case .slotsUsed(let count): report.slotsInUse <= count
        case .slotsTaken(let count): report.slotsInUse >= count
        case .faultFired(let id, let count): report.faults.contains { $0.fault.id == id && $0.fired >= count }
        case .output(let number, let level):
            report.pins.contains { $0.number == number && $0.pin.mode == .output && $0.pin.output == level }
        case .boots(let count): report.boots >= count
        }
    }
}
