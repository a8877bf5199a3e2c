import LinuxIO

/// The folder of one `nina run`: only this user can enter it, and it has the socket and the emulator's temporary files.
///
/// It goes with the guard process. If that is killed, the next `nina run` removes the folder.
final class RunFolder {
    private static let prefix = "nina-run-"
    /// The longest path of a Unix socket (sun_path without its zero byte).
    private static let longestPath = 107

    let path: String
    private let folder: TemporaryFolder

    /// Where it is made: `XDG_RUNTIME_DIR`, else the directory for temporary files.
    private static var parent: (path: String, origin: String) {
        if let path = Environment.value("XDG_RUNTIME_DIR"), !path.isEmpty { return (path, "XDG_RUNTIME_DIR") }
        let path = Environment.temporaryDirectory
        return (path, Environment.value("TMPDIR") == path ? "TMPDIR" : "the default")
    }

    init() throws(RunFailure) {
        let (parent, origin) = Self.parent
        let length = "\(parent)/\(Self.prefix)XXXXXX/nina.sock".utf8.count
        guard length <= Self.longestPath else {
            throw RunFailure(
                RunFailure.noFolder,
                "the path of a socket has at most \(Self.longestPath) bytes, and in \(parent) (\(origin)) it would have \(length)"
            )
        }
        Self.sweep()
        do throws(LinuxError) {
            folder = try TemporaryFolder.make(prefix: Self.prefix, in: parent)
        } catch {
            throw RunFailure(
                RunFailure.noFolder, "no folder for the socket can be made in \(parent) (\(origin)): \(error.errno)")
        }
        path = folder.directory.path
    }

    var socketPath: String { path + "/nina.sock" }
    /// Of the emulator's control channel.
    var controlPath: String { path + "/ctl.sock" }

    func remove() { folder.remove() }

    /// Removes what killed processes have left behind.
    static func sweep() { TemporaryFolder.sweep(prefix: prefix, in: parent.path) }
}
