import NINAControl

/// The state of modules in lines for the terminal page.
enum ModuleLines {
    static func lines(_ modules: [ModuleState]) -> [String] { modules.flatMap(lines) }

    private static func lines(_ module: ModuleState) -> [String] {
        var head = ["module \(module.number)", module.address]
        if let firmware = module.firmware { head.append(firmware) }
        if let station = module.station {
            let signal = station.rssi.map { " \($0) dBm" } ?? ""
            head.append(station.joined ? printable(station.ssid) + signal : station.joining ? "joining" : "not joined")
        }
        if let slots = module.slots { head.append("\(slots.used) of \(slots.of) slots") }
        if module.running == false { head.append("in reset") }
        let sockets = (module.sockets ?? []).map { socket in
            let slot = socket.slot.map { "slot \($0)" } ?? "no slot"
            let place = socket.peer ?? socket.port.map { "port \($0)" } ?? ""
            let waiting = "\(socket.unread) unread, \(socket.unsent) unsent"
            return "  " + column(slot, 9) + column("\(socket.kind), \(socket.state)", 24) + column(place, 22) + waiting
        }
        let faults = (module.faults ?? []).map { "  fault \(printable($0.fault.id)), fired \($0.fired) times" }
        return [head.joined(separator: "  ")] + sockets + faults
    }

    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
