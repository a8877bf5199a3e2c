import NINALink
import NINAWire

/// The commands of one socket family: all in which slots and BSD sockets differ.
///
/// ``SlotCommands`` and ``BSDCommands`` implement it; each owns what the library has to remember for its family besides the
/// states in ``Driver/sockets``. ``Driver/commands(_:)-(SocketFamily)`` is the one place that chooses. They are classes because
/// Embedded Swift has existentials of classes only.
protocol SocketCommands: AnyObject {
    // MARK: Opening and closing

    /// Makes a connection. The socket is open as a client.
    func connect(
        to host: Host, port: UInt16, over type: SocketType, milliseconds: UInt64, on driver: Driver
    ) throws(WiFiError) -> SocketID
    /// Makes a listener. The socket is open as such.
    func listen(port: UInt16, on driver: Driver) throws(WiFiError) -> SocketID
    /// Has the coprocessor close a connection.
    func stopClient(_ id: SocketID, on driver: Driver) throws(WiFiError)
    /// Has the coprocessor stop listening.
    /// - Returns: whether it closed the listener's clients along with it.
    func stopListener(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// The coprocessor restarted: all sockets are gone.
    func forgetSockets()

    // MARK: State

    /// Whether the coprocessor reports that a socket listens.
    func isListening(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// The state of a connection. A closed one has lost its socket; bytes in the buffer stay.
    func state(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ClientState
    /// The other end of a connection.
    func remote(_ id: SocketID, on driver: Driver) throws(WiFiError) -> GetRemoteData.Reply

    // MARK: Bytes

    /// The most bytes of one reply.
    var longestReceive: Int { get }
    /// One reply's bytes, empty when the chip has none now.
    func receive(_ number: SocketNumber, on driver: Driver) throws(WiFiError) -> ArraySlice<UInt8>
    /// Sends a frame.
    /// - Returns: the bytes taken.
    func send(_ number: SocketNumber, _ frame: ArraySlice<UInt8>, on driver: Driver) throws(WiFiError) -> Int
    /// After no byte was taken: whether the connection is only full. Reads its unread bytes into the buffer in any case.
    func isOnlyFull(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool

    // MARK: Waiting

    /// Whether it is worth asking the chip for bytes of a client.
    func isWorthAsking(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// Waits a while for bytes of a client, or its end.
    func waitForBytes(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError)
    /// Waits a while for a client to take bytes again.
    func waitForRoom(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError)

    // MARK: Servers

    /// A connection that was not handed out yet; nil when there is none now.
    func accept(for server: WiFiServer) throws(WiFiError) -> WiFiClient?
    /// A client of a server that has bytes on the chip.
    /// - Parameters:
    ///   - server: the server.
    ///   - start: the round over its clients begins at this number.
    ///   - current: the client whose turn it is, which comes first.
    func clientWithBytes(
        of server: WiFiServer, from start: UInt8, current: WiFiClient?
    ) throws(WiFiError) -> WiFiClient?
    /// The bytes of a client's new turn that the look for bytes has already read.
    func bytesReadByLook(buffered: Int) -> Int
    /// Sends bytes to all clients of a server.
    /// - Returns: the sum of the bytes taken for each.
    func write(_ bytes: ArraySlice<UInt8>, toClientsOf server: WiFiServer) throws(WiFiError) -> Int
}
