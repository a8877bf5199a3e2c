#if !hasFeature(Embedded)
import NINALink
import NINAWire
import Synchronization

/// What a ``WiFiModule`` knows of a connection.
final class Connection {
    var client: WiFiClient
    /// It has ended, and everything was read from the module.
    var hasEnded = false
    /// When its state is next asked for: the end of a connection does not raise IRQ.
    var stateDue: MonotonicInstant
    /// A task writes; the others wait for their turn.
    var isWriting = false
    /// What was read from the module and not taken: `ahead[head...]`.
    private var ahead: [UInt8] = []
    private var head = 0
    /// So much of it holds no end of a line.
    private var scanned = 0
    /// The rest of a line that was too long is thrown away.
    private var isSkipping = false
    /// All of what was read ahead, in the hands of an iterator over bytes.
    private var loan: ByteLoan?

    init(_ client: WiFiClient, at now: MonotonicInstant) {
        self.client = client
        stateDue = now
    }

    var hasBytes: Bool {
        settle()
        return head < ahead.count
    }

    func append(_ piece: [UInt8]) {
        settle()
        if head == ahead.count {
            ahead = piece
            (head, scanned) = (0, 0)
        } else {
            ahead.removeFirst(head)
            scanned -= head
            head = 0
            ahead += piece
        }
    }

    /// The next bytes, at most so many.
    func take(_ limit: Int) -> [UInt8] {
        settle()
        let count = max(0, min(limit, ahead.count - head))
        defer { advance(count) }
        return count == ahead.count ? ahead : Array(ahead[head..<head + count])
    }

    private func advance(_ count: Int) {
        head += count
        scanned = max(scanned, head)
        guard head == ahead.count else { return }
        ahead = []
        (head, scanned) = (0, 0)
    }

    // MARK: Lines

    /// The next line that is whole, without its end.
    /// - Parameter isLast: no more bytes come, so that what is left is a line.
    /// - Returns: nil when there is none.
    func takeLine(limit: Int, isLast: Bool) throws(WiFiError) -> [UInt8]? {
        settle()
        while true {
            let end = ahead[scanned...].firstIndex(of: UInt8(ascii: "\n"))
            guard let end = end ?? (isLast && head < ahead.count ? ahead.count : nil) else { break }
            let hasReturn = end > head && end < ahead.count && ahead[end - 1] == UInt8(ascii: "\r")
            let line = ahead[head..<(hasReturn ? end - 1 : end)]
            let wasSkipping = isSkipping
            isSkipping = false
            defer { advance(min(end + 1, ahead.count) - head) }
            if wasSkipping { continue }
            guard line.count <= limit else { throw .lineTooLong(limit: limit) }
            return Array(line)
        }
        scanned = ahead.count
        if isSkipping { advance(ahead.count - head) }
        // One more, which may be the CR of the line's end.
        guard ahead.count - head - 1 <= limit else {
            isSkipping = true
            advance(ahead.count - head)
            throw .lineTooLong(limit: limit)
        }
        return nil
    }

    // MARK: Loans

    /// Lends what was read ahead to an iterator. Whoever reads next takes back what that one has not taken.
    func lend() -> ByteLoan {
        settle()
        let loan = ByteLoan(ahead, from: head)
        self.loan = loan
        return loan
    }

    private func settle() {
        guard let loan else { return }
        self.loan = nil
        advance(loan.end() - head)
    }
}

/// Bytes that one task takes without asking the module, until they are claimed back.
final class ByteLoan: Sendable {
    private let bytes: [UInt8]
    /// The next one's index; negative once they are claimed back.
    private let next: Atomic<Int>

    init(_ bytes: [UInt8], from head: Int) {
        self.bytes = bytes
        next = Atomic(head)
    }

    /// The next byte; nil when there is none, or not any more.
    func take() -> UInt8? {
        var index = next.load(ordering: .relaxed)
        while index >= 0, index < bytes.count {
            let (done, found) = next.compareExchange(
                expected: index, desired: index + 1, ordering: .acquiringAndReleasing)
            if done { return bytes[index] }
            index = found
        }
        return nil
    }

    /// Claims them back.
    /// - Returns: the index of the first that was not taken.
    func end() -> Int { next.exchange(-1, ordering: .acquiringAndReleasing) }
}
#endif
