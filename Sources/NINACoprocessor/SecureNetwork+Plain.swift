import NINAWire

// What has nothing to do with TLS goes to the network as it is.

extension SecureNetwork {
    /// The coprocessor's own address.
    public var ownAddress: IPv4Address { inner.ownAddress }

    /// Listens.
    public func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        inner.listen(port: port, backlog: backlog)
    }

    /// Whether a connection waits.
    public func hasPendingConnection(_ listener: NetworkSocket) -> Bool { inner.hasPendingConnection(listener) }

    /// Takes the connection that has waited longest.
    public func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        inner.accept(listener)
    }

    /// Whether the next waiting connection is told.
    public func setArmed(_ listener: NetworkSocket, _ isArmed: Bool) { inner.setArmed(listener, isArmed) }

    /// Whether requests are dropped.
    public func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) { inner.setDropsRequests(listener, drops) }

    /// Looks a name up.
    public func resolve(_ name: ArraySlice<UInt8>, token: UInt32) { inner.resolve(name, token: token) }

    /// Opens a datagram socket.
    public func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure> {
        inner.openDatagram(port: port, group: group)
    }

    /// Sends a datagram.
    public func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool {
        inner.sendDatagram(socket, bytes, to: endpoint)
    }

    /// Takes a datagram.
    public func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)? {
        inner.receiveDatagram(socket, into: &buffer)
    }

    /// Sends an echo request.
    public func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32) {
        inner.ping(address, timeToLive: timeToLive, token: token)
    }

    /// Tells the events that have come about.
    public func poll() { inner.poll() }
}
