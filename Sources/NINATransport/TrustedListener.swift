import LinuxIO

/// Whose process a host takes for its coprocessor at a Unix socket.
///
/// Names in a directory that others can write to may be taken by anybody; the kernel tells who listens.
public enum TrustedListener: Equatable, Sendable {
    /// This process's own user, or root.
    case own
    /// One user, or root: `uid=N` in a transport string.
    case user(UInt32)
    /// Anybody: `uid=any`.
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
