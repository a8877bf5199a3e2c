import LinuxIO
import NINAControl
import NINACoprocessorLinux
import NINALink

/// A client of the control channel. It is served one request after the other, and takes bounded memory: no request is read while
/// another is being answered, or while the client does not read; events that do not fit are left out and counted.
final class ControlClient: ReactorHandler {
    /// The most that waits for a client that does not read, before nothing more is read from it and events are left out. One
    /// reply may go beyond.
    private static let outputLimit = 1 << 20
    /// The same for events: a web page with its pictures, as a trace, passes at once.
    private static let eventLimit = 2 << 20
    private static let receiveSize = 16 * 1024

    let desk: ControlDesk
    let number: UInt64
    private let descriptor: FileDescriptor
    private let whenClosed: () -> Void
    private var registration: Registration?
    private var interest: Interest = .readable
    private var lines = RequestLines()
    private var output = ByteQueue()
    private var isBusy = false
    /// The client sends nothing more.
    private var hasEnded = false
    private(set) var isClosed = false
    /// Events that were left out, and the time of the last of them.
    private var leftOut: UInt64 = 0
    private var leftOutAt: UInt64 = 0
    /// The waits that it has not been answered.
    var waitCount = 0
    /// What it watches; nil for nothing.
    var watch: ControlWatchers.Watch?

    init(
        _ desk: ControlDesk, _ number: UInt64, _ descriptor: consuming FileDescriptor,
        whenClosed: @escaping () -> Void
    ) {
        self.desk = desk
        self.number = number
        self.descriptor = descriptor
        self.whenClosed = whenClosed
    }

    func start() throws(LinuxError) {
        registration = try desk.reactor.add(descriptor.rawValue, interest, handler: self)
    }

    /// The number of the line that is being answered, from 1.
    var line: Int { lines.count }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard !isClosed else { return }
        if !events.isDisjoint(with: [.hangUp, .error]), !events.contains(.readable) { return close() }
        if interest.contains(.readable), !events.isDisjoint(with: [.readable, .peerClosed]), !receive() {
            return close()
        }
        settle()
    }

    /// - Returns: false when the connection has failed.
    private func receive() -> Bool {
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.receiveSize) { space, count in
            switch UnixSocket.receive(descriptor.rawValue, into: UnsafeMutableRawBufferPointer(space)) {
            case .received(let number): count = number
            case .wouldBlock: count = 0
            case .endOfFile, .failed:
                count = 0
                hasEnded = true
            }
        }
        lines.append(bytes)
        return true
    }

    /// Answers what was received, as far as that goes now, and waits for the rest.
    private func settle() {
        guard !isClosed else { return }
        var quantum = 64
        while !isBusy, quantum > 0, output.count <= Self.outputLimit, let line = lines.next() {
            quantum -= 1
            answer(line)
        }
        guard flush() else { return close() }
        if leftOut > 0, output.isEmpty {
            sayGap()
            guard flush() else { return close() }
        }
        // Whoever has ended only its own direction still gets replies and events.
        if hasEnded, !isBusy, output.isEmpty, waitCount == 0, watch == nil, quantum > 0 { return close() }
        let isReading = !hasEnded && !isBusy && output.count <= Self.outputLimit
        // Without interest not even a hang-up would be reported; an edge does not repeat itself.
        var wanted: Interest = isReading ? .readable : [.writable, .edgeTriggered]
        if isReading, !output.isEmpty { wanted.insert(.writable) }
        if quantum == 0 { wanted = [.readable, .writable] }
        guard wanted != interest, let registration else { return }
        interest = wanted
        try? desk.reactor.modify(registration, interest: wanted)
    }

    private func answer(_ line: RequestLines.Line) {
        switch line {
        case .tooLong:
            let error = FieldError(
                "line", expected: "a line of at most \(ControlCoding.longestLine) bytes", got: "a longer one")
            send(nil, .failure(failure(.malformed, error)) as Result<ReplyContent.Nothing, ControlFailure>)
        case .whole(let bytes):
            let (id, request) = ControlRequest.read(bytes)
            switch request {
            case .success(let request): perform(request)
            case .failure(let error):
                send(id, .failure(failure(.malformed, error)) as Result<ReplyContent.Nothing, ControlFailure>)
            }
        }
    }

    func failure(_ kind: ControlFailure.Kind, _ error: FieldError) -> ControlFailure {
        ControlFailure(kind, line: line, error)
    }

    /// Asks the emulator, and answers then. Nothing else of this client is done meanwhile.
    func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (Emulator) -> Answer, then: @escaping (Answer) -> Void
    ) {
        isBusy = true
        desk.ask(work) { [weak self] answer in
            guard let self, !isClosed else { return }
            isBusy = false
            then(answer)
            settle()
        }
    }

    func send<Content: Codable & Sendable>(_ id: ControlID?, _ result: Result<Content, ControlFailure>) {
        guard !isClosed else { return }
        output.append(ControlCoding.line(ControlReply(id, result)))
    }

    /// Sends a reply that comes out of order: of a wait.
    func sendLater<Content: Codable & Sendable>(_ id: ControlID?, _ result: Result<Content, ControlFailure>) {
        send(id, result)
        settle()
    }

    /// Sends events, or counts those that do not fit.
    /// - Parameter time: that of the last one.
    func send(events: [UInt8], count: Int, time: UInt64) {
        guard !isClosed, count > 0 else { return }
        guard output.count + events.count <= Self.eventLimit else {
            leftOut += UInt64(count)
            leftOutAt = time
            return
        }
        if leftOut > 0 { sayGap() }
        output.append(events)
        settle()
    }

    private func sayGap() {
        output.append(Array("{\"t\":\(leftOutAt),\"c\":0,\"event\":\"gap\",\"events\":\(leftOut)}\n".utf8))
        leftOut = 0
    }

    private func flush() -> Bool {
        while !output.isEmpty {
            switch output.withUnsafeBytes({ UnixSocket.send(descriptor.rawValue, $0) }) {
            case .sent(let count): output.removeFirst(count)
            case .wouldBlock: return true
            case .failed: return false
            }
        }
        return true
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        if let registration { desk.reactor.remove(registration) }
        desk.waits.cancel(of: self)
        desk.watchers.remove(self)
        whenClosed()
    }
}
