import NINALink
import NINAWire

// Client commands: connections, made or accepted.

extension Coprocessor {
    /// How long a connect may take when the host does not say: less than the most impatient driver waits for READY.
    static let connectTime = Duration.seconds(5)

    func getSocket() -> Answer<GetSocket.Reply> {
        let index = has(.socketsAreNotReserved) ? table.available(at: now) : table.reserve(at: now)
        return .reply(GetSocket.Reply(socket: index.map { SocketNumber(rawValue: UInt8($0)) } ?? .unavailable))
    }

    func startClient(_ command: StartClient) -> Answer<StartClient.Reply> {
        let failed = Answer.reply(StartClient.Reply(isConnected: false))
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .free, .reserved: table.release(index)
        case .datagram where command.type == .udp: break
        case .datagram, .connecting, .server, .client:
            say(.warning, "START_CLIENT on slot \(index), which is in use")
            return failed
        }
        if command.type == .udp { return startDatagramClient(command, index) }
        guard knowsConnections(command.type), isOnline, table.hasSocketLeft else {
            say(
                .warning,
                isOnline
                    ? "this module has no sockets of type \(command.type.rawValue)"
                    : "connect without a network: join one first")
            return failed
        }
        var command = command
        if has(.tlsReversesAddresses), command.type == .tls, command.host.asCString.isEmpty {
            command.address = IPv4Address(rawValue: command.address.rawValue.byteSwapped)
        }
        clientSecurity = security(command)
        let time = command.timeoutMilliseconds == 0 ? Self.connectTime : .milliseconds(command.timeoutMilliseconds)
        let until = now.advanced(by: time)
        table.take(index, as: .connecting)
        table.slots[index].type = command.type
        let host = command.host.asCString
        if host.isEmpty {
            connect(slot: index, to: Endpoint(address: command.address, port: command.port), until: until)
        } else if let address = IPv4Address(dottedDecimal: host) {
            connect(slot: index, to: Endpoint(address: address, port: command.port), until: until)
        } else {
            pending = .clientLookup(token: newToken(), slot: index, port: command.port, until: until)
            network.resolve(host, token: lastToken)
        }
        return .later
    }

    /// Puts a socket into a slot. It has one of lwip's numbers from now on, until `finish` or `abort` gives it back.
    func give(_ socket: NetworkSocket, to index: Int) {
        table.slots[index].socket = socket
        numbers.take(forSlot: socket)
    }

    /// Starts the connection of a slot.
    func connect(slot: Int, to endpoint: Endpoint, until: MonotonicInstant) {
        table.slots[slot].remote = endpoint
        let result =
            if let clientSecurity {
                streams.connect(to: endpoint, security: clientSecurity)
            } else {
                streams.connect(to: endpoint)
            }
        switch result {
        case .success(let socket):
            give(socket, to: slot)
            pending = .connect(slot: slot, until: until)
        case .failure(let failure):
            noteFailure(failure, slot: slot)
            table.release(slot)
            pending = .connected(false)
        }
    }

    func stopClient(_ command: StopClient) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .client: closeClient(index)
        case .server where has(.stopLeavesServers): orphanServer(index)
        case .server: closeServer(index)
        case .reserved: table.release(index)
        case .datagram: closeDatagram(index)
        case .free, .connecting: break
        }
        return .reply(Acknowledgement(true))
    }

    /// Frees a slot at once; its connection ends in good order behind it.
    func closeClient(_ index: Int) {
        finish(table.slots[index].socket, sending: table.slots[index].held)
        table.release(index)
    }

    func getClientState(_ command: GetClientState) -> Answer<GetClientState.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        // A peer that has ended its stream may still be reading what is held for it.
        case .client where streams.isOpen(table.slots[index].socket) || !sendHeld(index):
            return .reply(GetClientState.Reply(state: .established))
        case .client where has(.stateKeepsAcceptedClients) && table.slots[index].origin != .connected: break
        case .client: closeClient(index)
        case .reserved: table.release(index)
        case .server where has(.stateFreesEverySlot): orphanServer(index)
        case .datagram where has(.stateFreesEverySlot): table.release(index)
        case .free, .server, .connecting, .datagram: break
        }
        return .reply(GetClientState.Reply(state: .closed))
    }

    func getRemoteData(_ command: GetRemoteData) -> Answer<GetRemoteData.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        let remote = table.slots[index].remote
        return .reply(GetRemoteData.Reply(address: remote.address, port: remote.port))
    }
}
