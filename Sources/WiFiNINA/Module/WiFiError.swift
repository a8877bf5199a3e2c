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
    /// A value is too long for the command, out of its range, or a text with a NUL, which would end it.
    case invalidArgument(FrameError, Opcode)
    /// The call timed out in this wait.
    case timedOut(Wait)
    /// The network was not joined; the failure says why. `.joinFailed(.connectFailed)` matches any with that status.
    case joinFailed(JoinFailure)
    /// The host name is unknown.
    case hostNotFound
    /// The coprocessor has no free socket.
    case noSocketAvailable
    /// No connection was made. To match any, whatever its cause, leave that out: `.connectFailed`.
    case connectFailed(cause: ConnectFailure)
    /// The port of a server or a datagram socket could not be opened.
    case serverFailed(port: UInt16)
    /// The server was not started, or has ended.
    case serverNotListening
    /// The client was never connected, or the datagram socket never begun.
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
    /// The connection ended before the bytes that were waited for; this many can still be read.
    case connectionEnded(available: Int)
    /// The task was cancelled (see ``WiFiModule``). Thrown in place of a `CancellationError`, because the errors of this
    /// library are typed: catch `WiFiError.cancelled` where you would catch that.
    case cancelled
    /// A line is longer than this many bytes (see ``WiFiModule/Client/lines(limit:)``).
    case lineTooLong(limit: Int)
}

extension WiFiError {
    /// A failure to connect whose cause is not known; equal to one with any cause.
    public static var connectFailed: WiFiError { .connectFailed(cause: ConnectFailure(.unknown)) }
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
        case .joinFailed(let failure): "the network was not joined: \(failure)"
        case .hostNotFound: "the host name is unknown"
        case .noSocketAvailable: "the coprocessor has no free socket"
        case .connectFailed(let failure): "no connection: \(failure)"
        case .serverFailed(let port): "port \(port) cannot be opened; it may be in use"
        case .serverNotListening: "the server does not listen"
        case .notConnected: "not open: a client was never connected, or a datagram socket never begun"
        case .datagramFailed: "the datagram is too long, was not begun, or could not be sent"
        case .socketFailed(let opcode, let error): "\(opcode.name): \(error)"
        case .fileNotFound: "there is no such file"
        case .staleHandle(let socket): "socket \(socket.rawValue) was closed: its connection has ended"
        case .bytesLost(let socket): "bytes of the connection on socket \(socket.rawValue) were lost on the link"
        case .cancelled: "the task was cancelled"
        case .lineTooLong(let limit): "a line is longer than \(limit) bytes"
        case .connectionEnded(let count): "the connection ended before the bytes were received (\(count) are left)"
        case .connectionClosed(let written): "the other end closed the connection after \(written) bytes were taken"
        }
    }
}
#endif
