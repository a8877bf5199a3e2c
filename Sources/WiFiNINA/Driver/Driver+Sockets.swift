import NINALink
import NINAWire

// The library's state of the coprocessor's sockets, of either family.

extension Driver {
    /// The commands of a family.
    func commands(_ family: SocketFamily) -> any SocketCommands {
        switch family {
        case .classic: slots
        case .bsd: bsd
        }
    }

    /// The commands of a socket.
    func commands(_ id: SocketID) -> any SocketCommands { commands(id.family) }

    /// Whether a handle's connection still owns the socket.
    func isCurrent(_ id: SocketID?, _ generation: UInt32) -> Bool {
        guard let id else { return false }
        return sockets[id].isOpen && sockets[id].generation == generation
    }

    /// Records a new connection on a socket; invalidates every handle to an earlier one.
    func open(_ id: SocketID, as use: SocketState.Use) {
        sockets[id].open(as: use, at: now)
        bsd.markRoom()
    }

    /// Records the end of a connection.
    func markClosed(_ id: SocketID) {
        sockets[id].close()
        bsd.markRoom()
    }

    /// Reads the state of a connection. A closed connection has lost its socket; buffered bytes remain.
    func clientState(_ id: SocketID) throws(WiFiError) -> ClientState { try commands(id).state(id, on: self) }

    /// Stops every client before the coprocessor leaves its network; listeners stay.
    ///
    /// Not all firmware closes clients itself, and none does so without an association.
    func stopClients() throws(WiFiError) {
        for id in SocketID.all where sockets[id].use == .client { try stopClient(id) }
    }

    /// Leaves the network, whichever kind it is.
    func leaveNetwork() throws(WiFiError) {
        var command = Disconnect()
        command.dummy = 0xFF
        _ = try acknowledge(command)
    }

    /// Stops a client or a datagram socket; can be retried after a failure.
    func stopClient(_ id: SocketID) throws(WiFiError) {
        try commands(id).stopClient(id, on: self)
        markClosed(id)
    }

    /// The coprocessor restarted: all its sockets are closed.
    func forgetSockets() {
        forgetKnownSockets()
        slots.forgetSockets()
        bsd.forgetSockets()
    }

    func forgetKnownSockets() {
        for id in SocketID.all where sockets[id].isOpen { markClosed(id) }
    }
}
