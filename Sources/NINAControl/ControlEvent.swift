import NINACoprocessor
import NINAWire

/// An event of a module as a line for those who watch. Its members `t`, `c` and `event` are those of a trace, Protocol/trace.md.
package struct ControlEvent: Sendable, Equatable {
    /// Nanoseconds since the watch began.
    package var time: UInt64
    package var module: UInt64
    package var event: ModuleEvent

    package init(time: UInt64, module: UInt64, _ event: ModuleEvent) {
        self.time = time
        self.module = module
        self.event = event
    }
}

extension ControlEvent: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldKey.self)
        try container.put("t", time)
        try container.put("c", module)
        func name(_ name: String) throws { try container.put("event", name) }
        func ssid(_ ssid: [UInt8]) throws { try container.put("ssid", String(decoding: ssid, as: UTF8.self)) }
        func peer(_ slot: Int, _ peer: Endpoint) throws {
            try container.put("slot", slot)
            try container.put("peer", "\(peer.address):\(peer.port)")
        }
        switch event {
        case .booted(let boots):
            try name("booted")
            try container.put("boots", boots)
        case .joined(let network):
            try name("joined")
            try ssid(network)
        case .joinFailed(let network, let reason):
            try name("join_failed")
            try ssid(network)
            try container.put("reason", reason)
        case .left(let network, let reason):
            try name("left")
            try ssid(network)
            try container.put("reason", reason)
        case .listening(let slot, let port):
            try name("listening")
            try container.put("slot", slot)
            try container.put("port", port)
        case .stoppedListening(let slot):
            try name("stopped_listening")
            try container.put("slot", slot)
        case .clientCame(let slot, let endpoint):
            try name("client_came")
            try peer(slot, endpoint)
        case .connected(let slot, let endpoint):
            try name("connected")
            try peer(slot, endpoint)
        case .clientLeft(let slot):
            try name("client_left")
            try container.put("slot", slot)
        case .command(let opcode):
            try name("command")
            try container.put("command", opcode.name)
        case .faultFired(let id):
            try name("fault_fired")
            try container.put("fault", id)
        case .changed(let change):
            try name("changed")
            try change.withoutSecrets.put(into: &container)
        }
    }
}

extension ControlEvent: Decodable {
    /// The names of events, which are none of a trace.
    package static let names: Set<String> = [
        "booted", "joined", "join_failed", "left", "listening", "stopped_listening", "client_came", "connected",
        "client_left", "command", "fault_fired", "changed",
    ]

    package init(from decoder: any Decoder) throws {
        var fields = try Fields(decoder)
        time = UInt64(try fields.number("t", 0...Int.max))
        module = UInt64(try fields.number("c", 0...Int.max))
        let name = try fields.text("event", 1...64)
        switch name {
        case "booted": event = .booted(boots: try fields.number("boots", 0...Int.max))
        case "joined": event = .joined(ssid: try fields.name())
        case "join_failed": event = .joinFailed(ssid: try fields.name(), reason: try fields.reason())
        case "left": event = .left(ssid: try fields.name(), reason: try fields.reason())
        case "listening":
            event = .listening(slot: try fields.slot(), port: UInt16(try fields.number("port", 0...65535)))
        case "stopped_listening": event = .stoppedListening(slot: try fields.slot())
        case "client_came": event = .clientCame(slot: try fields.slot(), peer: try fields.peer())
        case "connected": event = .connected(slot: try fields.slot(), peer: try fields.peer())
        case "client_left": event = .clientLeft(slot: try fields.slot())
        case "command": event = .command(try Opcode(control: try fields.text("command", 1...64)))
        case "fault_fired": event = .faultFired(id: try fields.text("fault", 1...64))
        case "changed":
            let what = try fields.text("do", 1...64)
            guard let change = try Change(named: what, &fields) else {
                throw FieldError("do", "no change is called \(FieldError.quote(what))")
            }
            event = .changed(change)
        default: throw FieldError("event", "no event is called \(FieldError.quote(name))")
        }
        try fields.finish(name)
    }
}

extension Fields {
    fileprivate mutating func name() throws(FieldError) -> [UInt8] { Array(try text("ssid", 0...96).utf8) }
    fileprivate mutating func reason() throws(FieldError) -> UInt8 { UInt8(try number("reason", 0...255)) }
    fileprivate mutating func slot() throws(FieldError) -> Int { try number("slot", 0...65535) }

    fileprivate mutating func peer() throws(FieldError) -> Endpoint {
        let text = try text("peer", 1...32)
        let parts = text.split(separator: ":")
        guard parts.count == 2, let address = IPv4Address(dottedDecimal: parts[0].utf8), let port = UInt16(parts[1])
        else {
            throw FieldError("peer", expected: "ADDRESS:PORT", got: FieldError.quote(text))
        }
        return Endpoint(address: address, port: port)
    }
}
