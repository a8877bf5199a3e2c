import LinuxIO
import NINAControl
import NINATrace

/// The control channel of an emulator (Protocol/control.md), for those who look on.
final class ControlSource: ReactorHandler, ReactorTimerHandler, WatchSource {
    private let descriptor: FileDescriptor
    private let reactor: Reactor
    private let feed: WatchFeed
    private let place: String
    private var registration: Registration?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var lastID: UInt64 = 0
    private var replies: [UInt64: ([UInt8]) -> Void] = [:]
    private var isAsking = false

    /// The longest line of the emulator: the state of many modules.
    private static let longestLine = 64 << 20
    /// How often the state of the modules is asked for while somebody looks on.
    private static let intervalNanoseconds: UInt64 = 500_000_000

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
        timerFired(token: 0)
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
        guard registration != nil else { return }
        if feed.wantsReports, !isAsking {
            isAsking = true
            ask(",\"do\":\"report\"}") { [weak self] line in
                self?.isAsking = false
                self?.feed.take(report: line)
            }
        }
        reactor.schedule(at: MonotonicClock.nanoseconds() + Self.intervalNanoseconds, handler: self)
    }

    // MARK: The socket

    func ready(_ events: ReadyEvents, token: UInt64) {
        if events.contains(.writable) { flush() }
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        switch piece.withUnsafeMutableBytes({ UnixSocket.receive(descriptor.rawValue, into: $0) }) {
        case .received(let count):
            input += piece[..<count]
            takeLines()
            if input.count > Self.longestLine { end("\(place): a line has no end") }
        case .wouldBlock: return
        case .endOfFile: end("the emulator has ended")
        case .failed(let errno): end("\(place): \(errno)")
        }
    }

    private func takeLines() {
        var records: [TraceRecord] = []
        var rest = input[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(rest[...end])
            rest = rest[(end + 1)...]
            // Most are records of the trace, which begin with their time.
            if line.starts(with: "{\"t\":".utf8), (try? TraceSource.jsonLines.read(line) { records.append($0) }) != nil
            {
                continue
            }
            feed.take(records)
            records = []
            take(line)
        }
        feed.take(records)
        input = Array(rest)
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

    private func end(_ why: String) {
        if let registration { reactor.remove(registration) }
        registration = nil
        for answer in replies.values { answer(Self.refusal("line", why)) }
        replies = [:]
        feed.finish(why)
    }
}
