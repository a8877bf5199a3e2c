import Foundation
import LinuxIO
import LinuxProcesses
import NINAControl
import Testing

/// An emulator with a control channel.
struct ControlledEmulator {
    let emulator: EmulatorUnderTest
    let path: String

    init(_ options: [String] = []) throws {
        let path = EmulatorUnderTest.freshSocketPath()
        self.path = path
        emulator = try EmulatorUnderTest(["--control", "unix:\(path)"] + options)
    }

    func client() throws -> ControlUnderTest { try ControlUnderTest(path) }

    /// Runs `nina ctl`.
    func ctl(_ words: String...) throws -> (status: LinuxProcesses.ExitStatus?, output: String, errors: String) {
        try ProcessTests.run("nina", ["ctl"] + words, environment: ["NINA_CONTROL": "unix:\(path)"])
    }
}

/// A client of the control channel that sends what it likes.
final class ControlUnderTest {
    let descriptor: Int32
    private let reader: LineReader

    init(_ path: String) throws {
        let socket = try UnixSocket.connect(path: path, timeoutNanoseconds: 5_000_000_000)
        try UnixSocket.setSendTimeout(socket.rawValue, 20_000_000_000)
        descriptor = socket.rawValue
        reader = LineReader(socket, longestLine: 1 << 28)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard case .sent(let count) = rest.withUnsafeBytes({ UnixSocket.sendWaiting(descriptor, $0) }) else {
                throw LinuxError("send", .brokenPipe)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// The next line, as an object.
    func line(seconds: UInt64 = 20) throws -> [String: Any] {
        switch try reader.nextLine(deadline: MonotonicClock.deadline(after: seconds * 1_000_000_000)) {
        case .line(let text):
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return try #require(object, "\(text)")
        case .timedOut: throw LinuxError("read", .timedOut)
        case .endOfFile: throw LinuxError("read", .brokenPipe)
        }
    }

    /// The text of the next line; nil at the end.
    func text(seconds: UInt64 = 20) throws -> String? {
        switch try reader.nextLine(deadline: MonotonicClock.deadline(after: seconds * 1_000_000_000)) {
        case .line(let text): return text
        case .timedOut: throw LinuxError("read", .timedOut)
        case .endOfFile: return nil
        }
    }

    /// Sends a line and returns the reply.
    func reply(_ text: String) throws -> [String: Any] {
        try send(text + "\n")
        return try line()
    }

    /// The `ok` of the reply to a request.
    func ok(_ text: String) throws -> [String: Any] {
        let reply = try reply(text)
        return try #require(reply["ok"] as? [String: Any], "\(text): \(reply)")
    }

    /// The `error` of the reply to a request.
    func error(_ text: String) throws -> [String: Any] {
        let reply = try reply(text)
        return try #require(reply["error"] as? [String: Any], "\(text): \(reply)")
    }
}
