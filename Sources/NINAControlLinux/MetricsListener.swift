import LinuxIO
import NINAControl
import NINACoprocessorLinux

/// Metrics over HTTP, for this machine only: `GET /metrics`, one request a connection.
final class MetricsListener: ReactorHandler, ReactorTimerHandler {
    private static let clientLimit = 32
    private static let retryNanoseconds: UInt64 = 100_000_000

    private let desk: ControlDesk
    private let socket: FileDescriptor
    private var registration: Registration?
    private var clients: [UInt64: MetricsClient] = [:]
    private var lastNumber: UInt64 = 0

    init(_ desk: ControlDesk, _ socket: consuming FileDescriptor) {
        self.desk = desk
        self.socket = socket
    }

    func start() throws(LinuxError) {
        registration = try desk.reactor.add(socket.rawValue, .readable, handler: self)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        do throws(LinuxError) {
            while let connection = try TCPSocket.accept(socket.rawValue) {
                let descriptor = connection.takeDescriptor()
                // Too many: this one is closed.
                guard clients.count < Self.clientLimit else { continue }
                lastNumber += 1
                let number = lastNumber
                let client = MetricsClient(desk, descriptor) { [unowned self] in clients[number] = nil }
                clients[number] = client
                try client.start()
            }
        } catch {
            guard let registration else { return }
            try? desk.reactor.modify(registration, interest: [])
            desk.reactor.schedule(at: MonotonicClock.deadline(after: Self.retryNanoseconds), handler: self)
        }
    }

    func timerFired(token: UInt64) {
        if let registration { try? desk.reactor.modify(registration, interest: .readable) }
    }
}

/// One connection, which ends after its answer, or after 10 s.
private final class MetricsClient: ReactorHandler, ReactorTimerHandler {
    private static let longestTime: UInt64 = 10_000_000_000

    private let desk: ControlDesk
    private let descriptor: FileDescriptor
    private let whenClosed: () -> Void
    private var registration: Registration?
    private var timer: TimerID?
    private var request = MetricsRequest()
    private var output: ArraySlice<UInt8> = []
    private var isAnswered = false
    private var isClosed = false

    init(_ desk: ControlDesk, _ descriptor: consuming FileDescriptor, whenClosed: @escaping () -> Void) {
        self.desk = desk
        self.descriptor = descriptor
        self.whenClosed = whenClosed
    }

    func start() throws(LinuxError) {
        registration = try desk.reactor.add(descriptor.rawValue, .readable, handler: self)
        timer = desk.reactor.schedule(at: MonotonicClock.deadline(after: Self.longestTime), handler: self)
    }

    func timerFired(token: UInt64) {
        timer = nil
        close()
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard !isClosed else { return }
        if isAnswered { return flush() }
        var bytes = [UInt8](repeating: 0, count: 2048)
        switch bytes.withUnsafeMutableBytes({ TCPSocket.receive(descriptor.rawValue, into: $0) }) {
        case .received(let count): request.append(bytes.prefix(count))
        case .wouldBlock: return
        case .endOfFile, .failed: return close()
        }
        switch request.outcome {
        case .incomplete: return
        case .refused(let status): answer(status, "text/plain; charset=utf-8", "\(status)\n")
        case .metrics:
            if let registration { try? desk.reactor.modify(registration, interest: []) }
            desk.ask({ $0.modules.map(\.snapshot) }) { [weak self] modules in
                self?.answer("200 OK", MetricsText.contentType, MetricsText.text(modules))
            }
        }
    }

    private func answer(_ status: String, _ type: String, _ text: String) {
        guard !isClosed else { return }
        let head = """
            HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(text.utf8.count)\r\n\
            Cache-Control: no-store\r\nConnection: close\r\n\r\n
            """
        output = (Array(head.utf8) + (request.isHead ? [] : Array(text.utf8)))[...]
        isAnswered = true
        flush()
    }

    private func flush() {
        while !output.isEmpty {
            switch output.withUnsafeBytes({ TCPSocket.send(descriptor.rawValue, $0) }) {
            case .sent(let count): output = output.dropFirst(count)
            case .wouldBlock:
                if let registration { try? desk.reactor.modify(registration, interest: .writable) }
                return
            case .failed: return close()
            }
        }
        close()
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        if let registration { desk.reactor.remove(registration) }
        if let timer { desk.reactor.cancel(timer) }
        whenClosed()
    }
}
