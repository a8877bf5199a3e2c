import NINACoprocessor
import NINAWire

extension ModuleReport {
    /// What is to be seen of a module where it is not as expected.
    package var brief: String {
        let name = "'\(String(decoding: station.ssid, as: UTF8.self))'"
        var parts = [
            station.isJoined
                ? "\(name) joined"
                : station.isJoining
                    ? "a join of \(name) going on"
                    : "no network joined (status \(station.status.rawValue), reason \(station.reason))"
        ]
        let ports = sockets.filter { $0.state == .listening }.compactMap { $0.localPort.map { "\($0)" } }
        parts.append(ports.isEmpty ? "no server" : "servers on \(ports.joined(separator: ", "))")
        parts.append("\(clientCount) \(clientCount == 1 ? "client" : "clients")")
        parts.append("\(slotsInUse) of \(slotCount) slots in use")
        parts.append("\(counters.commandCount) commands")
        return parts.joined(separator: ", ")
    }
}
