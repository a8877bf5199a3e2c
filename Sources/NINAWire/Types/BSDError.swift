/// Why a BSD socket command failed. The raw values are newlib's, with which all known firmware is built.
public enum BSDError: UInt8, CaseIterable, Sendable {
    /// No error.
    case none = 0
    /// EIO.
    case inputOutput = 5
    /// EBADF: no such socket.
    case badNumber = 9
    /// EAGAIN: it would block, or timed out.
    case wouldBlock = 11
    /// EACCES.
    case notAllowed = 13
    /// EINVAL.
    case invalid = 22
    /// ENFILE: no free socket.
    case noSocketLeft = 23
    /// ENOSYS.
    case notSupported = 88
    /// EOPNOTSUPP: not supported by this type of socket.
    case wrongKind = 95
    /// ECONNRESET; lwip reports it for a refused connection too.
    case reset = 104
    /// ENOBUFS.
    case noBuffers = 105
    /// ENOPROTOOPT.
    case noSuchOption = 109
    /// EADDRINUSE.
    case addressInUse = 112
    /// ECONNABORTED: lwip aborted the connection.
    case aborted = 113
    /// EHOSTUNREACH.
    case unreachable = 118
    /// EINPROGRESS.
    case inProgress = 119
    /// EALREADY.
    case already = 120
    /// EISCONN.
    case isConnected = 127
    /// ENOTCONN: not connected, or closed by the peer.
    case notConnected = 128

    /// The number on the wire.
    public func number(_ numbering: ErrnoNumbering) -> UInt8 {
        guard numbering == .linux else { return rawValue }
        return switch self {
        case .notSupported: 38
        case .noSuchOption: 92
        case .addressInUse: 98
        case .aborted: 103
        case .isConnected: 106
        case .notConnected: 107
        case .unreachable: 113
        case .already: 114
        case .inProgress: 115
        case .none, .inputOutput, .badNumber, .wouldBlock, .notAllowed, .invalid, .noSocketLeft, .wrongKind, .reset,
            .noBuffers:
            rawValue
        }
    }

    /// The error with a number on the wire; nil for a number that no command returns.
    public init?(number: UInt8, _ numbering: ErrnoNumbering) {
        guard let error = Self.allCases.first(where: { $0.number(numbering) == number }) else { return nil }
        self = error
    }
}

/// The numbering of errors, which depends on the C library of the firmware.
public enum ErrnoNumbering: String, Sendable {
    /// Newlib's, used by every ESP-IDF: 119 EINPROGRESS, 128 ENOTCONN.
    case newlib
    /// Linux's, which lwip uses on systems without their own numbers: 115 EINPROGRESS, 107 ENOTCONN.
    case linux
}
