import NINALink
import NINAWire

// The library's picture of the coprocessor's sockets, and the commands that change it.

extension Driver {
    /// Runs a command that takes a socket. When its reply is lost, nobody knows whether it did: that is found out before
    /// the next one, so that no socket is lost for ever.
    func runTaking<C: Command>(
        _ socket: SocketNumber?, _ command: C, nanoseconds: UInt64? = nil
    ) throws(WiFiError) -> C.Reply {
        do throws(WiFiError) {
            return try run(command, nanoseconds: nanoseconds)
        } catch {
            switch error {
            case .link(let fault, _) where fault.kind != .restarted: doubt(socket)
            case .badReply: doubt(socket)
            default: break
            }
            throw error
        }
    }

    /// - Parameter socket: the one the command was for, nil when the coprocessor chose.
    private func doubt(_ socket: SocketNumber?) {
        if let socket { doubtful |= 1 << UInt64(socket.rawValue & 63) } else { doubtful = .max }
    }

    /// Starts a server or a datagram socket. When the reply is lost it may be open, and keep its port: it is stopped before
    /// the next slot is asked for.
    func runStarting<C: Command>(
        _ socket: SocketNumber, isServer: Bool, _ command: C
    ) throws(WiFiError) -> C.Reply {
        let bit: UInt64 = 1 << UInt64(socket.rawValue & 63)
        if isServer { unansweredStarts.servers |= bit } else { unansweredStarts.datagrams |= bit }
        let reply = try run(command)
        unansweredStarts.servers &= ~bit
        unansweredStarts.datagrams &= ~bit
        return reply
    }

    private func stopUnansweredStarts() throws(WiFiError) {
        guard unansweredStarts != (0, 0) else { return }
        for index in 0..<Firmware.slotLimit {
            let bit: UInt64 = 1 << UInt64(index)
            do throws(WiFiError) {
                if unansweredStarts.servers & bit != 0 { try stopServer(index) }
                if unansweredStarts.datagrams & bit != 0 {
                    _ = try acknowledge(StopClient(socket: SocketNumber(rawValue: UInt8(index))))
                }
            } catch {
                // The number came in a damaged reply: there is no such socket.
                guard case .refused = error else { throw error }
            }
            unansweredStarts.servers &= ~bit
            unansweredStarts.datagrams &= ~bit
        }
    }

    /// Stops the sockets that the coprocessor holds and the library knows nothing of.
    func resolveDoubts() throws(WiFiError) {
        try stopUnansweredStarts()
        guard doubtful != 0 else { return }
        for index in 0..<Firmware.slotLimit where doubtful & 1 << UInt64(index) != 0 {
            if !sockets[index].isOpen, try !stopUnknown(SocketNumber(rawValue: UInt8(index))) { break }
            doubtful &= ~(1 << UInt64(index))
        }
        doubtful = 0
    }

    /// - Returns: false when the coprocessor has no such socket.
    private func stopUnknown(_ socket: SocketNumber) throws(WiFiError) -> Bool {
        do throws(WiFiError) {
            guard try run(GetClientState(socket: socket)).state == .established else { return true }
            _ = try acknowledge(StopClient(socket: socket))
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }

    /// A free socket, reserved on the coprocessor.
    func freeSocket() throws(WiFiError) -> SocketNumber {
        try resolveDoubts()
        let socket = try run(GetSocket()).socket
        let index = Int(socket.rawValue)
        guard index < Firmware.slotLimit else { throw .noSocketAvailable }
        // It is free, so a handle that still has it is of a connection whose end went unnoticed.
        if sockets[index].isOpen { closed(index) }
        return socket
    }

    /// Whether a handle's connection has the place still.
    func isCurrent(_ index: Int, _ generation: UInt32) -> Bool {
        index < sockets.count && sockets[index].isOpen && sockets[index].generation == generation
    }

    /// Notes a new connection at a place; every handle of an earlier one is stale from now on.
    @discardableResult
    func opened(_ index: Int, server: UInt32 = 0) -> UInt32 {
        while sockets.count <= index { sockets.append(SocketState()) }
        closed(index)
        sockets[index].isOpen = true
        sockets[index].server = server
        sockets[index].usedAt = now
        return sockets[index].generation
    }

    /// Notes the end of a connection.
    func closed(_ index: Int) {
        sockets[index].generation &+= 1
        sockets[index].isOpen = false
        sockets[index].outlivesNetwork = false
        sockets[index].isRaw = false
        sockets[index].isGone = false
        sockets[index].hasEnded = false
        sockets[index].hasNews = false
        sockets[index].hasLostInput = false
        sockets[index].hasLostOutput = false
        sockets[index].server = 0
        sockets[index].origin = 0
        sockets[index].remotePort = nil
        sockets[index].buffer.removeAll(keepingCapacity: true)
        sockets[index].head = 0
        sockets[index].startTurn()
        // The families share the module's sockets.
        bsd.exhaustedAt = nil
    }

    /// Asks for the state of a connection. A closed one has lost its socket: what the program has not read stays.
    func clientState(_ index: Int) throws(WiFiError) -> ClientState {
        if isBSD(index) { return try bsdClientState(index) }
        guard !sockets[index].isGone else { return .closed }
        let state = try run(GetClientState(socket: number(index))).state
        if state == .closed {
            if sockets[index].bufferedCount == 0 { closed(index) } else { sockets[index].isGone = true }
        }
        return state
    }

    /// Stops every client before the coprocessor leaves its network; listeners stay.
    ///
    /// Not every firmware closes them by itself, and none does so without an association.
    func stopClients() throws(WiFiError) {
        for index in sockets.indices where sockets[index].isOpen && !sockets[index].outlivesNetwork {
            try stopClient(index)
        }
    }

    /// Leaves the network, whatever was joined.
    func leaveNetwork() throws(WiFiError) {
        var command = Disconnect()
        command.dummy = 0xFF
        _ = try acknowledge(command)
    }

    /// Stops a client; when that fails it can be tried again.
    func stopClient(_ index: Int) throws(WiFiError) {
        if isBSD(index) {
            _ = try acknowledge(BSDClose(socket: number(index)))
        } else if !sockets[index].isGone {
            _ = try acknowledge(StopClient(socket: number(index)))
        }
        closed(index)
    }

    /// Stops a server; by STOP_CLIENT when the firmware has no other way, which is remembered.
    /// - Returns: whether its clients were closed along with it.
    @discardableResult
    func stopServer(_ index: Int) throws(WiFiError) -> Bool {
        let socket = number(index)
        if isBSD(index) {
            _ = try acknowledge(BSDClose(socket: socket))
            return false
        }
        if !lacksStopServer {
            do throws(WiFiError) {
                _ = try acknowledge(StopServer(socket: socket))
                return true
            } catch {
                guard case .unsupported = error else { throw error }
                lacksStopServer = true
            }
        }
        _ = try acknowledge(StopClient(socket: socket))
        return false
    }

    /// Every socket is gone: the coprocessor restarted.
    func forgetSockets() {
        forgetKnownSockets()
        doubtful = 0
        unansweredStarts = (0, 0)
        bsd = BSDNotes()
    }

    func forgetKnownSockets() {
        for index in sockets.indices where sockets[index].isOpen { closed(index) }
    }

    /// An identity for a server, never given out twice.
    func newServer() -> UInt32 {
        servers &+= 1
        return servers
    }
}
