import LinuxIO

/// A connection of a browser.
final class WatchConnection: ReactorHandler, WatchViewer {
    private enum State {
        case waiting
        /// It has asked for an order, of which so many bytes are to come.
        case order(length: Int, keepsAlive: Bool)
        /// The answer to its order is on its way.
        case ordered(keepsAlive: Bool)
        case events
        case closing
    }

    /// What may wait for a browser that does not read. Then lines are left out, and counted.
    private static let longestOutput = 8 << 20

    private let descriptor: FileDescriptor
    private unowned let server: WatchServer
    private let reactor: Reactor
    private var registration: Registration?
    private var state = State.waiting
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    private var leftOut = 0
    private var isClosed = false

    init(_ descriptor: consuming FileDescriptor, _ server: WatchServer, _ reactor: Reactor) throws {
        self.descriptor = descriptor
        self.server = server
        self.reactor = reactor
        registration = try reactor.add(self.descriptor.rawValue, .readable, handler: self)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let registration { reactor.remove(registration) }
        TCPSocket.shutdown(descriptor.rawValue)
        server.ended(self)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        if events.contains(.writable) { flush() }
        guard !isClosed, !events.isDisjoint(with: [.readable, .peerClosed, .hangUp, .error]) else { return }
        receive()
    }

    private func receive() {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        switch piece.withUnsafeMutableBytes({ TCPSocket.receive(descriptor.rawValue, into: $0) }) {
        case .received(let count):
            // Nobody has more to say than a head and an order.
            guard input.count + count <= 32 << 10 else { return close() }
            input += piece[..<count]
            answer()
        case .wouldBlock: return
        case .endOfFile, .failed: close()
        }
    }

    /// Answers what has come, one request after another.
    private func answer() {
        while !isClosed {
            switch state {
            case .waiting:
                do throws(HTTPRequest.Failure) {
                    guard let request = try HTTPRequest.take(from: &input) else { return }
                    take(request)
                } catch {
                    refuse(error == .tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request", "No request.")
                }
            case .order(let length, let keepsAlive):
                guard input.count >= length else { return }
                let order = Array(input.prefix(length))
                input.removeFirst(length)
                state = .ordered(keepsAlive: keepsAlive)
                server.feed.order(order) { [weak self] in self?.finishOrder($0) }
            case .ordered, .events, .closing: return
            }
        }
    }

    private func take(_ request: HTTPRequest) {
        switch server.route(request) {
        case .page:
            let page = WatchPage()
            let policy = page.policy + "; frame-ancestors 'none'"
            reply(
                "200 OK", "text/html; charset=utf-8", page.live(), keepsAlive: request.keepsAlive,
                ["Content-Security-Policy: \(policy)"])
        case .events:
            state = .events
            send(
                HTTPRequest.answerHead(
                    status: "200 OK", type: "text/event-stream", length: nil, keepsAlive: false, lines: Self.lines))
            server.feed.add(self)
        case .order(let length): state = .order(length: length, keepsAlive: request.keepsAlive)
        case .refused(let status, let why): refuse(status, why)
        }
    }

    private static let lines = [
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
    ]

    private func refuse(_ status: String, _ why: String) {
        reply(status, "text/plain; charset=utf-8", Array("\(why)\n".utf8), keepsAlive: false, [])
    }

    private func finishOrder(_ answer: [UInt8]) {
        guard !isClosed, case .ordered(let keepsAlive) = state else { return }
        state = .waiting
        reply("200 OK", "application/json", answer, keepsAlive: keepsAlive, [])
        self.answer()
    }

    private func reply(_ status: String, _ type: String, _ body: [UInt8], keepsAlive: Bool, _ lines: [String]) {
        if !keepsAlive { state = .closing }
        let head = HTTPRequest.answerHead(
            status: status, type: type, length: body.count, keepsAlive: keepsAlive, lines: Self.lines + lines)
        send(head + body)
    }

    // MARK: Events

    /// Sends lines as one event.
    func show(_ kind: WatchEvent, _ lines: ArraySlice<[UInt8]>) {
        guard case .events = state, !isClosed else { return }
        guard output.count - sent < Self.longestOutput else {
            if kind == .lines { leftOut += lines.count }
            return
        }
        var event: [UInt8] = []
        event.reserveCapacity(lines.reduce(1024) { $0 + $1.count + 6 })
        if kind != .lines { event += "event: \(kind.rawValue)\n".utf8 }
        if leftOut > 0, kind == .lines {
            event += "data: {\"t\":0,\"c\":0,\"event\":\"gap\",\"events\":\(leftOut)}\n".utf8
            leftOut = 0
        }
        for line in lines {
            event += "data: ".utf8
            event += line
        }
        event.append(UInt8(ascii: "\n"))
        send(event)
    }

    private func send(_ bytes: [UInt8]) {
        output += bytes
        flush()
    }

    private func flush() {
        while sent < output.count {
            let result = output.withUnsafeBytes {
                TCPSocket.send(descriptor.rawValue, UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            switch result {
            case .sent(let count): sent += count
            case .wouldBlock:
                if sent > 1 << 20 {
                    output.removeFirst(sent)
                    sent = 0
                }
                return watch([.readable, .writable])
            case .failed: return close()
            }
        }
        output.removeAll(keepingCapacity: output.capacity < 1 << 20)
        sent = 0
        if case .closing = state { return close() }
        watch(.readable)
    }

    private var interest = Interest.readable

    private func watch(_ new: Interest) {
        guard new != interest, let registration else { return }
        interest = new
        if (try? reactor.modify(registration, interest: new)) == nil { close() }
    }
}
