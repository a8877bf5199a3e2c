import NINAWire

/// The world outside the module: who the suite talks to through it. Plain values, so that a peer can be somewhere else
/// than the suite.
///
/// A call that waits gives up after some seconds and throws.
public protocol SuitePeers: AnyObject {
    /// What does not change while the suite runs.
    var world: World { get }

    /// Listens on a free port of ``World/address``.
    /// - Returns: the port.
    func listen() throws -> UInt16
    /// Takes the next connection of the port that was listened on last.
    /// - Returns: a number for the connection.
    func accept() throws -> Int
    /// Connects to the module.
    /// - Returns: a number for the connection.
    func connect(to address: IPv4Address, port: UInt16) throws -> Int
    /// The outside's port of a connection.
    func port(of connection: Int) throws -> UInt16
    /// Sends bytes.
    func send(_ bytes: [UInt8], on connection: Int) throws
    /// Waits for so many bytes, fewer at the end of the stream.
    func receive(_ count: Int, on connection: Int) throws -> [UInt8]
    /// Closes a connection.
    func close(_ connection: Int) throws

    /// The port of the outside's one socket for datagrams, at ``World/address``.
    func datagramPort() throws -> UInt16
    /// Sends a datagram.
    func sendDatagram(_ bytes: [UInt8], to address: IPv4Address, port: UInt16) throws
    /// Waits for a datagram.
    func receiveDatagram() throws -> (bytes: [UInt8], address: IPv4Address, port: UInt16)
}

/// What the suite has to know of the world outside.
public struct World: Sendable {
    /// Where the peers are. Its octets in reverse lie in the network `far-net` of ``APISuite/emulatorOptions``.
    public var address = IPv4Address.loopback
    /// The port of a TLS server at ``address`` with a certificate for ``APISuite/peerName`` and the address: it sends
    /// ``greeting``, then what it receives.
    public var securePort: UInt16
    /// What the TLS server says first.
    public var greeting: [UInt8]
    /// The distinguished name of the authority that signed its certificate, DER.
    public var authorityName: [UInt8]
    /// That authority's point on P-256.
    public var authorityKey: [UInt8]
    /// The port of an HTTP server at ``address``: `/bytes/N` and `/update/N` as Tests/Peers/download_server.py has them.
    public var downloadPort: UInt16

    /// Makes a description.
    public init(
        securePort: UInt16, greeting: [UInt8], authorityName: [UInt8], authorityKey: [UInt8], downloadPort: UInt16
    ) {
        self.securePort = securePort
        self.greeting = greeting
        self.authorityName = authorityName
        self.authorityKey = authorityKey
        self.downloadPort = downloadPort
    }
}
