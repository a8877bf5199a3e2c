import LinuxIO

/// Clients outside, each of which asks for a page again and again, with a connection for each request. All are in one
/// thread.
struct HTTPLoad: Sendable {
    /// The whole answer.
    static let page: String = {
        let body = "<!doctype html><title>nina</title><p>" + String(repeating: "A line of the page.\n", count: 20)
        return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n" + body
    }()

    struct Result: Sendable {
        var requestsPerSecond = 0.0
        var samples = Samples()
    }

    let place: IPv4Endpoint
    let clients: Int
    let nanoseconds: UInt64

    /// Asks for this time, then awaits the last answers.
    func run() throws -> Result {
        let load = HTTPLoadRun(try Reactor(), place, end: MonotonicClock.deadline(after: nanoseconds))
        for _ in 0..<clients { try load.beginRequest() }
        let deadline = load.end + Outside.patience
        while load.open > 0 {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline else { throw ToolError("\(load.open) requests got no answer") }
            try load.reactor.runOnce(timeoutNanoseconds: deadline - now)
            if let failure = load.failure { throw failure }
        }
        return Result(
            requestsPerSecond: Double(load.answersInTime) * 1e9 / Double(max(nanoseconds, 1)), samples: load.samples)
    }
}

/// What the requests of a load have in common; belongs to its thread.
private final class HTTPLoadRun {
    let reactor: Reactor
    private let place: IPv4Endpoint
    /// After that no request begins.
    let end: UInt64
    /// Requests without an answer.
    private(set) var open = 0
    private(set) var answersInTime = 0
    private(set) var samples = Samples()
    var failure: (any Error)?
    let request = Array("GET / HTTP/1.1\r\nHost: nina\r\nConnection: close\r\n\r\n".utf8)
    let page = Array(HTTPLoad.page.utf8)
    /// For what is received.
    var buffer = [UInt8](repeating: 0, count: 4096)

    init(_ reactor: Reactor, _ place: IPv4Endpoint, end: UInt64) {
        self.reactor = reactor
        self.place = place
        self.end = end
    }

    func beginRequest() throws {
        open += 1
        try HTTPRequestOutside(self, to: place).begin()
    }

    /// A request was answered; its client asks again while there is time.
    func end(_ request: HTTPRequestOutside) throws {
        open -= 1
        let now = MonotonicClock.nanoseconds()
        samples.append(now - request.startedAt)
        guard now < end else { return }
        answersInTime += 1
        try beginRequest()
    }
}

/// One request and its connection; the reactor holds it until the answer is complete.
private final class HTTPRequestOutside: ReactorHandler {
    let startedAt = MonotonicClock.nanoseconds()
    private unowned let load: HTTPLoadRun
    private let socket: FileDescriptor
    private var registration: Registration?
    private var hasAsked = false
    /// Bytes of the answer so far.
    private var received = 0

    init(_ load: HTTPLoadRun, to place: IPv4Endpoint) throws {
        self.load = load
        socket = try TCPSocket.connect(to: place)
    }

    func begin() throws {
        // On the loopback the connection is usually established by now.
        try ask()
        registration = try load.reactor.add(
            socket.rawValue, hasAsked ? .readable : .writable, handler: self)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        do {
            if !hasAsked {
                if let errno = TCPSocket.connectResult(socket.rawValue) {
                    throw ToolError("a request failed: \(errno)")
                }
                try ask()
                guard hasAsked, let registration else { return }
                try load.reactor.modify(registration, interest: .readable)
            }
            guard try readAnswer() else { return }
            if let registration { load.reactor.remove(registration) }
            try load.end(self)
        } catch {
            load.failure = error
        }
    }

    private func ask() throws {
        switch load.request.withUnsafeBytes({ TCPSocket.send(socket.rawValue, $0) }) {
        case .sent(load.request.count): hasAsked = true
        case .wouldBlock: break
        case let result: throw ToolError("a request could not be sent: \(result)")
        }
    }

    /// - Returns: whether the answer is complete, and the connection at its end.
    private func readAnswer() throws -> Bool {
        while true {
            switch load.buffer.withUnsafeMutableBytes({ TCPSocket.receive(socket.rawValue, into: $0) }) {
            case .received(let count):
                guard load.buffer[..<count] == load.page[received...].prefix(count) else {
                    throw ToolError("a request got another page")
                }
                received += count
            case .endOfFile:
                guard received == load.page.count else { throw ToolError("a request got \(received) bytes") }
                return true
            case .wouldBlock: return false
            case .failed(let errno): throw ToolError("a request got \(received) bytes and \(errno)")
            }
        }
    }
}
