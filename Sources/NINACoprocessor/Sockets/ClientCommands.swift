import NINALink
import NINAWire

// Client commands: outgoing and accepted connections.

extension Sockets {
    /// The default connect time-out: shorter than any driver's time-out for READY.
    private static let connectTime = Duration.seconds(5)

    mutating func getSocket(_: GetSocket, _ context: Context) -> Answer<GetSocket.Reply> {
        let index =
            context.has(.socketsAreNotReserved)
            ? available(context)
            : slots.reserve(at: context.now, bsdSockets: context.numbers.bsdSocketCount)
        return .reply(GetSocket.Reply(socket: index.map { SocketNumber(rawValue: UInt8($0)) } ?? .unavailable))
    }

    mutating func startClient(
        _ command: StartClient, isOnline: Bool, _ context: inout Context
    ) -> Answer<StartClient.Reply> {
        let failed = Answer.reply(StartClient.Reply(isConnected: false))
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .free, .reserved: slots[index] = .free
        case .client(let client) where client.isDisconnected: slots[index] = .free
        case .datagram where command.type == .udp: break
        case .datagram, .connecting, .server, .client:
            context.log(.warning, "START_CLIENT on slot \(index), which is in use")
            return failed
        }
        if context.has(.namesFail), command.type == .udp || command.type == .tcp, !command.host.asCString.isEmpty {
            context.log(.info, "START_CLIENT to a name always fails in this firmware")
            return failed
        }
        if command.type == .udp { return startDatagramClient(command, index, isOnline: isOnline, &context) }
        guard certificates.allowsConnections(command.type, context) else {
            context.log(.warning, "this module has no sockets of type \(command.type.rawValue)")
            return failed
        }
        guard isOnline else {
            context.log(.warning, "connect without a network: join one first")
            return failed
        }
        guard hasSocketLeft(context) else {
            context.log(.warning, "START_CLIENT failed: no socket of lwip is free")
            return failed
        }
        var command = command
        if context.has(.tlsReversesAddresses), command.type == .tls, command.host.asCString.isEmpty {
            command.address = IPv4Address(rawValue: command.address.rawValue.byteSwapped)
        }
        // A firmware that blocks looks the name up first, and then gives lwip all its time.
        let isOwnTime = command.timeoutMilliseconds == 0 || context.has(.connectIgnoresTimeout)
        let time = isOwnTime ? Self.connectTime : .milliseconds(command.timeoutMilliseconds)
        let host = context.text(command.host, "the host of START_CLIENT")
        let address = host.isEmpty ? command.address : IPv4Address(dottedDecimal: host)
        let connecting = Connecting(
            type: command.type, security: certificates.security(command), host: address == nil ? Array(host) : [],
            port: command.port, deadline: context.now.advanced(by: time))
        slots[index] = .connecting(connecting)
        if let address { return connect(index, to: Endpoint(address: address, port: command.port), &context) }
        let token = context.resolve(host)
        return context.wait(
            .clientLookup(token: token, slot: index, port: command.port), until: connecting.deadline)
    }

    /// Puts a socket into a slot and takes one of lwip's numbers for it, until it is finished or aborted.
    mutating func put(_ slot: Slot, into index: Int, _ context: inout Context) {
        slots[index] = slot
        context.numbers.take(forSlot: slot.socket)
    }

    /// Starts a slot's connection.
    private mutating func connect(
        _ index: Int, to endpoint: Endpoint, _ context: inout Context
    ) -> Answer<StartClient.Reply> {
        guard var connecting = slots[index].connecting else { return .reply(StartClient.Reply(isConnected: false)) }
        connecting.remote = endpoint
        if context.has(.connectIgnoresTimeout) {
            connecting.deadline = context.now.advanced(by: Context.blockingConnectTime)
        }
        let result =
            if let security = connecting.security {
                context.connect(to: endpoint, security: security)
            } else {
                context.streams.connect(to: endpoint)
            }
        switch result {
        case .success(let socket):
            connecting.socket = socket
            put(.connecting(connecting), into: index, &context)
            return context.wait(.connect(slot: index), until: connecting.deadline)
        case .failure(let failure):
            noteFailure(failure, connecting, context)
            slots[index] = .free
            return .reply(StartClient.Reply(isConnected: false))
        }
    }

    private mutating func noteFailure(_ failure: NetworkFailure, _ connecting: Connecting, _ context: Context) {
        certificates.noteFailure(failure, of: connecting, context)
    }

    // MARK: Completion of a connect

    mutating func connectEnded(_ socket: NetworkSocket, _ failure: NetworkFailure?, _ context: inout Context) {
        guard case .connect(let index)? = context.pending?.wait, let connecting = slots[index].connecting,
            connecting.socket == socket
        else { return }
        var client = Client(
            connection: Connection(socket: socket, remote: connecting.remote), origin: .connected,
            type: connecting.type)
        if let failure {
            noteFailure(failure, connecting, context)
            if case .tls = failure, context.has(.failedHandshakesConnect), connecting.type == .tls {
                // The slot holds a connection that is already closed.
                slots[index] = .client(client)
            } else {
                context.abort(socket)
                slots[index] = .free
            }
        } else {
            if connecting.type == .tlsBearSSL { certificates.lastError = 0 }
            client.connection.refreshUnread(context.streams)
            slots[index] = .client(client)
            context.events?(.connected(slot: index, peer: connecting.remote))
        }
        let isConnected = slots[index].client != nil
        context.complete(StartClient.self, with: StartClient.Reply(isConnected: isConnected))
    }

    /// Continues START_CLIENT after the look-up of its host.
    mutating func lookupEnded(slot index: Int, port: UInt16, _ address: IPv4Address?, _ context: inout Context) {
        if case .datagram = slots[index] {
            if let address {
                slots.updateDatagram(index) { $0.setDestination(Endpoint(address: address, port: port)) }
            } else {
                context.log(.info, "the look-up of '\(context.lookupName)', a datagram's destination, failed")
                destinationNotFound(index, &context)
            }
            context.complete(StartClient.self, with: StartClient.Reply(isConnected: address != nil))
        } else if let address {
            let answer = connect(index, to: Endpoint(address: address, port: port), &context)
            context.complete(StartClient.self, answer)
        } else {
            let target = slots[index].connecting?.target ?? ""
            context.log(.info, "connect to \(target) failed: no such host")
            slots[index] = .free
            context.complete(StartClient.self, with: StartClient.Reply(isConnected: false))
        }
    }

    /// START_CLIENT has timed out.
    mutating func connectTimedOut(_ index: Int, _ context: inout Context) {
        if let connecting = slots[index].connecting {
            let what = connecting.socket == .invalid ? "timed out in the look-up" : "timed out"
            context.log(.info, "connect to \(connecting.target) \(what)")
            if connecting.type == .tlsBearSSL { certificates.lastError = TLSFailure(.closed).bearSSLError }
            if connecting.socket != .invalid { context.abort(connecting.socket) }
            slots[index] = .free
        } else {
            context.log(.info, "the look-up of '\(context.lookupName)', a datagram's destination, timed out")
            destinationNotFound(index, &context)
        }
        context.complete(StartClient.self, with: StartClient.Reply(isConnected: false))
    }

    // MARK: Closing

    mutating func stopClient(_ command: StopClient, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .client: closeClient(index, &context)
        case .server where context.has(.stopLeavesServers): slots.leaveServer(index)
        case .server: closeServer(index, &context)
        case .reserved: slots[index] = .free
        case .datagram: closeDatagram(index, &context)
        case .free, .connecting: break
        }
        return .reply(Acknowledgement(true))
    }

    /// Closes a client's connection as firmware does by itself: the slot stays one for TCP, without a connection.
    mutating func disconnect(_ index: Int, _ context: inout Context) {
        guard case .client(let client) = slots[index] else { return }
        client.connection.finish(&context)
        slots[index] = .client(.disconnected)
    }

    /// Frees a client's slot immediately; its connection closes gracefully in the background.
    mutating func closeClient(_ index: Int, _ context: inout Context) {
        guard case .client(let client) = slots[index] else { return }
        client.connection.finish(&context)
        slots[index] = .free
        context.events?(.clientLeft(slot: index))
    }

    mutating func getClientState(
        _ command: GetClientState, _ context: inout Context
    ) -> Answer<GetClientState.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .client(let client) where context.has(.endsGoUnnoticed) && client.isPlain:
            return .reply(GetClientState.Reply(state: .established))
        case .client(let client):
            // A peer that has closed its sending direction may still be reading unsent bytes.
            if context.streams.isOpen(client.connection.socket)
                || slots.updateClient(index, { $0.connection.flush(context.streams) }) == false
            {
                return .reply(GetClientState.Reply(state: .established))
            }
            if context.dialect.reclaimRule != .outgoingClients || client.origin == .connected {
                closeClient(index, &context)
            }
        case .reserved: slots[index] = .free
        case .server where context.dialect.reclaimRule == .everySlot: slots.leaveServer(index)
        case .datagram where context.dialect.reclaimRule == .everySlot: releaseDatagram(index, context)
        case .free, .server, .connecting, .datagram: break
        }
        return .reply(GetClientState.Reply(state: .closed))
    }

    func getRemoteData(_ command: GetRemoteData) -> Answer<GetRemoteData.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        let remote =
            switch slots[index] {
            case .client(let client): client.connection.remote
            case .datagram(let datagram): datagram.remote
            case .connecting(let connecting): connecting.remote
            case .free, .reserved, .server: Endpoint.unspecified
            }
        return .reply(GetRemoteData.Reply(address: remote.address, port: remote.port))
    }
}
