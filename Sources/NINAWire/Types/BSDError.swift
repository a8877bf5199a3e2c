/// Why a BSD socket command failed. The raw values are newlib's, which every known firmware was built with.
public enum BSDError: UInt8, CaseIterable, Sendable {
    /// Nothing has failed.
    case none = 0
    /// EIO.
    case inputOutput = 5
    /// EBADF: no such socket.
    case badNumber = 9
    /// EAGAIN: it would block, or its time-out is over.
    case wouldBlock = 11
    /// EACCES.
    case notAllowed = 13
    /// EINVAL.
    case invalid = 22
    /// ENFILE: no socket is left.
    case noSocketLeft = 23
    /// ENOSYS.
    case notSupported = 88
    /// EOPNOTSUPP: not with a socket of this kind.
    case wrongKind = 95
    /// ECONNRESET; lwip reports it for a refused connection too.
    case reset = 104
    /// ENOBUFS.
    case noBuffers = 105
    /// ENOPROTOOPT.
    case noSuchOption = 109
    /// EADDRINUSE.
    case addressInUse = 112
    /// ECONNABORTED: lwip gave the connection up.
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

    /// The error of a number on the wire; nil for a number that no command returns.
    public init?(number: UInt8, _ numbering: ErrnoNumbering) {
        guard let error = Self.allCases.first(where: { $0.number(numbering) == number }) else { return nil }
        self = error
    }
}

/// How errors are numbered, which depends on the C library that a firmware was built with.
public enum ErrnoNumbering: String, Sendable {
    /// Newlib's, of every ESP-IDF: 119 EINPROGRESS, 128 ENOTCONN.
    case newlib
    /// Linux's, which lwip brings along for systems without numbers of their own: 115 EINPROGRESS, 107 ENOTCONN.
    case linux
}
