import LinuxIO
import LinuxProcesses
import NINAControl
import ToolSupport

/// A connection to an emulator's control channel: requests one after the other, and lines of a watch.
final class ControlChannel {
    /// How long the emulator may take for a reply, in nanoseconds.
    static let patience: UInt64 = 10_000_000_000
    /// A reply about thousands of coprocessors has megabytes.
    private static let longestLine = 1 << 28

    /// Where it is, as `unix:PATH` with who may listen there.
    let name: String
    private let lines: LineReader
    private let descriptor: Int32
    private var lastID: UInt64 = 0

    /// - Parameter name: `unix:PATH[,uid=N|any]`; nil for NINA_CONTROL.
    init(_ name: String?) throws {
        let place = try ControlPlace(name)
        self.name = place.name
        let socket = try place.connect(patience: Self.patience)
        descriptor = socket.rawValue
        lines = LineReader(socket, longestLine: Self.longestLine)
    }

    /// Makes a request and waits for its reply.
    /// - Parameter patience: how long that may take besides ``patience``, in nanoseconds.
    func request<Content: Codable & Sendable>(
        _ action: ControlRequest.Action, _ module: ModuleSelector?, _ content: Content.Type = Content.self,
        patience: UInt64 = 0
    ) throws -> Content {
        lastID += 1
        let request = ControlRequest(id: .number(lastID), module: module, action)
        try send(ControlCoding.line(request))
        let deadline = MonotonicClock.deadline(after: Self.patience + patience)
        while true {
            let line = try nextLine(deadline: deadline)
            guard let line else { throw RunFailure(3, "the emulator at \(name) does not answer") }
            let reply: ControlReply<Content>
            do throws(FieldError) {
                reply = try ControlCoding.decode(from: Array(line.utf8))
            } catch {
                throw RunFailure(1, "the emulator at \(name) answers what is no reply: \(error)")
            }
            if let failure = reply.error { throw Self.failure(failure) }
            if let content = reply.ok { return content }
        }
    }

    /// The exit status of a failure, by its kind.
    private static func failure(_ failure: ControlFailure) -> RunFailure {
        let status: Int32 =
            switch failure.kind {
            case .malformed: 2
            case .refused, .busy: 1
            case .timeout: RunFailure.timeIsOver
            }
        let text = printable(failure.text)
        let isGeneral = failure.field == "line" || failure.kind == .timeout
        return RunFailure(status, isGeneral ? text : "\(printable(failure.field)): \(text)")
    }

    private func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        let deadline = MonotonicClock.deadline(after: Self.patience)
        while !rest.isEmpty {
            switch rest.withUnsafeBytes({ UnixSocket.send(descriptor, $0) }) {
            case .sent(let count): rest = rest.dropFirst(count)
            case .wouldBlock:
                guard try !DescriptorWait.wait(descriptor, for: .writable, deadline: deadline).isEmpty else {
                    throw RunFailure(3, "the emulator at \(name) does not read")
                }
            case .failed: throw Self.ended(name)
            }
        }
    }

    private static func ended(_ name: String) -> RunFailure { RunFailure(3, "the emulator at \(name) has ended") }

    /// The next line; nil when the time is over.
    func nextLine(deadline: UInt64?) throws -> String? {
        do {
            switch try lines.nextLine(deadline: deadline) {
            case .line(let line): return line
            case .timedOut: return nil
            case .endOfFile: throw Self.ended(name)
            }
        } catch let error as LinuxError {
            guard error.errno == .messageTooLong else { throw Self.ended(name) }
            throw RunFailure(1, "the emulator at \(name) sends a line without an end")
        }
    }
}

/// Where a control channel is, and who may listen there.
struct ControlPlace {
    let name: String
    private let path: String
    private let listener: TrustedListener

    /// - Parameter name: `unix:PATH[,uid=N|any]`; nil for NINA_CONTROL.
    init(_ name: String?) throws {
        guard let name = name ?? Environment.value("NINA_CONTROL"), !name.isEmpty else {
            throw RunFailure(
                3,
                "no emulator is named: --control unix:PATH says where its control channel is, or NINA_CONTROL, which nina run sets; "
                    + "an emulator has one with 'nina-emulator --control unix:PATH'")
        }
        guard name.hasPrefix("unix:"), let (path, listener) = TrustedListener.parse(String(name.dropFirst(5))),
            !path.isEmpty
        else {
            throw UsageError("the control channel: expected unix:PATH[,uid=N|any], got '\(printable(name))'")
        }
        self.name = name
        self.path = path
        self.listener = listener
    }

    /// - Parameter patience: how long the emulator may take, in nanoseconds.
    func connect(patience: UInt64) throws -> FileDescriptor {
        do throws(LinuxError) {
            let socket = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
            let user = try UnixSocket.peerUser(socket.rawValue)
            guard listener.includes(user) else { throw LinuxError("connect", .notPermitted, "user \(user)") }
            return socket
        } catch {
            throw RunFailure(3, Self.advice(error, path))
        }
    }

    private static func advice(_ error: LinuxError, _ path: String) -> String {
        switch error.errno {
        case .noEntry, .connectionRefused: "no emulator has its control channel at \(printable(path))"
        case .accessDenied: "this user may not connect to \(printable(path))"
        case .notPermitted:
            "at \(printable(path)) \(error.context) listens, neither this user nor root; unix:PATH,uid=N trusts it"
        default: "\(printable(path)): \(error.errno)"
        }
    }
}
