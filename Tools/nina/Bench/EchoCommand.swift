import LinuxIO
import ToolSupport

/// The remote end of the floor: a process that answers each message of a command's size with one of its reply's size,
/// with the minimum number of system calls.
struct EchoCommand {
    static let name = "bench-echo"
    /// The window that reads the last reply, and a window with a 4-byte command.
    static let requestLength = 4 + 4 + 4
    /// QUEUED without payload, and QUEUED with an 8-byte reply.
    static let replyLength = 4 + 4 + 8

    private let path: String

    init(_ arguments: inout Arguments) throws {
        guard let path = try arguments.next() else { throw UsageError("\(Self.name) needs a path") }
        self.path = path
    }

    func run() throws {
        let listener = try UnixSocket.listen(path: path)
        let file = SocketFile(path: path)
        defer { file?.remove() }
        StandardOutput.write("ready\n")
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        guard try !DescriptorWait.wait(listener.rawValue, for: .readable, deadline: deadline).isEmpty,
            let connection = try UnixSocket.accept(listener.rawValue)
        else { return }
        // Nobody else is to connect, and this process may be killed.
        file?.remove()
        try BlockingMode.set(connection.rawValue)
        let reply = [UInt8](repeating: 0, count: Self.replyLength)
        var request = [UInt8](repeating: 0, count: 4096)
        while case .received = request.withUnsafeMutableBytes({
            UnixSocket.receiveWaiting(connection.rawValue, into: $0)
        }) {
            guard case .sent = reply.withUnsafeBytes({ UnixSocket.sendWaiting(connection.rawValue, $0) }) else {
                return
            }
        }
    }
}
