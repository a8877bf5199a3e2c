import LinuxIO

/// The users whose process a host accepts as its coprocessor at a Unix socket.
///
/// In a directory that other users can write to, any user can create a socket of this name. The host asks the kernel for the
/// listening process's user (SO_PEERCRED).
public enum TrustedListener: Equatable, Sendable {
    /// This process's own user, or root.
    case own
    /// One user, or root: `uid=N` in a transport string.
    case user(UInt32)
    /// Any user: `uid=any`.
    case anyone

    init?(_ text: some StringProtocol) {
        if text == "any" {
            self = .anyone
        } else if let user = UInt32(text) {
            self = .user(user)
        } else {
            return nil
        }
    }

    /// As a transport string has it.
    var suffix: String {
        switch self {
        case .own: ""
        case .user(let user): ",uid=\(user)"
        case .anyone: ",uid=any"
        }
    }

    func includes(_ user: UInt32) -> Bool {
        switch self {
        case .own: user == 0 || user == Environment.userID
        case .user(let trusted): user == 0 || user == trusted
        case .anyone: true
        }
    }
}
