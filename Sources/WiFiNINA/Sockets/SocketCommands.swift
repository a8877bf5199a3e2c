import NINALink
import NINAWire

/// The commands of one socket family: everything in which slots and BSD sockets differ.
///
/// ``SlotCommands`` and ``BSDCommands`` implement it; each owns the state of its family other than ``Driver/sockets``.
/// Only ``Driver/commands(_:)-(SocketFamily)`` chooses between them. They are classes because Embedded Swift supports
/// existentials of classes only.
protocol SocketCommands: AnyObject {
    // MARK: Opening and closing

    /// Opens a connection and marks its socket as an open client.
    func connect(
        to host: Host, port: UInt16, over type: SocketType, milliseconds: UInt64, on driver: Driver
    ) throws(WiFiError) -> SocketID
    /// Opens a listener and marks its socket as one.
    func listen(port: UInt16, on driver: Driver) throws(WiFiError) -> SocketID
    /// Closes a connection on the coprocessor.
    func stopClient(_ id: SocketID, on driver: Driver) throws(WiFiError)
    /// Stops a listener on the coprocessor.
    /// - Returns: whether that also closed the listener's clients.
    func stopListener(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// The coprocessor restarted: all sockets are closed.
    func forgetSockets()

    // MARK: State

    /// Whether the coprocessor reports that a socket listens.
    func isListening(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// Reads the state of a connection. A closed connection has lost its socket; buffered bytes remain.
    func state(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ClientState
    /// The remote address and port of a connection.
    func remote(_ id: SocketID, on driver: Driver) throws(WiFiError) -> GetRemoteData.Reply

    // MARK: Bytes

    /// The maximum number of bytes in one reply, which the commands ask for.
    var longestReceive: Int { get }
    /// Receives the bytes of one reply; empty when the chip has none.
    func receive(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ArraySlice<UInt8>
    /// Sends a frame.
    /// - Returns: the bytes taken.
    func send(_ id: SocketID, _ frame: ArraySlice<UInt8>, on driver: Driver) throws(WiFiError) -> Int
    /// After a send that took no byte: whether the connection is open and its send buffer full. Always reads unread
    /// bytes into the buffer.
    func drainAndCheckFull(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool

    // MARK: Waiting

    /// Whether to query the chip for bytes of a client.
    func claimQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// Whether to query the chip for more than the buffered bytes that a read has taken.
    func claimFurtherQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// After the chip had no more bytes for a client: whether its signals say nothing about when it has more, so that
    /// querying it again at once is a waste.
    func isBlind(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool
    /// Waits for a limited time for bytes of a client, or its end.
    func waitForBytes(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError)
    /// Waits for a limited time until a client can take bytes again.
    func waitForRoom(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError)

    // MARK: Servers

    /// Accepts a connection that has not been handed out; nil when there is none.
    func accept(for server: WiFiServer) throws(WiFiError) -> WiFiClient?
    /// Finds a client of a server with bytes on the chip.
    /// - Parameters:
    ///   - server: the server.
    ///   - start: the socket number at which the round over its clients starts.
    ///   - current: the client whose turn it is, which is checked first.
    func clientWithBytes(
        of server: WiFiServer, from start: UInt8, current: WiFiClient?
    ) throws(WiFiError) -> WiFiClient?
    /// Of the buffered bytes, the number read while checking for bytes; they count towards the client's new turn.
    func bytesReadByLook(buffered: Int) -> Int
    /// Sends bytes to all clients of a server.
    /// - Returns: the total number of bytes taken.
    func write(_ bytes: ArraySlice<UInt8>, toClientsOf server: WiFiServer) throws(WiFiError) -> Int
}
