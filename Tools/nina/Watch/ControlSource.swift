import LinuxIO
import LinuxLibc
import NINAControl
import NINATrace

/// The control channel of an emulator (Protocol/control.md), for those who look on.
final class ControlSource: ReactorHandler, ReactorTimerHandler, WatchSource {
    private let descriptor: FileDescriptor
    private let reactor: Reactor
    private let feed: WatchFeed
    private let place: String
    private var registration: Registration?
    private var piece = [UInt8](repeating: 0, count: 256 << 10)
    private var input: [UInt8] = []
    /// How much of the input has been read as lines.
    private var taken = 0
    private var isDue = false
    private var hasEnded = false
    private var output: [UInt8] = []
    private var lastID: UInt64 = 0
    private var replies: [UInt64: ([UInt8]) -> Void] = [:]

    /// How often the state of the modules is asked for while somebody looks on.
    private static let intervalNanoseconds: UInt64 = 500_000_000
    private static let reportTimer: UInt64 = 1
    private static let lineTimer: UInt64 = 2
    /// So many lines are read at once: between them the socket is emptied, so that the emulator leaves nothing out of a burst.
    private static let quantum = 64
    /// What may wait here, in bytes. What is more waits in the emulator, which keeps 1 MiB.
    private static let longestInput = 64 << 20

    /// - Throws: when no emulator listens there, or one of a user who is not trusted.
    init(_ place: ControlPlace, _ feed: WatchFeed, _ reactor: Reactor) throws {
        self.place = place.name
        self.reactor = reactor
        self.feed = feed
        descriptor = try place.connect(patience: ControlChannel.patience)
        registration = try reactor.add(descriptor.rawValue, .readable, handler: self)
        feed.source = self
        ask(",\"do\":\"watch\",\"trace\":true}") { [weak self] line in
            let reply = try? ControlCoding.decode(ControlReply<ReplyContent.Nothing>.self, from: line)
            if let failure = reply?.error { self?.end("\(failure.field): \(failure.text)") }
        }
        timerFired(token: Self.reportTimer)
    }

    // MARK: Requests

    /// Sends a request.
    /// - Parameter rest: what follows its ID.
    private func ask(_ rest: String, _ answer: @escaping ([UInt8]) -> Void) {
        lastID += 1
        replies[lastID] = answer
        output += "{\"id\":\(lastID)\(rest)\n".utf8
        flush()
    }

    func order(_ order: [UInt8], _ answer: @escaping ([UInt8]) -> Void) {
        // Read as the emulator will, so that this is one request, and one that changes something.
        let text = String(decoding: order, as: UTF8.self)
        guard registration != nil, text.hasPrefix("{\""), !text.utf8.contains(UInt8(ascii: "\n")) else {
            return answer(Self.refusal("line", "expected one object of JSON on one line"))
        }
        let rest = "," + text.dropFirst()
        switch ControlRequest.read(Array("{\"id\":0\(rest)".utf8)).request {
        case .success(let request):
            guard case .change = request.action else { return answer(Self.refusal("do", "expected a change")) }
            ask(rest, answer)
        case .failure(let error): answer(Self.refusal(error.field, error.problem))
        }
    }

    private static func refusal(_ field: String, _ text: String) -> [UInt8] {
        let error = JSONText.object([JSONMember("field", .string(field)), JSONMember("text", .string(text))])
        return Array(JSONText.object([JSONMember("error", error)]).text.utf8)
    }

    func timerFired(token: UInt64) {
        guard token == Self.reportTimer else {
            isDue = false
            return takeLines()
        }
        guard registration != nil else { return }
        let now = MonotonicClock.nanoseconds()
        guard feed.wantsReports else {
            reactor.schedule(at: now + Self.intervalNanoseconds, handler: self, token: Self.reportTimer)
            return
        }
        ask(",\"do\":\"report\"}") { [weak self] line in
            guard let self else { return }
            feed.take(report: line)
            // Of a thousand modules it has megabytes: a tenth of the time at most goes there.
            let taken = MonotonicClock.nanoseconds() - now
            reactor.schedule(
                at: now + max(Self.intervalNanoseconds, 10 * taken), handler: self, token: Self.reportTimer)
        }
    }

    // MARK: The socket

    func ready(_ events: ReadyEvents, token: UInt64) {
        if events.contains(.writable) { flush() }
        while registration != nil, input.count - taken < Self.longestInput {
            let result = piece.withUnsafeMutableBytes { UnixSocket.receive(descriptor.rawValue, into: $0) }
            switch result {
            case .received(let count): input += piece[..<count]
            case .wouldBlock: return takeLines()
            case .endOfFile:
                hasEnded = true
                stopReading()
            case .failed(let errno): end("\(place): \(errno)")
            }
        }
        takeLines()
    }

    private func stopReading() {
        if let registration { reactor.remove(registration) }
        registration = nil
    }

    /// Reads some lines, and goes on as soon as the socket has been emptied.
    private func takeLines() {
        var records: [TraceRecord] = []
        var count = 0
        while count < Self.quantum, let line = nextLine() {
            count += 1
            // Most are records of the trace, which begin with their time.
            let isRecord =
                line.starts(with: "{\"t\":".utf8)
                && (try? TraceSource.jsonLines.read(line) { records.append($0) }) != nil
            guard !isRecord else { continue }
            feed.take(records)
            records = []
            take(line)
        }
        feed.take(records)
        if count == Self.quantum {
            guard !isDue else { return }
            isDue = true
            reactor.schedule(at: 0, handler: self, token: Self.lineTimer)
        } else if hasEnded {
            end("the emulator has ended", isFailure: false)
        } else if input.count - taken >= Self.longestInput {
            end("\(place): a line has no end")
        }
    }

    private func nextLine() -> [UInt8]? {
        let rest = input.withUnsafeBytes { bytes -> Int? in
            guard let start = bytes.baseAddress, let end = memchr(start + taken, 10, bytes.count - taken) else {
                return nil
            }
            return UnsafeRawPointer(end) - start
        }
        guard let end = rest else {
            input.removeFirst(taken)
            taken = 0
            return nil
        }
        let line = Array(input[taken...end])
        taken = end + 1
        return line
    }

    private struct Envelope: Decodable {
        var id: UInt64?
        var event: String?
    }

    private func take(_ line: [UInt8]) {
        guard let envelope = try? ControlCoding.decode(Envelope.self, from: line) else {
            return end("\(place): expected a line of the control channel")
        }
        if envelope.event != nil { return feed.take(event: line) }
        if let id = envelope.id { replies.removeValue(forKey: id)?(line) }
    }

    private func flush() {
        while !output.isEmpty {
            switch output.withUnsafeBytes({ UnixSocket.send(descriptor.rawValue, $0) }) {
            case .sent(let count): output.removeFirst(count)
            case .wouldBlock:
                if let registration { try? reactor.modify(registration, interest: [.readable, .writable]) }
                return
            case .failed: return
            }
        }
        if let registration { try? reactor.modify(registration, interest: .readable) }
    }

    private func end(_ why: String, isFailure: Bool = true) {
        stopReading()
        for answer in replies.values { answer(Self.refusal("line", why)) }
        replies = [:]
        feed.finish(why, isFailure: isFailure)
    }
}
