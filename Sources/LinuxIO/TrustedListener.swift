/// The users whose process is accepted at the other end of a Unix socket.
///
/// In a directory that other users can write to, any user can create a socket of this name. The kernel knows the user of the
/// process that listens (SO_PEERCRED, ``UnixSocket/peerUser(_:)``).
public enum TrustedListener: Equatable, Sendable {
    /// This process's own user, or root.
    case own
    /// One user, or root: `uid=N` after a path.
    case user(UInt32)
    /// Any user: `uid=any`.
    case anyone

    /// Parses `PATH[,uid=N|any]`. A path may itself contain commas: only `,uid=` at its end is an option.
    /// - Returns: nil when `uid` is neither a user's number nor `any`.
    package static func parse(_ text: String) -> (path: String, listener: TrustedListener)? {
        guard let comma = text.lastIndex(of: ","), text[comma...].hasPrefix(",uid=") else { return (text, .own) }
        let value = text[comma...].dropFirst(5)
        guard !value.contains("/") else { return (text, .own) }
        let path = String(text[..<comma])
        if value == "any" { return (path, .anyone) }
        return UInt32(value).map { (path, .user($0)) }
    }

    /// As it is written after a path.
    package var suffix: String {
        switch self {
        case .own: ""
        case .user(let user): ",uid=\(user)"
        case .anyone: ",uid=any"
        }
    }

    /// Whether this user may listen.
    public func includes(_ user: UInt32) -> Bool {
        switch self {
        case .own: user == 0 || user == Environment.userID
        case .user(let trusted): user == 0 || user == trusted
        case .anyone: true
        }
    }
}
