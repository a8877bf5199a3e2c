import NINACoprocessor
import NINALink
import NINAWire

/// A module as it is at one time: what the emulator knows of it, and the report of its coprocessor.
package struct ModuleSnapshot: Sendable {
    package var number: UInt64
    package var address: IPv4Address
    package var hardwareAddress: MACAddress
    package var devicePath: String?
    package var isGreeted: Bool
    package var report: ModuleReport

    package init(
        number: UInt64, address: IPv4Address, hardwareAddress: MACAddress, devicePath: String?, isGreeted: Bool,
        report: ModuleReport
    ) {
        self.number = number
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.devicePath = devicePath
        self.isGreeted = isGreeted
        self.report = report
    }
}

/// A module in JSON. Protocol/control.md describes the members. What a request does not ask for is nil.
package struct ModuleState: Codable, Sendable {
    package struct Station: Codable, Sendable {
        package var status: UInt8
        package var joined: Bool
        package var joining: Bool
        package var ssid: String
        package var rssi: Int32?
        package var reason: UInt8
        package var address: String
    }

    package struct AccessPoint: Codable, Sendable {
        package var ssid: String
        package var security: String
        package var stations: [String]
    }

    package struct Slots: Codable, Sendable {
        package var used: Int
        package var of: Int
    }

    package struct Traffic: Codable, Sendable {
        package var commands: UInt64
        package var refused: UInt64
        package var `in`: UInt64
        package var out: UInt64
    }

    package struct Network: Codable, Sendable {
        package var ssid: String
        package var bssid: String
        package var security: String
        package var channel: UInt8
        package var rssi: Int32
        package var reachable: Bool
        /// Seconds until it comes back.
        package var returns: Double?
        package var reason: UInt8?
    }

    package struct Socket: Codable, Sendable {
        package var slot: Int?
        package var kind: String
        package var state: String
        package var port: UInt16?
        package var peer: String?
        package var unread: Int
        package var unsent: Int
        /// In seconds.
        package var age: Double?
        package var owner: String
        /// The slot of the server whose client it is.
        package var server: Int?
    }

    package struct Pin: Codable, Sendable {
        package var pin: UInt8
        package var mode: String
        package var output: String
        package var duty: UInt8?
        package var input: String
        package var analog: UInt16?
    }

    package var number: UInt64
    package var address: String
    package var mac: String?
    package var device: String?
    package var greeted: Bool?
    package var firmware: String?
    package var running: Bool?
    package var boots: Int?
    package var station: Station?
    package var accessPoint: AccessPoint?
    package var slots: Slots?
    package var clients: Int?
    package var traffic: Traffic?
    package var time: UInt64?
    package var commands: [String: UInt64]?
    package var sockets: [Socket]?
    package var networks: [Network]?
    package var pins: [Pin]?
    package var faults: [FaultState]?

    private enum CodingKeys: String, CodingKey {
        case number, address, mac, device, greeted, firmware, running, boots, station, slots, clients, traffic, time
        case commands, sockets, networks, pins, faults
        case accessPoint = "access_point"
    }
}

extension ModuleState {
    /// How much of a module a request asks for.
    package enum Part: Sendable { case summary, sockets, everything }

    package init(_ snapshot: ModuleSnapshot, _ part: Part) {
        let report = snapshot.report
        number = snapshot.number
        address = "\(snapshot.address)"
        if part != .summary { sockets = report.sockets.map(Socket.init) }
        guard part != .sockets else { return }
        mac = "\(snapshot.hardwareAddress)"
        device = snapshot.devicePath
        greeted = snapshot.isGreeted
        firmware = report.firmware
        running = report.isRunning
        boots = report.boots
        station = Station(report.station)
        accessPoint = report.accessPoint.map(AccessPoint.init)
        slots = Slots(used: report.slotsInUse, of: report.slotCount)
        clients = report.clientCount
        let counters = report.counters
        traffic = Traffic(
            commands: counters.commandCount, refused: counters.refused, in: counters.bytesIn, out: counters.bytesOut)
        time = report.time
        guard part == .everything else { return }
        commands = Dictionary(counters.commands.map { ($0.opcode.name, $0.count) }) { $0 + $1 }
        networks = report.networks.map(Network.init)
        pins = report.pins.map(Pin.init)
        faults = report.faults.map(FaultState.init)
    }
}

extension ModuleState.Station {
    init(_ station: ModuleReport.Station) {
        status = station.status.rawValue
        joined = station.isJoined
        joining = station.isJoining
        ssid = String(decoding: station.ssid, as: UTF8.self)
        rssi = station.rssi
        reason = station.reason
        address = "\(station.address)"
    }
}

extension ModuleState.AccessPoint {
    init(_ accessPoint: ModuleReport.AccessPoint) {
        ssid = String(decoding: accessPoint.ssid, as: UTF8.self)
        security = NetworkForm.name(accessPoint.security)
        stations = accessPoint.stations.map { "\($0)" }
    }
}

extension ModuleState.Network {
    init(_ network: ModuleReport.NearbyNetwork) {
        ssid = String(decoding: network.ssid, as: UTF8.self)
        bssid = "\(network.bssid)"
        security = NetworkForm.name(network.security)
        channel = network.channel
        rssi = network.rssi
        reachable = network.isInRange
        returns = network.returnsIn?.seconds
        reason = network.failsJoins
    }
}

extension ModuleState.Socket {
    init(_ socket: SocketReport) {
        slot = socket.number
        kind = socket.kind.rawValue
        state = socket.state.rawValue
        port = socket.localPort
        peer = socket.peer.map { "\($0.address):\($0.port)" }
        unread = socket.unread
        unsent = socket.unsent
        age = socket.age?.seconds
        switch socket.owner {
        case .host: owner = "host"
        case .server(let slot):
            owner = "server"
            server = slot
        case .waiting(let slot):
            owner = "waiting"
            server = slot
        case .bsd: owner = "bsd"
        }
    }
}

extension ModuleState.Pin {
    init(_ pin: ModuleReport.Pin) {
        self.pin = pin.number
        mode =
            switch pin.pin.mode {
            case .input: "input"
            case .output: "output"
            case .inputPullUp: "input_pull_up"
            }
        output = pin.pin.output ? "high" : "low"
        duty = pin.pin.duty
        input = PinLevelName(pin.pin.input).rawValue
        analog = pin.pin.analog
    }
}

extension ModuleState {
    /// A fault in JSON: the members of `fault_add`, and how often it has gone off.
    package struct FaultState: Codable, Sendable {
        package var fault: Fault
        package var fired: Int
        package var remaining: Int?

        init(_ state: ModuleReport.FaultState) {
            fault = state.fault
            fired = state.fired
            remaining = state.remaining
        }

        package init(from decoder: any Decoder) throws {
            var fields = try Fields(decoder)
            fired = try fields.number("fired", 0...Int.max)
            remaining = try fields.optionalNumber("remaining", 0...Int.max)
            fault = try Fault(&fields)
            try fields.finish("a fault")
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: FieldKey.self)
            try fault.put(into: &container)
            try container.put("fault", fault.id)
            try container.put("fired", fired)
            try container.put("remaining", ifAny: remaining)
        }
    }
}

extension Duration {
    /// In seconds, to the millisecond.
    package var seconds: Double { (self / .milliseconds(1)).rounded() / 1000 }
}
