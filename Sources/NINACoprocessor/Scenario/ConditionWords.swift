import NINAWire

// Conditions in words, for those whose expectation was not met.

extension Condition: CustomStringConvertible {
    /// What is expected.
    public var description: String {
        switch self {
        case .joined(true): "a station that has joined"
        case .joined(false): "a station that has not joined"
        case .status(let status): "status \(status)"
        case .reason(let reason): "reason \(reason)"
        case .listening(let port): "a server on port \(port)"
        case .clients(let count): "at least \(count) clients"
        case .connections(let count): "at least \(count) connections"
        case .stations(let count): "at least \(count) stations"
        case .commandSeen(let opcode, let count): "at least \(count) of \(opcode.name)"
        case .slotsUsed(let count): "at most \(count) slots in use"
        case .slotsTaken(let count): "at least \(count) slots in use"
        case .faultFired(let id, let count): "fault '\(id)' at least \(count) times"
        case .output(let pin, let level): "pin \(pin) set \(level ? "high" : "low")"
        case .boots(let count): "at least \(count) starts"
        }
    }

    /// What is there instead.
    public func seen(in report: ModuleReport) -> String {
        switch self {
        case .joined, .status, .reason: report.station.words
        case .listening:
            Self.list(report.sockets.filter { $0.state == .listening }.map { "port \($0.localPort ?? 0)" }, "no server")
        case .clients: "\(report.clientCount) clients"
        case .connections: "\(report.connectionCount) connections"
        case .stations: report.accessPoint.map { "\($0.stations.count) stations" } ?? "no access point"
        case .commandSeen(let opcode, _):
            "\(report.counters.commands(opcode)) of it, \(report.counters.commandCount) commands in all"
        case .slotsUsed, .slotsTaken: "\(report.slotsInUse) of \(report.slotCount) slots in use"
        case .faultFired(let id, _):
            report.faults.first { $0.fault.id == id }.map { "\($0.fired) times" } ?? "no such fault"
        case .output(let number, _):
            switch report.pins.first(where: { $0.number == number })?.pin {
            case let pin? where pin.mode == .output: "\(pin.output ? "high" : "low")"
            default: "a pin that is no output"
            }
        case .boots: "\(report.boots) starts"
        }
    }

    private static func list(_ words: [String], _ none: String) -> String {
        words.isEmpty ? none : words.joined(separator: ", ")
    }
}

extension ModuleReport.Station {
    fileprivate var words: String {
        let name = String(decoding: ssid, as: UTF8.self)
        let what = isJoined ? "joined '\(name)'" : isJoining ? "joining '\(name)'" : "not joined"
        return "\(what), status \(status), reason \(reason)"
    }
}
