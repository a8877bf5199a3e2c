import NINAWire

/// The external peers that the suite communicates with through the module. The interface uses plain values, so that a
/// peer can run in another process than the suite.
///
/// Calls that wait time out after some seconds and throw.
public protocol SuitePeers: AnyObject {
    /// What does not change while the suite runs.
    var world: World { get }

    /// Listens on a free port of ``World/address``.
    /// - Returns: the port.
    func listen() throws -> UInt16
    /// Accepts the next connection on the last port that was opened.
    /// - Returns: a number for the connection.
    func accept() throws -> Int
    /// Connects to the module.
    /// - Returns: a number for the connection.
    func connect(to address: IPv4Address, port: UInt16) throws -> Int
    /// The peer's port of a connection.
    func port(of connection: Int) throws -> UInt16
    /// Sends bytes.
    func send(_ bytes: [UInt8], on connection: Int) throws
    /// Waits for this many bytes, or fewer at the end of the stream.
    func receive(_ count: Int, on connection: Int) throws -> [UInt8]
    /// Closes a connection.
    func close(_ connection: Int) throws

    /// The port of the peers' only datagram socket, at ``World/address``.
    func datagramPort() throws -> UInt16
    /// Sends a datagram.
    func sendDatagram(_ bytes: [UInt8], to address: IPv4Address, port: UInt16) throws
    /// Waits for a datagram.
    func receiveDatagram() throws -> (bytes: [UInt8], address: IPv4Address, port: UInt16)
}

/// The suite's information about the outside world.
public struct World: Sendable {
    /// The address of the peers. Its reversed octets are in the network `far-net` of ``APISuite/emulatorOptions``.
    public var address = IPv4Address.loopback
    /// The port of a TLS server at ``address`` with a certificate for ``APISuite/peerName`` and the address: it sends
    /// ``greeting``, then what it receives.
    public var securePort: UInt16
    /// The TLS server's greeting.
    public var greeting: [UInt8]
    /// The distinguished name of the authority that signed its certificate, in DER.
    public var authorityName: [UInt8]
    /// That authority's point on P-256.
    public var authorityKey: [UInt8]
    /// The port of an HTTP server at ``address`` with `/bytes/N` and `/update/N`, as in Tests/Peers/download_server.py.
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
