import NINALink
import NINAWire

/// An error of a library call.
public enum WiFiError: Error, Equatable, Sendable {
    /// What a call was waiting for when it timed out.
    public enum Wait: UInt8, Sendable {
        /// Joining the network.
        case join
        /// Bytes to read.
        case read
        /// Room to write.
        case write
        /// The connection of a ``WiFiSocket``.
        case connect
    }

    /// The link failed during this command; the error has the phase.
    case link(LinkError, Opcode?)
    /// The reply does not match this command; the error says how it differs.
    case badReply(FrameError, Opcode)
    /// The coprocessor rejected the command with its error frame.
    case refused(Opcode)
    /// The coprocessor's firmware does not have the command: see ``WiFi/firmware()``.
    case unsupported(Opcode)
    /// The coprocessor ran the command and reported a failure with this code, whose meaning is documented at the method
    /// that throws it.
    case failed(Opcode, code: Int)
    /// A value is too long for the command.
    case invalidArgument(FrameError, Opcode)
    /// The call timed out in this wait.
    case timedOut(Wait)
    /// The network was not joined; the status has the reason if it is known.
    case joinFailed(ConnectionStatus)
    /// The host name is unknown.
    case hostNotFound
    /// The coprocessor has no free socket.
    case noSocketAvailable
    /// The connection was refused, or timed out.
    case connectFailed
    /// The server could not listen on the port.
    case serverFailed(port: UInt16)
    /// The server was not started, or has ended.
    case serverNotListening
    /// The client was never connected.
    case notConnected
    /// The datagram is too long, or none was begun.
    case datagramFailed
    /// The file does not exist.
    case fileNotFound
    /// A command of a ``WiFiSocket`` failed, with this errno.
    case socketFailed(Opcode, BSDError)
    /// The client's connection has ended; a different connection may use its socket now.
    case staleHandle(SocketNumber)
    /// An earlier call lost bytes of this connection on the link, and threw: later bytes would look complete although
    /// they are not. The client can only be stopped: ``WiFiClient/stop()``.
    case bytesLost(SocketNumber)
    /// The other end closed the connection after this many bytes were taken.
    case connectionClosed(written: Int)
    /// The waiting task was cancelled (see ``WiFiModule``).
    case cancelled
    /// A line is longer than this many bytes (see ``WiFiModule/Client/lines(limit:)``).
    case lineTooLong(limit: Int)
}

#if !hasFeature(Embedded)
extension WiFiError: CustomStringConvertible {
    /// A description for users.
    public var description: String {
        switch self {
        case .link(let error, let opcode?): "\(opcode.name): \(error)"
        case .link(let error, nil): "\(error)"
        case .badReply(let error, let opcode): "\(opcode.name): invalid reply: \(error)"
        case .refused(let opcode): "\(opcode.name): the coprocessor refused the command"
        case .unsupported(let opcode): "\(opcode.name): the firmware of the coprocessor has no such command"
        case .failed(let opcode, let code): "\(opcode.name): failed with code \(code)"
        case .invalidArgument(let error, let opcode): "\(opcode.name): \(error)"
        case .timedOut(.join): "the network was not joined: timed out"
        case .timedOut(.read): "timed out waiting for bytes"
        case .timedOut(.write): "timed out sending the bytes"
        case .timedOut(.connect): "timed out connecting"
        case .joinFailed(let status): "the network was not joined: \(status)"
        case .hostNotFound: "the host name is unknown"
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
        case .lineTooLong(let limit): "a line is longer than \(limit) bytes"
        case .connectionClosed(let written): "the other end closed the connection after \(written) bytes were taken"
        }
    }
}
#endif
