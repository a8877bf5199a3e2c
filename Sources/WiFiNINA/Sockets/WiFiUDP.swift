import NINALink
import NINAWire

/// A UDP socket: WiFiNINA's `WiFiUDP`.
///
/// Datagrams are whole: ``parsePacket()`` takes one with its sender out of the module, what is left unread of the one
/// before is dropped; ``endPacket()`` sends what was written since ``beginPacket(_:port:)`` or nothing.
public final class WiFiUDP {
    /// The most bytes that one datagram carries here: more would travel in fragments.
    public static let longestDatagram = 1472

    private let driver: Driver
    private var id: SocketID?
    private var generation: UInt32 = 0
    private var incoming: [UInt8] = []
    private var head = 0
    private var sender = GetRemoteData.Reply()
    private var outgoing: [UInt8] = []
    private var destination: (address: IPv4Address, port: UInt16)?

    /// A socket that is not open yet.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    /// The coprocessor's socket, 255 for none.
    public var socket: SocketNumber { isCurrent ? id?.number ?? .unavailable : .unavailable }

    private var isCurrent: Bool { driver.isCurrent(id, generation) }

    private func current() throws(WiFiError) -> SocketID {
        guard let id else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(id.number) }
        return id
    }

    // MARK: Opening and closing

    /// Receives datagrams for a port; a socket that was open before is closed.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`.
    public func begin(_ port: UInt16) throws(WiFiError) {
        try begin(StartServer(port: port, socket: .unavailable, type: .udp))
    }

    /// Receives datagrams for a port of this module and of a multicast group, 224.0.0.0 to 239.255.255.255.
    /// - Throws: as ``begin(_:)``.
    public func beginMulticast(_ group: IPv4Address, port: UInt16) throws(WiFiError) {
        var command = StartServer(port: port, socket: .unavailable, type: .udpMulticast)
        command.address = group
        try begin(command)
    }

    private func begin(_ command: StartServer) throws(WiFiError) {
        try stop()
        var command = command
        command.socket = try driver.slots.freeSlot(on: driver)
        guard try driver.slots.runStarting(command, isServer: false, on: driver).value != 0 else {
            throw .serverFailed(port: command.port)
        }
        opened(command.socket)
    }

    private func opened(_ socket: SocketNumber) {
        let id = SocketID.slot(socket.rawValue)
        driver.open(id, as: .datagram)
        self.id = id
        generation = driver.sockets[id].generation
    }

    /// Closes the socket; datagrams that were not read, or not sent, are dropped.
    public func stop() throws(WiFiError) {
        forgetDatagram()
        destination = nil
        guard isCurrent, let id else { return }
        try driver.stopClient(id)
    }

    // MARK: Sending

    /// Begins a datagram to a host, whose name is looked up now. The socket need not be open to send.
    /// - Throws: `.hostNotFound`.
    public func beginPacket(_ host: Host, port: UInt16) throws(WiFiError) {
        destination = nil
        let address = try driver.address(of: host)
        outgoing.removeAll(keepingCapacity: true)
        destination = (address, port)
    }

    /// Adds bytes to the datagram.
    /// - Returns: how many, which is all of them.
    /// - Throws: `.datagramFailed` when none was begun or it would be longer than ``longestDatagram``: nothing is added.
    @discardableResult
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard destination != nil, outgoing.count + bytes.count <= Self.longestDatagram else { throw .datagramFailed }
        outgoing.append(contentsOf: bytes)
        return bytes.count
    }

    /// Adds bytes to the datagram; as ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Adds a byte to the datagram; as ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try write([byte]) }

    /// Adds text to the datagram; as ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func print(_ text: String) throws(WiFiError) -> Int { try write(bytes(text)) }

    /// Sends the datagram. It is gone afterwards, sent or not.
    ///
    /// The destination, the bytes and the order to send them follow each other closely: in some firmware a datagram that
    /// comes in between would redirect this one to its sender.
    /// - Throws: `.datagramFailed` when none was begun, it is empty, or the module does not send it (no network is joined,
    ///   for example); `.noSocketAvailable`.
    public func endPacket() throws(WiFiError) {
        guard let (address, port) = destination, !outgoing.isEmpty else { throw .datagramFailed }
        destination = nil
        var command = StartClient(form: .address)
        command.address = address
        command.port = port
        command.type = .udp
        if isCurrent, let id {
            command.socket = id.number
            guard try driver.run(command).isConnected else { throw .datagramFailed }
        } else {
            command.socket = try driver.slots.freeSlot(on: driver)
            guard try driver.slots.runStarting(command, on: driver).isConnected else {
                throw .datagramFailed
            }
            opened(command.socket)
        }
        guard try driver.acknowledge(InsertDatabuf(socket: command.socket, data: outgoing[...])),
            try driver.acknowledge(SendUDP(socket: command.socket))
        else { throw .datagramFailed }
    }

    // MARK: Receiving

    /// Takes the next datagram; what is left of the one before is dropped.
    /// - Returns: its length in bytes, 0 when none has come.
    public func parsePacket() throws(WiFiError) -> Int {
        let id = try current()
        forgetDatagram()
        guard try driver.isWorthAsking(&driver.sockets[id].askedAt) else { return 0 }
        guard try driver.run(AvailData(socket: id.number)).value > 0 else { return 0 }
        // In this order: once the datagram is read, the module may report the sender of the next one.
        let sender = try driver.run(GetRemoteData(socket: id.number))
        incoming.append(
            contentsOf: try driver.run(GetDatabuf(socket: id.number, size: UInt16(Frame.longestReceive))).data)
        self.sender = sender
        return incoming.count
    }

    private func forgetDatagram() {
        incoming.removeAll(keepingCapacity: true)
        head = 0
    }

    /// The address that the datagram came from, 0.0.0.0 before the first one.
    public func remoteIP() -> IPv4Address { sender.address }
    /// The port that the datagram came from, 0 before the first one.
    public func remotePort() -> UInt16 { sender.port }
    /// Bytes of the datagram that were not read yet.
    public func available() -> Int { incoming.count - head }

    /// The next byte of the datagram, nil at its end.
    public func read() -> UInt8? {
        guard let byte = peek() else { return nil }
        head += 1
        return byte
    }

    /// The next byte of the datagram, which stays where it is; nil at its end.
    public func peek() -> UInt8? { head < incoming.count ? incoming[head] : nil }

    /// The next bytes of the datagram, at most `limit` of them; an empty array at its end.
    public func read(_ limit: Int) -> [UInt8] {
        let count = max(0, min(limit, available()))
        defer { head += count }
        return Array(incoming[head..<head + count])
    }

    /// Does nothing: a datagram is sent by ``endPacket()`` (WiFiNINA's `flush` does nothing either).
    public func flush() {}
}
