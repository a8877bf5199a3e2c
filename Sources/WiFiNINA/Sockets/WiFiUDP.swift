import NINALink
import NINAWire

/// A UDP socket: WiFiNINA's `WiFiUDP`.
///
/// Datagrams are handled whole: ``parsePacket()`` takes one and its sender from the module and discards the unread rest
/// of the previous one; ``endPacket()`` sends everything written since ``beginPacket(_:port:)``, or nothing.
public final class WiFiUDP {
    /// The maximum payload of a datagram; more would be fragmented.
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

    /// The coprocessor's socket; 255 when there is none.
    public var socket: SocketNumber { isCurrent ? id?.number ?? .unavailable : .unavailable }

    private var isCurrent: Bool { driver.isCurrent(id, generation) }

    private func current() throws(WiFiError) -> SocketID {
        guard let id else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(id.number) }
        return id
    }

    // MARK: Opening and closing

    /// Receives datagrams on a port; first closes the socket if it is open.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`.
    public func begin(_ port: UInt16) throws(WiFiError) {
        try begin(StartServer(port: port, socket: .unavailable, type: .udp))
    }

    /// Receives datagrams on a port, sent to this module or to a multicast group, 224.0.0.0 to 239.255.255.255.
    /// - Throws: see ``begin(_:)``.
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

    /// Closes the socket; unread and unsent datagrams are discarded.
    public func stop() throws(WiFiError) {
        forgetDatagram()
        destination = nil
        guard isCurrent, let id else { return }
        try driver.stopClient(id)
    }

    // MARK: Sending

    /// Begins a datagram to a host and resolves its name. The socket need not be open.
    /// - Throws: `.hostNotFound`.
    public func beginPacket(_ host: Host, port: UInt16) throws(WiFiError) {
        destination = nil
        let address = try driver.address(of: host)
        outgoing.removeAll(keepingCapacity: true)
        destination = (address, port)
    }

    /// Adds bytes to the datagram.
    /// - Returns: the number of bytes, which is always all of them.
    /// - Throws: `.datagramFailed` when no datagram was begun or it would exceed ``longestDatagram``; nothing is added
    ///   then.
    @discardableResult
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard destination != nil, outgoing.count + bytes.count <= Self.longestDatagram else { throw .datagramFailed }
        outgoing.append(contentsOf: bytes)
        return bytes.count
    }

    /// Adds bytes to the datagram; see ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Adds a byte to the datagram; see ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try write([byte]) }

    /// Adds text to the datagram; see ``write(_:)-(ArraySlice<UInt8>)``.
    @discardableResult
    public func print(_ text: String) throws(WiFiError) -> Int { try write(ArraySlice(text.utf8)) }

    /// Sends the datagram and discards it, even if sending fails.
    ///
    /// The commands for destination, bytes and sending are issued without other commands between them: in some firmware
    /// a datagram that arrives in between redirects this one to its sender.
    /// - Throws: `.datagramFailed` when no datagram was begun, it is empty, or the module does not send it (for example
    ///   because no network is joined); `.noSocketAvailable`.
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

    /// Takes the next datagram and discards the rest of the previous one.
    /// - Returns: its length in bytes; 0 when there is none.
    public func parsePacket() throws(WiFiError) -> Int {
        let id = try current()
        forgetDatagram()
        guard try driver.claimQuery(id) else { return 0 }
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

    /// The sender's address; 0.0.0.0 before the first datagram.
    public func remoteIP() -> IPv4Address { sender.address }
    /// The sender's port; 0 before the first datagram.
    public func remotePort() -> UInt16 { sender.port }
    /// The number of unread bytes of the datagram.
    public func available() -> Int { incoming.count - head }

    /// Reads the next byte of the datagram; nil at its end.
    public func read() -> UInt8? {
        guard let byte = peek() else { return nil }
        head += 1
        return byte
    }

    /// The next byte of the datagram, without removing it; nil at its end.
    public func peek() -> UInt8? { head < incoming.count ? incoming[head] : nil }

    /// Reads the next bytes of the datagram, at most `limit`; empty at its end.
    public func read(_ limit: Int) -> [UInt8] {
        let count = max(0, min(limit, available()))
        defer { head += count }
        return Array(incoming[head..<head + count])
    }

    /// Does nothing: ``endPacket()`` sends the datagram (WiFiNINA's `flush` does nothing either).
    public func flush() {}
}
