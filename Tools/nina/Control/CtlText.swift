import NINAControl
import NINACoprocessor
import NINAWire

/// What `nina ctl` prints for people, in lines of at most 80 characters.
enum CtlText {
    static func list(_ modules: [ModuleState]) -> [String] {
        var table = CtlTable([
            ("MODULE", .right), ("ADDRESS", .left), ("FIRMWARE", .left), ("NETWORK", .left), ("SLOTS", .right),
            ("CLIENTS", .right), ("COMMANDS", .right),
        ])
        for module in modules {
            table.add([
                "\(module.number)", module.address, CtlTable.cut(module.firmware ?? "-", 16), network(module),
                module.slots.map { "\($0.used)/\($0.of)" } ?? "-", "\(module.clients ?? 0)",
                "\(module.traffic?.commands ?? 0)",
            ])
        }
        return table.lines
    }

    /// Where its station is.
    private static func network(_ module: ModuleState) -> String {
        guard module.running != false else { return "held in reset" }
        if let accessPoint = module.accessPoint { return "is " + CtlTable.cut(printable(accessPoint.ssid), 15) }
        guard let station = module.station, !station.ssid.isEmpty else { return "-" }
        let name = CtlTable.cut(printable(station.ssid), 13)
        if station.joined { return station.rssi.map { "\(name) \($0)" } ?? name }
        return station.joining ? "\(name) ..." : "-"
    }

    static func sockets(_ modules: [ModuleState]) -> [String] {
        modules.flatMap { module in
            var table = CtlTable([
                ("SLOT", .right), ("KIND", .left), ("STATE", .left), ("PORT", .right), ("PEER", .left),
                ("UNREAD", .right), ("UNSENT", .right), ("AGE", .right), ("OWNER", .left),
            ])
            for socket in module.sockets ?? [] {
                table.add([
                    socket.slot.map { "\($0)" } ?? "-", socket.kind, socket.state, socket.port.map { "\($0)" } ?? "-",
                    socket.peer ?? "-", "\(socket.unread)", "\(socket.unsent)", CtlTable.age(socket.age),
                    socket.server.map { "\(socket.owner) \($0)" } ?? socket.owner,
                ])
            }
            return heading(module) + (table.isEmpty ? ["no sockets"] : table.lines)
        }
    }

    static func networks(_ modules: [ModuleState]) -> [String] {
        modules.flatMap { module in
            var table = CtlTable([
                ("NETWORK", .left), ("BSSID", .left), ("SECURITY", .left), ("CHANNEL", .right), ("DBM", .right),
                ("STATE", .left),
            ])
            for network in module.networks ?? [] {
                let failing = network.reason.map { "joins fail, \($0)" } ?? "in range"
                let state =
                    network.reachable ? failing : network.returns.map { "back in \(CtlTable.age($0))" } ?? "gone"
                table.add([
                    CtlTable.cut(printable(network.ssid), 20), network.bssid, network.security, "\(network.channel)",
                    "\(network.rssi)", state,
                ])
            }
            return heading(module) + (table.isEmpty ? ["no networks"] : table.lines)
        }
    }

    static func pins(_ modules: [ModuleState]) -> [String] {
        modules.flatMap { module in
            var table = CtlTable([
                ("PIN", .right), ("MODE", .left), ("OUTPUT", .left), ("DUTY", .right), ("CONNECTED", .left),
                ("ADC", .right),
            ])
            for pin in module.pins ?? [] {
                table.add([
                    "\(pin.pin)", pin.mode, pin.output, pin.duty.map { "\($0)" } ?? "-", pin.input,
                    pin.analog.map { "\($0)" } ?? "-",
                ])
            }
            return heading(module) + (table.isEmpty ? ["all pins are as at power-on"] : table.lines)
        }
    }

    static func faults(_ modules: [ModuleState]) -> [String] {
        modules.flatMap { module in
            var table = CtlTable([
                ("FAULT", .left), ("KIND", .left), ("WHEN", .left), ("FIRED", .right), ("LEFT", .right),
            ])
            for state in module.faults ?? [] {
                table.add([
                    CtlTable.cut(printable(state.fault.id), 20), kind(state.fault.kind), trigger(state.fault.trigger),
                    "\(state.fired)", state.remaining.map { "\($0)" } ?? "-",
                ])
            }
            return heading(module) + (table.isEmpty ? ["no faults"] : table.lines)
        }
    }

    private static func kind(_ kind: Fault.Kind) -> String {
        let name = FaultKindName(kind).rawValue.replacing("_", with: "-")
        return switch kind {
        case .replyLate(let time): "\(name) \(time.seconds)"
        case .replyCut(let count): "\(name) \(count)"
        default: name
        }
    }

    private static func trigger(_ trigger: Fault.Trigger) -> String {
        switch trigger {
        case .always: "always"
        case .probability(let probability, let seed): "p \(probability), seed \(seed)"
        case .count(let count): "\(count) times"
        case .command(let opcode, let count): count == 1 ? opcode.name : "\(opcode.name), \(count) times"
        }
    }

    private static func heading(_ module: ModuleState) -> [String] { ["module \(module.number), \(module.address)"] }

    /// The line of an event; nil for one that people do not need.
    static func event(_ event: ControlEvent) -> String {
        let time = event.time / 1_000_000
        let text = words(event.event)
        let milliseconds = String(String(1000 + time % 1000).dropFirst())
        return "\(time / 1000).\(milliseconds)  module \(event.module)  \(text)"
    }

    private static func words(_ event: ModuleEvent) -> String {
        func name(_ ssid: [UInt8]) -> String { "'\(printable(String(decoding: ssid, as: UTF8.self)))'" }
        return switch event {
        case .booted(let boots): boots == 1 ? "powered on" : "started again, boot \(boots)"
        case .joined(let ssid): "joined \(name(ssid))"
        case .joinFailed(let ssid, let reason): "joining \(name(ssid)) failed, reason \(reason)"
        case .left(let ssid, let reason): "left \(name(ssid)), reason \(reason)"
        case .listening(let slot, let port): "slot \(slot) listens on port \(port)"
        case .stoppedListening(let slot): "slot \(slot) listens no more"
        case .clientCame(let slot, let peer): "slot \(slot) has client \(peer.address):\(peer.port)"
        case .connected(let slot, let peer): "slot \(slot) is connected to \(peer.address):\(peer.port)"
        case .clientLeft(let slot): "slot \(slot): the connection is gone"
        case .command(let opcode): opcode.name
        case .faultFired(let id): "fault '\(printable(id))' has gone off"
        case .changed(let change): "changed: " + changed(change)
        }
    }

    /// A change as its request, which is plain enough.
    private static func changed(_ change: Change) -> String {
        let line = ControlCoding.line(ControlRequest(id: .number(0), .change(change.withoutSecrets)))
        let text = String(decoding: line.dropLast(), as: UTF8.self)
        return printable(text.replacing("\"id\":0,", with: "").replacing(",\"id\":0", with: ""))
    }
}
