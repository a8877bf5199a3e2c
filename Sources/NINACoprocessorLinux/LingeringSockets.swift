import LinuxIO

/// Connections that a coprocessor has closed, which end gracefully in the background.
///
/// Closing a socket with unread input resets the connection and loses the last bytes sent. Each one is therefore shut
/// down for writing once its bytes are sent, drained to the end of the stream or for 5 seconds, and then closed. If the peer has
/// not read everything by then it gets a minute in all.
final class LingeringSockets: ReactorHandler, ReactorTimerHandler {
    /// How long a peer may take to end its stream once the kernel has all bytes.
    static let nanoseconds: UInt64 = 5_000_000_000
    /// How long a peer that does not read may delay the last bytes; then the connection is reset, so that the peer
    /// notices.
    static let stallNanoseconds: UInt64 = 60_000_000_000

    private final class Entry {
        let descriptor: FileDescriptor
        var rest: ArraySlice<UInt8>
        /// Whether the peer has ended its stream.
        var hasEnded = false
        var isShutDown = false
        /// The peer has not read everything after the usual time.
        var isLate = false
        var registration: Registration?
        var timer: TimerID?

        init(_ descriptor: consuming FileDescriptor, _ rest: ArraySlice<UInt8>) {
            self.descriptor = descriptor
            self.rest = rest
        }
    }

    private let reactor: Reactor
    private var entries: [UInt64: Entry] = [:]
    private var lastToken: UInt64 = 0
    /// Called when the last one has ended.
    var whenEmpty: (() -> Void)?

    private let patience: UInt64
    private let stallPatience: UInt64

    /// - Parameters: the times for tests, in nanoseconds.
    init(
        reactor: Reactor, patience: UInt64 = LingeringSockets.nanoseconds,
        stallPatience: UInt64 = LingeringSockets.stallNanoseconds
    ) {
        self.reactor = reactor
        self.patience = patience
        self.stallPatience = stallPatience
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Takes over a connection.
    func add(_ descriptor: consuming FileDescriptor, rest: ArraySlice<UInt8>) {
        let entry = Entry(descriptor, rest)
        guard !proceed(entry) else { return }
        lastToken += 1
        do throws(LinuxError) {
            entry.registration = try reactor.add(
                entry.descriptor.rawValue, interest(entry), handler: self, token: lastToken)
        } catch {
            return
        }
        entries[lastToken] = entry
        setTimer(entry, lastToken)
    }

    private func interest(_ entry: Entry) -> Interest {
        if entry.rest.isEmpty { return .readable }
        return entry.hasEnded ? .writable : [.readable, .writable]
    }

    /// Sends, shuts down and drains as far as possible now. Returns true when the connection has ended.
    private func proceed(_ entry: Entry) -> Bool {
        if !entry.rest.isEmpty {
            switch entry.rest.withUnsafeBytes({ TCPSocket.send(entry.descriptor.rawValue, $0) }) {
            case .sent(let count): entry.rest.removeFirst(count)
            case .wouldBlock: break
            case .failed: return true
            }
        }
        if entry.rest.isEmpty, !entry.isShutDown {
            entry.isShutDown = true
            if TCPSocket.shutdownWrite(entry.descriptor.rawValue) != nil { return true }
        }
        if !entry.hasEnded {
            switch drain(entry.descriptor.rawValue) {
            // After a failure the end is all that the kernel reports.
            case .endOfFile, .failed: entry.hasEnded = true
            case .received, .wouldBlock: break
            }
        }
        return entry.hasEnded && entry.rest.isEmpty
    }

    private func drain(_ descriptor: Int32) -> ReceiveResult {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { space in
            var result = ReceiveResult.wouldBlock
            // Bounded: a peer that sends continuously is drained piece by piece.
            for _ in 0..<16 {
                result = TCPSocket.receive(descriptor, into: space, peek: false)
                guard case .received = result else { break }
            }
            return result
        }
    }

    private func setTimer(_ entry: Entry, _ token: UInt64) {
        if let timer = entry.timer { reactor.cancel(timer) }
        let time = entry.isShutDown && !entry.isLate ? patience : stallPatience
        entry.timer = reactor.schedule(at: MonotonicClock.nanoseconds() + time, handler: self, token: token)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard let entry = entries[token], let registration = entry.registration else { return }
        let before = interest(entry)
        let left = entry.rest.count
        defer { if entries[token] != nil, entry.rest.count < left { setTimer(entry, token) } }
        if proceed(entry) {
            end(token)
        } else if interest(entry) != before {
            try? reactor.modify(registration, interest: interest(entry))
        }
    }

    func timerFired(token: UInt64) {
        guard let entry = entries[token] else { return }
        let isReceived = entry.rest.isEmpty && TCPSocket.unsentBytes(entry.descriptor.rawValue) == 0
        if entry.isShutDown, !isReceived, !entry.isLate {
            entry.isLate = true
            return setTimer(entry, token)
        }
        if !isReceived { try? TCPSocket.resetOnClose(entry.descriptor.rawValue) }
        end(token)
    }

    /// The process ends: resets the connections whose last bytes the kernel has not got, so that their peers notice.
    func resetUnsent() {
        for entry in entries.values where !entry.rest.isEmpty {
            try? TCPSocket.resetOnClose(entry.descriptor.rawValue)
        }
    }

    private func end(_ token: UInt64) {
        guard let entry = entries.removeValue(forKey: token) else { return }
        if let registration = entry.registration { reactor.remove(registration) }
        if let timer = entry.timer { reactor.cancel(timer) }
        if entries.isEmpty { whenEmpty?() }
    }
}
