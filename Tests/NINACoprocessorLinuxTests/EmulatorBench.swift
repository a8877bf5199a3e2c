import Dispatch
import LinuxIO
import NINALink
import NINAWire
import TestSupport

@testable import NINACoprocessorLinux

/// An emulator that runs in a thread of its own.
final class EmulatorBench {
    /// How it has ended.
    enum Outcome: Equatable { case ended(coprocessors: Int), failed(LinuxError) }

    struct TookTooLong: Error {}

    private let scratch: Scratch
    private let outcome = Guarded<Outcome?>(nil)
    private let hasStarted = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    let path: String

    /// Waits until hosts can connect.
    init(_ change: (inout EmulatorOptions) -> Void = { _ in }) throws {
        scratch = try Scratch()
        path = scratch.path + "/link"
        var options = EmulatorOptions(socketPath: path)
        options.storagePath = scratch.path + "/storage"
        options.logLevel = .error
        change(&options)
        try DetachedThread.start { [outcome, hasStarted, hasEnded, options] in
            do throws(LinuxError) {
                let emulator = try Emulator(options)
                hasStarted.signal()
                try emulator.run()
                outcome.withLock { $0 = .ended(coprocessors: emulator.coprocessorCount) }
            } catch {
                outcome.withLock { $0 = .failed(error) }
                hasStarted.signal()
            }
            hasEnded.signal()
        }
        guard hasStarted.wait(timeout: .now() + 60) == .success else { throw TookTooLong() }
    }

    /// Waits for the end.
    func end() throws -> Outcome? {
        guard hasEnded.wait(timeout: .now() + 60) == .success else { throw TookTooLong() }
        return outcome.withLock { $0 }
    }

    /// Whether it has not ended.
    var isRunning: Bool { outcome.withLock { $0 } == nil }

    /// Whether the socket's file is there.
    var hasFile: Bool { (try? scratch.names("").contains("link")) == true }

    func connect() throws -> Host { try Host(path) }

    /// A host that waits for what it has asked for.
    final class Host {
        private let descriptor: FileDescriptor
        private var buffer = MessageBuffer(acceptsHostMessages: false)

        init(_ path: String) throws {
            descriptor = try UnixSocket.connect(path: path, timeoutNanoseconds: 20_000_000_000)
            try UnixSocket.setReceiveTimeout(descriptor.rawValue, 30_000_000_000)
        }

        func send(_ bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { UnixSocket.sendWaiting(descriptor.rawValue, $0) } == .sent(bytes.count)
        }

        func greet() -> Bool { send(HostBench.message(.hostHello, LinkMessage.greeting)) }

        /// The next reply; nil at the end of the stream.
        func reply() throws -> [UInt8]? {
            var rounds = Rounds(100)
            while rounds.next() {
                while let message = try buffer.next() {
                    guard message.kind == .queued, QueuedFlags(rawValue: message.flags).isReply else { continue }
                    return Array(message.payload)
                }
                var result = ReceiveResult.wouldBlock
                buffer.fill { space in
                    result = UnixSocket.receiveWaiting(descriptor.rawValue, into: space)
                    if case .received(let count) = result { return count }
                    return 0
                }
                guard case .received = result else { return nil }
            }
            return nil
        }

        /// The reply to a command, without the start and the end of a frame with one parameter.
        func parameter(_ hex: String) throws -> [UInt8]? {
            guard send(HostBench.exchange(hex)), let reply = try reply(), reply.count > 4 else { return nil }
            return Array(reply[4..<4 + Int(reply[3])])
        }

        /// The hardware address, in the order of its bytes.
        func hardwareAddress() throws -> [UInt8]? { try parameter("E0 22 01 01 FF EE")?.reversed() }
        func version() throws -> [UInt8]? { try parameter("E0 37 00 EE") }
        func endSending() { _ = UnixSocket.shutdownWrite(descriptor.rawValue) }
    }
}
