import LinuxIO
import LinuxProcesses
import NINATransport

/// The floor: a raw echo over a Unix socket between two processes, with the message sizes of one command.
final class Floor {
    private let child: ChildProcess
    private let connection: FileDescriptor
    private let request = [UInt8](repeating: 0, count: EchoCommand.requestLength)
    private var reply = [UInt8](repeating: 0, count: 4096)

    init() throws {
        guard let program = ProgramPath.own else { throw ToolError("cannot determine the path of this program") }
        let path = "\(Environment.temporaryDirectory)/nina-echo-\(Environment.processID).sock"
        child = try ChildProcess(program, [EchoCommand.name, path], output: .pipe)
        guard let output = child.takeOutput() else { throw ToolError("the echo has no output") }
        guard try LineReader(output).nextLine(deadline: MonotonicClock.nanoseconds() + 10_000_000_000) == .line("ready")
        else { throw ToolError("the echo did not start") }
        connection = try UnixSocket.connect(path: path, timeoutNanoseconds: 1_000_000_000)
        try UnixSocket.setReceiveTimeout(connection.rawValue, 5_000_000_000)
    }

    /// One round trip.
    func roundTrip() throws {
        let sent = request.withUnsafeBytes { UnixSocket.sendWaiting(connection.rawValue, $0) }
        let received = reply.withUnsafeMutableBytes { UnixSocket.receiveWaiting(connection.rawValue, into: $0) }
        guard sent == .sent(EchoCommand.requestLength), received == .received(EchoCommand.replyLength) else {
            throw ToolError("the echo has stopped: \(sent), \(received)")
        }
    }
}
