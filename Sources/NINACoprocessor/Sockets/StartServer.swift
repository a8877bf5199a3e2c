import NINALink
import NINAWire

// START_SERVER: servers and UDP sockets of slots.

extension Sockets {
    mutating func startServer(_ command: StartServer, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        guard !context.has(.stopLeavesServers) else { return startOfFirmware(command, index, &context) }
        switch slots[index] {
        case .server(let server) where server.port == command.port && command.type == .tcp:
            return .reply(Acknowledgement(true))
        case .server: closeServer(index, &context)
        case .free, .reserved: slots[index] = .free
        case .client(let client) where client.isDisconnected: slots[index] = .free
        case .datagram where command.type.isDatagram: return reopenDatagram(command, index, &context)
        case .connecting, .client, .datagram: return .reply(Acknowledgement(false))
        }
        guard hasSocketLeft(context) else { return .reply(Acknowledgement(false)) }
        if command.type == .tcp { return .reply(Acknowledgement(listen(index, port: command.port, &context))) }
        guard command.type.isDatagram else { return .reply(Acknowledgement(false)) }
        return openDatagram(index, port: command.port, group: command.group, &context)
    }

    /// Starts a server on a free slot.
    private mutating func listen(_ index: Int, port: UInt16, _ context: inout Context) -> Bool {
        let backlog = context.configuration.backlog ?? context.firmware.backlog
        switch context.streams.listen(port: port, backlog: backlog) {
        case .failure(let failure):
            context.log(.info, "server on port \(port) failed: \(failure)")
            return false
        case .success(let socket):
            put(.server(Server(socket: socket, port: port)), into: index, &context)
            context.events?(.listening(slot: index, port: port))
            return true
        }
    }

    private mutating func reopenDatagram(
        _ command: StartServer, _ index: Int, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        reopenDatagram(index, port: command.port, group: command.group, &context)
    }

    // MARK: Firmware

    /// Firmware whose servers are never stopped: a slot, free or not, may have one that listens. An unknown socket type
    /// changes nothing; after a failed start the slot is free, or one for TCP if it was that before.
    private mutating func startOfFirmware(
        _ command: StartServer, _ index: Int, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard command.type == .tcp || command.type.isDatagram else { return .reply(Acknowledgement(false)) }
        var command = command
        if command.type == .udpMulticast, command.group?.isMulticast != true {
            guard context.has(.groupsAreNotChecked) else { return .reply(Acknowledgement(false)) }
            command.type = .udp
        }
        let former = slots[index]
        let wasTCP: Bool
        switch former {
        case .server where context.has(.secondStartChangesNothing) && command.type == .tcp:
            return .reply(Acknowledgement(true))
        case .server:
            slots.leaveServer(index)
            wasTCP = true
        case .client(let client) where client.isDisconnected:
            slots[index] = .free
            wasTCP = true
        case .free, .reserved:
            slots[index] = .free
            wasTCP = false
        case .datagram where command.type.isDatagram: return reopenDatagram(command, index, &context)
        case .connecting, .client, .datagram: return .reply(Acknowledgement(false))
        }
        if command.type == .tcp { return restart(index, wasTCP: wasTCP, port: command.port, &context) }
        let answer = openDatagram(index, port: command.port, group: command.group, &context)
        if wasTCP, slots[index].isFree {
            if case .server = former { slots.returnServer(index) } else { slots[index] = former }
        }
        return answer
    }

    /// Starts the TCP server of a slot. With the quirk `secondStartLosesServer` the socket of one that listens is lost: it keeps
    /// its port and its number until a reset, and no command reaches it. What becomes of its clients, Protocol/dialects.md says in START_SERVER.
    private mutating func restart(
        _ index: Int, wasTCP: Bool, port: UInt16, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        if context.has(.secondStartChangesNothing), slots.returnServer(index) { return .reply(Acknowledgement(true)) }
        if !context.has(.secondStartLosesServer), slots.returnServer(index) { closeServer(index, &context) }
        var former = slots.takeLeftServer(index) ?? failedServers[index].take()
        // This firmware begins with a new server, whether it can listen or not.
        let isReplaced = context.has(.startAlwaysSucceeds)
        if isReplaced {
            loseClients(ofServer: index, former)
            former = nil
        }
        if hasSocketLeft(context), listen(index, port: port, &context) {
            if let former { inherit(former, index, context) }
            return .reply(Acknowledgement(true))
        }
        failedServers[index] = former
        if isReplaced || wasTCP { slots[index] = .client(.disconnected) }
        return .reply(Acknowledgement(isReplaced))
    }

    /// Gives a server the clients of the slot's former one.
    private mutating func inherit(_ former: Server, _ index: Int, _ context: Context) {
        slots.updateServer(index) {
            $0.held = former.held
            $0.waiting = former.waiting
            // Their events were not processed in the meantime.
            for client in $0.waiting.indices { $0.waiting[client].refreshUnread(context.streams) }
        }
    }

    /// A server is replaced: its clients stay connected, those with a slot as clients of no server.
    private mutating func loseClients(ofServer index: Int, _ former: Server?) {
        releaseClients(ofServer: index)
        guard let former else { return }
        lostConnections += former.waiting
        if let held = former.held { lostConnections.append(held) }
    }
}

extension SocketType {
    /// START_SERVER opens a UDP socket for it.
    fileprivate var isDatagram: Bool { self == .udp || self == .udpMulticast }
}

extension IPv4Address {
    /// Whether it is a multicast group: 224.0.0.0/4.
    fileprivate var isMulticast: Bool { rawValue >> 28 == 0xE }
}

extension StartServer {
    /// The multicast group to join; nil for other types.
    fileprivate var group: IPv4Address? { type == .udpMulticast ? address ?? .any : nil }
}
