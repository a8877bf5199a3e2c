import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire
import TestSupport

@testable import NINACoprocessorLinux

/// A host that is connected to a coprocessor, and the coprocessor's side of the connection; one thread runs both.
final class HostBench {
    private final class Notes {
        var lines: [String] = []
        var closed: [UInt64] = []
    }

    let reactor: Reactor
    private let scratch: Scratch
    private let storages: StorageEnvironment
    private let notes = Notes()
    private(set) var connection: CoprocessorConnection?
    private var host: FileDescriptor?
    private let number: Int32
    private var buffer = MessageBuffer(acceptsHostMessages: false)
    /// The coprocessor's messages in the order of their arrival.
    private(set) var messages: [LinkMessage] = []
    private(set) var isAtEnd = false

    init(_ channel: HostChannel = .socket, isGreeting: Bool = true) throws {
        reactor = try Reactor()
        scratch = try Scratch()
        storages = try StorageEnvironment(reactor: reactor, path: scratch.path)
        let options = EmulatorOptions(socketPath: nil)
        let environment = NetworkEnvironment(reactor: reactor, options: options, log: { _, _ in })
        let pair = try UnixSocket.pair(nonblocking: true)
        let near = pair.first.release()
        let far = pair.second.release()
        number = far
        host = FileDescriptor(adopting: far)
        let notes = notes
        let made = CoprocessorConnection(
            id: 7, channel: channel, descriptor: FileDescriptor(adopting: near), configuration: options.coprocessor,
            address: IPv4Address(127, 88, 2, 1), bindAddress: IPv4Address(127, 88, 2, 1), environment: environment,
            storage: DirectoryStorage(environment: storages), logLevel: .info,
            log: { notes.lines.append("\($0): \($1)") }, scenario: nil, whenClosed: { notes.closed.append($0) })
        connection = made
        try made.start()
        if isGreeting { send(.hostHello, LinkMessage.greeting) }
    }

    deinit { storages.close() }

    var log: [String] { notes.lines }
    /// The numbers of the connections that have ended.
    var closed: [UInt64] { notes.closed }
    /// The replies.
    var replies: [[UInt8]] {
        messages.filter { $0.kind == .queued && QueuedFlags(rawValue: $0.flags).isReply }.map { Array($0.payload) }
    }

    // MARK: The host

    /// Sends bytes.
    /// - Returns: how many the kernel takes.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        guard case .sent(let count) = bytes.withUnsafeBytes({ UnixSocket.send(number, $0) }) else { return 0 }
        return count
    }

    func send(_ kind: LinkMessage.Kind, _ payload: [UInt8] = []) { send(Self.message(kind, payload)) }

    static func message(_ kind: LinkMessage.Kind, _ payload: [UInt8] = []) -> [UInt8] {
        LinkMessage.bytes(kind, payload: payload)
    }

    /// A command, and the window that reads its reply.
    static func exchange(_ hex: String) -> [UInt8] { message(.window, Array(hex: hex)) + message(.window) }

    static let version = exchange("E0 37 00 EE")

    /// Ends the host's direction, or the whole connection.
    func end(sending: Bool) {
        if sending { _ = UnixSocket.shutdownWrite(number) } else { host = nil }
    }

    /// Takes the messages that have arrived.
    func read() throws {
        guard host != nil else { return }
        var rounds = Rounds(10_000)
        while rounds.next() {
            var result = ReceiveResult.wouldBlock
            buffer.fill { space in
                result = UnixSocket.receive(number, into: space)
                if case .received(let count) = result { return count }
                return 0
            }
            while let message = try buffer.next() {
                messages.append(
                    LinkMessage(kind: message.kind, flags: message.flags, payload: Array(message.payload)[...]))
            }
            guard case .received = result else {
                if result != .wouldBlock { isAtEnd = true }
                return
            }
        }
    }

    /// Runs the coprocessor and reads until a condition holds.
    /// - Returns: whether it does.
    func run(until condition: () -> Bool) throws -> Bool {
        var rounds = Rounds(2000)
        while true {
            try read()
            guard !condition(), rounds.next() else { return condition() }
            try reactor.runOnce(timeoutNanoseconds: 5_000_000)
        }
    }

    /// Runs the coprocessor without reading, until it waits.
    func settle() throws {
        var rounds = Rounds(1000)
        while try reactor.runOnce(timeoutNanoseconds: 0) > 0, rounds.next() {}
    }

    /// The connection is forgotten, as the emulator does when it has ended.
    func forget() { connection = nil }
}
