import NINALink
import NINAWire

/// A START_CLIENT in progress.
struct Connecting {
    /// TCP or TLS.
    let type: SocketType
    /// The TLS parameters; nil for TCP.
    let security: TLSParameters?
    /// The name that is resolved; empty for an address.
    let host: [UInt8]
    let port: UInt16
    /// Invalid while the host's name is being resolved.
    var socket = NetworkSocket.invalid
    var remote = Endpoint.unspecified
    /// The time-out of the look-up and the connect, or of one after the other.
    var deadline: MonotonicInstant

    /// Where to, for the log: the name while there is no address.
    var target: String {
        remote == .unspecified ? "'\(host[...].printable)':\(port)" : "\(remote.address):\(remote.port)"
    }
}
