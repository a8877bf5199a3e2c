import NINALink
import NINAWire

/// What can go wrong in a call of the library.
public enum WiFiError: Error, Equatable, Sendable {
    /// What a call waited for when its time was up.
    public enum Wait: UInt8, Sendable {
        /// The network to be joined.
        case join
        /// Bytes to be read.
        case read
        /// Bytes to be taken by the coprocessor.
        case write
        /// A connection of a ``WiFiSocket`` to be established.
        case connect
    }

    /// The link failed while this command was on its way; the error says in which phase.
    case link(LinkError, Opcode?)
    /// The reply was not one to this command, and where it differs.
    case badReply(FrameError, Opcode)
    /// The coprocessor refused the command with its error frame.
    case refused(Opcode)
    /// The coprocessor's firmware has no such command: see ``WiFi/firmware()``.
    case unsupported(Opcode)
    /// The coprocessor has run the command and answered that it failed, with this code; what it means is said where
    /// this error is announced.
    case failed(Opcode, code: Int)
    /// A value is too long for the command.
    case invalidArgument(FrameError, Opcode)
    /// The time for this was up.
    case timedOut(Wait)
    /// The network was not joined; the status says why as far as it is known.
    case joinFailed(ConnectionStatus)
    /// The name is not known.
    case hostNotFound
    /// The coprocessor has no free socket.
    case noSocketAvailable
    /// The connection was refused, or not answered in time.
    case connectFailed
    /// The server could not listen on the port.
    case serverFailed(port: UInt16)
    /// The server was not begun, or has ended.
    case serverNotListening
    /// The client was never connected.
    case notConnected
    /// The datagram is longer than one can be, or none was begun.
    case datagramFailed
    /// There is no such file.
    case fileNotFound
    /// A command of a ``WiFiSocket`` failed, with this errno.
    case socketFailed(Opcode, BSDError)
    /// The client's connection has ended; its socket may belong to another one now.
    case staleHandle(SocketNumber)
    /// The link has lost bytes of this connection on an earlier call, which has thrown: what comes after them would look
    /// like all there is. The client is of no more use: ``WiFiClient/stop()``.
    case bytesLost(SocketNumber)
    /// The other end closed the connection; so many bytes were taken before.
    case connectionClosed(written: Int)
    /// The task that waited was cancelled (see ``WiFiModule``).
    case cancelled
    /// A line is longer than this many bytes (see ``WiFiModule/Client/lines(limit:)``).
    case lineTooLong(limit: Int)
}

#if !hasFeature(Embedded)
extension WiFiError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .link(let error, let opcode?): "\(opcode.name): \(error)"
        case .link(let error, nil): "\(error)"
        case .badReply(let error, let opcode): "\(opcode.name): the reply is wrong: \(error)"
        case .refused(let opcode): "\(opcode.name): the coprocessor refused the command"
        case .unsupported(let opcode): "\(opcode.name): the firmware of the coprocessor has no such command"
        case .failed(let opcode, let code): "\(opcode.name): failed with code \(code)"
        case .invalidArgument(let error, let opcode): "\(opcode.name): \(error)"
        case .timedOut(.join): "the network was not joined in time"
        case .timedOut(.read): "no bytes came in time"
        case .timedOut(.write): "the bytes were not taken in time"
        case .timedOut(.connect): "the connection was not made in time"
        case .joinFailed(let status): "the network was not joined: \(status)"
        case .hostNotFound: "the host name is not known"
        case .noSocketAvailable: "the coprocessor has no free socket"
        case .connectFailed: "no connection: refused, not answered, no such host, or no network joined"
        case .serverFailed(let port): "the server cannot listen on port \(port)"
        case .serverNotListening: "the server does not listen"
        case .notConnected: "the client was never connected"
        case .datagramFailed: "the datagram is too long, was not begun, or could not be sent"
        case .socketFailed(let opcode, let error): "\(opcode.name): \(error)"
        case .fileNotFound: "there is no such file"
        case .staleHandle(let socket): "the connection on socket \(socket.rawValue) has ended"
        case .bytesLost(let socket): "bytes of the connection on socket \(socket.rawValue) were lost on the link"
        case .cancelled: "the task was cancelled"
        case .lineTooLong(let limit): "a line has more than \(limit) bytes"
        case .connectionClosed(let written): "the other end closed the connection after \(written) bytes were taken"
        }
    }
}
#endif
