import NINALink
import NINAWire

// The state of the module, for those who watch it.

extension Device {
    mutating func report(at now: MonotonicInstant) -> ModuleReport {
        tick(max(now, context.now))
        return ModuleReport(
            firmware: "\(context.firmware.name)", at: context.now, boots: boots, isRunning: isRunning,
            station: station.radio.report,
            accessPoint: station.radio.accessPoint.map {
                ModuleReport.AccessPoint(ssid: $0.ssid, security: $0.security, stations: $0.stations)
            },
            networks: station.radio.air.report(at: context.now), slotCount: sockets.slots.count,
            slotsInUse: sockets.slots.tally.inUse, sockets: sockets.report(context) + bsd.report(context),
            pins: pins.report,
            faults: context.faults.entries.map {
                ModuleReport.FaultState(fault: $0.fault, fired: $0.fired, remaining: $0.remaining)
            },
            time: clock.seconds(context), counters: context.counters)
    }
}

extension Radio {
    fileprivate var report: ModuleReport.Station {
        ModuleReport.Station(
            status: status, isJoined: isAssociated, isJoining: isJoining, ssid: lastSSID, rssi: network?.rssi,
            reason: reason, address: lease.address)
    }
}

extension Air {
    fileprivate func report(at now: MonotonicInstant) -> [ModuleReport.NearbyNetwork] {
        entries.map { entry in
            let network = entry.network
            return ModuleReport.NearbyNetwork(
                ssid: network.ssid, bssid: network.bssid, security: network.security, channel: network.channel,
                rssi: network.rssi, isInRange: entry.reception != .none,
                returnsIn: entry.returns.map { .nanoseconds(Int64(clamping: $0.nanoseconds(since: now))) },
                failsJoins: network.failsJoins)
        }
    }
}

extension PinBank {
    fileprivate var report: [ModuleReport.Pin] {
        (0...UInt8.max).compactMap { self[$0] == Pin() ? nil : ModuleReport.Pin(number: $0, pin: self[$0]) }
    }
}

extension Sockets {
    fileprivate func report(_ context: Context) -> [SocketReport] { slots.indices.flatMap { report($0, context) } }

    private func report(_ index: Int, _ context: Context) -> [SocketReport] {
        var result: [SocketReport] = []
        let age = Duration.nanoseconds(Int64(clamping: context.now.nanoseconds(since: slots.tally.since[index])))
        switch slots[index] {
        case .free: break
        case .reserved(let since):
            let age = Duration.nanoseconds(Int64(clamping: context.now.nanoseconds(since: since)))
            result.append(SocketReport(index, .tcp, .reserved, .host, age: age))
        case .connecting(let connecting):
            result.append(
                SocketReport(
                    index, connecting.type == .tcp ? .tcp : .tls, .connecting, .host,
                    peer: Endpoint(address: connecting.remote.address, port: connecting.port), age: age))
        case .server: break
        case .client(let client):
            let owner: SocketReport.Owner = client.origin == .connected ? .host : .server(slot: client.server)
            result.append(report(client.connection, client.type, index, owner, age, context))
        case .datagram(let datagram):
            result.append(
                SocketReport(
                    index, .udp, .open, .host, localPort: datagram.port == 0 ? nil : datagram.port,
                    peer: datagram.remote, unread: datagram.incoming.bytes.count - datagram.incoming.head,
                    unsent: datagram.outgoing.count, age: age))
        }
        guard let server = slots.listener(index) else { return result }
        // A server that has lost its slot still listens (a quirk).
        let number = slots[index].server == nil ? nil : index
        result.append(
            SocketReport(number, .tcp, .listening, .host, localPort: server.port, age: number == nil ? nil : age))
        for connection in server.waiting + [server.held].compactMap({ $0 }) {
            result.append(report(connection, .tcp, nil, .waiting(slot: index), nil, context))
        }
        return result
    }

    private func report(
        _ connection: Connection, _ type: SocketType, _ number: Int?, _ owner: SocketReport.Owner, _ age: Duration?,
        _ context: Context
    ) -> SocketReport {
        let socket = connection.socket
        let isThere = socket != .invalid
        var port: UInt16?
        switch owner {
        case .server(let slot): port = slot.flatMap { slots.listener($0)?.port }
        case .waiting(let slot): port = slots.listener(slot)?.port
        case .host, .bsd: break
        }
        return SocketReport(
            number, type == .tcp ? .tcp : .tls, isThere && context.streams.isOpen(socket) ? .established : .closed,
            owner,
            localPort: port, peer: connection.remote, unread: isThere ? context.streams.readableBytes(socket) : 0,
            unsent: connection.unsentFrame.count, age: age)
    }
}

extension BSDSockets {
    fileprivate func report(_ context: Context) -> [SocketReport] {
        entries.indices.compactMap { index in
            guard let entry = entries[index] else { return nil }
            let age = Duration.nanoseconds(Int64(clamping: context.now.nanoseconds(since: entry.since)))
            var report = SocketReport(context.numbers.base + index, .tcp, .open, .bsd, age: age)
            switch entry.transport {
            case .datagram(let datagram):
                report.kind = .udp
                report.peer = datagram.destination
                report.unread = datagram.received?.bytes.count ?? 0
            case .stream(let stream):
                report.localPort = stream.port
                switch stream.state {
                case .idle: report.state = .reserved
                case .listening: report.state = .listening
                case .connecting(_, let remote):
                    report.state = .connecting
                    report.peer = remote
                case .connected(let peer):
                    report.state = context.streams.isOpen(peer.socket) ? .established : .closed
                    report.peer = peer.remote
                    report.unread = context.streams.readableBytes(peer.socket)
                case .broken: report.state = .closed
                }
            }
            return report
        }
    }
}
