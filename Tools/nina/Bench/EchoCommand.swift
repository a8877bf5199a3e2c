import LinuxIO
import ToolSupport

/// The other end of the floor: a process that answers each message of one command's size with one of its reply's size,
/// with the fewest system calls there can be.
struct EchoCommand {
    static let name = "bench-echo"
    /// The window that reads the last reply and the one with a command of 4 bytes.
    static let requestLength = 4 + 4 + 4
    /// QUEUED without bytes and QUEUED with a reply of 8 bytes.
    static let replyLength = 4 + 4 + 8

    private let path: String

    init(_ arguments: inout Arguments) throws {
        guard let path = try arguments.next() else { throw UsageError("\(Self.name) needs a path") }
        self.path = path
    }

    func run() throws {
        let listener = try UnixSocket.listen(path: path)
        defer { UnixSocket.removeSocketFile(path: path) }
        StandardOutput.write("ready\n")
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        guard try !DescriptorWait.wait(listener.rawValue, for: .readable, deadline: deadline).isEmpty,
            let connection = try UnixSocket.accept(listener.rawValue)
        else { return }
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
