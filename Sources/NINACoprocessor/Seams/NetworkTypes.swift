import NINAWire

/// Identifies a socket of a ``Network``. Values are never reused.
public struct NetworkSocket: RawRepresentable, Hashable, Sendable {
    /// The number.
    public var rawValue: UInt32
    /// Wraps a number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// No socket.
    public static let invalid = NetworkSocket(rawValue: 0)
}

/// An address and a port.
public struct Endpoint: Hashable, Sendable {
    /// The address.
    public var address: IPv4Address
    /// The port.
    public var port: UInt16

    /// Makes an endpoint.
    public init(address: IPv4Address, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// 0.0.0.0, port 0.
    public static let unspecified = Endpoint(address: .any, port: 0)
}

/// Why a network operation failed.
public enum NetworkFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The port is in use.
    case addressInUse
    /// The system does not permit the operation.
    case notPermitted
    /// Connection refused: no listener on the port.
    case refused
    /// No route to the address.
    case unreachable
    /// The operation timed out.
    case timedOut
    /// The peer has reset the connection, or it is closed.
    case closed
    /// Out of descriptors or memory.
    case noResources
    /// The TCP connection was established, but TLS failed.
    case tls(TLSFailure)
    /// Any other error, with its errno.
    case system(Int32)

    /// A description for the log.
    public var description: String {
        switch self {
        case .addressInUse: "the port is in use"
        case .notPermitted: "not permitted"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .timedOut: "timed out"
        case .closed: "closed"
        case .noResources: "out of descriptors or memory"
        case .tls(let failure): failure.description
        case .system(let number): "errno \(number)"
        }
    }
}

/// The result of a read.
public enum ReceiveOutcome: Equatable, Sendable {
    /// This many bytes were read.
    case received(Int)
    /// No bytes are available now.
    case nothing
    /// The peer has closed its direction and everything was read, or the connection is gone.
    case closed
    /// The peer has reset the connection; reported once.
    case reset
}
