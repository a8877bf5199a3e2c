import NINALink
import NINAWire

// Changes of what is around the module.

extension Device {
    mutating func apply(_ change: Change, at now: MonotonicInstant) throws(ChangeError) {
        tick(max(now, context.now))
        switch change {
        case .addNetwork, .removeNetwork, .loseNetwork, .secret, .signal, .joinDelay, .failJoins:
            try station.radio.air.apply(change, at: context.now)
            advanceRadio()
        case .stationJoins(let station): try joinAccessPoint(station)
        case .stationLeaves(let address):
            guard station.radio.stationLeaves(address) else {
                throw ChangeError("stationLeaves", expected: "a station that has joined", got: "\(address)")
            }
            context.log(.info, "the station \(address) leaves the access point")
        case .pin(let number, let level): pins[number].input = level
        case .analog(let number, let value):
            if let value, value > PinBank.highestAnalog {
                throw ChangeError("analog.value", expected: "0 to \(PinBank.highestAnalog)", got: "\(value)")
            }
            pins[number].analog = value
        case .time(let seconds):
            context.networkTime = seconds.map { .since(context.now, seconds: $0) } ?? .none
        case .addFault(let fault):
            try fault.check()
            context.faults.add(fault, at: context.now)
        case .removeFault(let id):
            guard context.faults.remove(id, at: context.now) else {
                let known = context.faults.entries.map { "'\($0.fault.id)'" }
                throw ChangeError(
                    "removeFault.id",
                    expected: known.isEmpty ? "a fault, there is none" : known.joined(separator: " or "),
                    got: "'\(id)'")
            }
        case .removeAllFaults: context.faults.removeAll(at: context.now)
        case .reset:
            guard isRunning else {
                throw ChangeError("reset", expected: "a module that runs", got: "one that is held in reset")
            }
            context.log(.warning, "the supply breaks down: the module starts again")
            restart(at: context.now)
        }
        context.events?(.changed(change))
    }

    private mutating func joinAccessPoint(_ address: MACAddress) throws(ChangeError) {
        guard let accessPoint = station.radio.accessPoint else {
            throw ChangeError("stationJoins", expected: "an access point of the module", got: "none")
        }
        guard accessPoint.stations.count < Radio.AccessPoint.stationLimit else {
            throw ChangeError(
                "stationJoins", expected: "at most \(Radio.AccessPoint.stationLimit) stations", got: "one more")
        }
        guard station.radio.stationJoins(address) else {
            throw ChangeError("stationJoins", expected: "another station", got: "\(address), which has joined")
        }
        context.log(.info, "the station \(address) joins the access point")
    }
}

extension Air {
    /// Makes a change of networks; of others it knows nothing.
    mutating func apply(_ change: Change, at now: MonotonicInstant) throws(ChangeError) {
        switch change {
        case .addNetwork(let network):
            guard (1...32).contains(network.ssid.count) else {
                throw ChangeError("addNetwork.ssid", expected: "1 to 32 bytes", got: "\(network.ssid.count)")
            }
            guard entries.count < Air.limit else {
                throw ChangeError("addNetwork", expected: "at most \(Air.limit) networks", got: "one more")
            }
            try Self.check(network.rssi, "addNetwork.rssi")
            add(network)
        case .removeNetwork(let ssid):
            try self.change(ssid, "removeNetwork") { _ in }
            remove(ssid)
        case .loseNetwork(let ssid, let time):
            try self.change(ssid, "loseNetwork") {
                $0.isGone = true
                $0.returns = time.map { now.advanced(by: $0) }
            }
        case .secret(let ssid, let secret): try self.change(ssid, "secret") { $0.network.secret = secret }
        case .signal(let ssid, let rssi):
            try Self.check(rssi, "signal.rssi")
            try self.change(ssid, "signal") { $0.network.rssi = rssi }
        case .joinDelay(let delay):
            guard delay >= .zero, delay <= .seconds(3600) else {
                throw ChangeError("joinDelay", expected: "0 to 3600 seconds", got: "\(delay)")
            }
            self.delay = delay
            scanDelay = nil
        case .failJoins(let ssid, let reason):
            guard reason != 0 else { throw ChangeError("failJoins.reason", expected: "1 to 255, or none", got: "0") }
            try self.change(ssid, "failJoins") { $0.network.failsJoins = reason }
        case .stationJoins, .stationLeaves, .pin, .analog, .time, .addFault, .removeFault, .removeAllFaults, .reset:
            break
        }
    }

    private static func check(_ rssi: Int32, _ place: String) throws(ChangeError) {
        guard (-127...0).contains(rssi) else { throw ChangeError(place, expected: "-127 to 0 dBm", got: "\(rssi)") }
    }

    /// Changes the networks of a name, which must exist.
    private mutating func change(
        _ ssid: [UInt8], _ place: String, _ change: (inout Entry) -> Void
    ) throws(ChangeError) {
        guard !self.change(ssid, change) else { return }
        let names = entries.map { "'\($0.network.ssid.printable)'" }
        throw ChangeError(
            "\(place).ssid", expected: names.isEmpty ? "a network, there is none" : names.joined(separator: " or "),
            got: "'\(ssid.printable)'")
    }
}

extension Fault {
    /// Whether it can be.
    func check() throws(ChangeError) {
        func require(_ condition: Bool, _ part: String, _ expected: String, _ got: @autoclosure () -> String)
            throws(ChangeError)
        {
            guard condition else { throw ChangeError("addFault.\(part)", expected: expected, got: got()) }
        }
        try require((1...64).contains(id.utf8.count), "id", "1 to 64 bytes", "\(id.utf8.count)")
        switch kind {
        case .replyLate(let time):
            try require(time >= .zero && time <= .seconds(3600), "kind", "a delay of 0 to 3600 seconds", "\(time)")
        case .replyCut(let count):
            try require((0...Frame.limit).contains(count), "kind", "0 to \(Frame.limit) bytes", "\(count)")
        case .interruptStuck:
            try require(trigger == .always, "trigger", "always, for IRQ is no matter of a command", "\(trigger)")
        case .replyLost, .replyWrong, .readyHigh, .readyLow, .windowBit, .brownOut, .nameLookupFails, .connectionReset,
            .tlsFails, .storageFull:
            break
        }
        switch trigger {
        case .always: break
        case .probability(let value, _):
            try require((0...1).contains(value), "trigger", "a probability of 0 to 1", "\(value)")
        case .count(let count), .command(_, let count): try require(count > 0, "trigger", "a count from 1", "\(count)")
        }
    }
}
