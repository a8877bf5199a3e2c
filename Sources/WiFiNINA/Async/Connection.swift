#if !hasFeature(Embedded)
import NINALink
import NINAWire
import Synchronization

/// A ``WiFiModule``'s state of one connection.
final class Connection {
    var client: WiFiClient
    /// It has ended, and everything has been read from the module.
    var hasEnded = false
    /// When its state is polled next: the end of a connection does not raise IRQ.
    var stateDue: MonotonicInstant
    /// The server that accepted it and leaves the module to it until its first use; nil after that.
    var acceptor: Int?
    /// A task is writing; others wait.
    var isWriting = false
    /// Bytes read from the module and not taken yet.
    private var ahead = ReadAhead()
    /// This many leading bytes of the buffer contain no line end.
    private var scanned = 0
    /// The rest of a line that was too long is being discarded.
    private var isSkipping = false
    /// The lease held by an iterator over bytes.
    private var lease: ReadAheadLease?

    init(_ client: WiFiClient, at now: MonotonicInstant) {
        self.client = client
        stateDue = now
    }

    var hasBytes: Bool {
        endLease()
        return !ahead.isEmpty
    }

    /// The number of bytes read from the module and not taken yet.
    var count: Int {
        endLease()
        return ahead.count
    }

    /// Puts bytes back that were just taken.
    func putBack(_ bytes: [UInt8]) {
        endLease()
        var whole = ReadAhead()
        whole.append(bytes[...])
        whole.append(ahead.bytes)
        ahead = whole
        scanned = 0
    }

    /// Takes over the bytes in the client's buffer.
    func takeOver() throws(WiFiError) {
        endLease()
        try client.moveBuffered(to: &ahead)
    }

    /// Takes the next bytes, up to `limit`.
    func take(_ limit: Int) -> [UInt8] {
        endLease()
        let bytes = ahead.take(limit)
        scanned = max(0, scanned - bytes.count)
        return bytes
    }

    private func drop(_ count: Int) {
        ahead.drop(count)
        scanned = max(0, scanned - count)
    }

    // MARK: Lines

    /// Takes the next complete line, without its end.
    /// - Parameter isLast: no more bytes follow, so the remaining bytes are a line.
    /// - Returns: nil when there is no complete line.
    func takeLine(limit: Int, isLast: Bool) throws(WiFiError) -> [UInt8]? {
        endLease()
        while true {
            let bytes = ahead.bytes
            let found = bytes.dropFirst(scanned).firstIndex(of: UInt8(ascii: "\n"))
            guard let end = found ?? (isLast && !bytes.isEmpty ? bytes.endIndex : nil) else { break }
            var line = bytes[..<end]
            if found != nil, line.last == UInt8(ascii: "\r") { line.removeLast() }
            let wasSkipping = isSkipping
            isSkipping = false
            defer { drop(min(end + 1, bytes.endIndex) - bytes.startIndex) }
            if wasSkipping { continue }
            guard line.count <= limit else { throw .lineTooLong(limit: limit) }
            return Array(line)
        }
        scanned = ahead.count
        if isSkipping { drop(ahead.count) }
        // One more byte, which may be the CR of the line end.
        guard ahead.count - 1 <= limit else {
            isSkipping = true
            drop(ahead.count)
            throw .lineTooLong(limit: limit)
        }
        return nil
    }

    // MARK: Leases

    /// Leases the buffered bytes to an iterator. The next reader reclaims the bytes that the iterator has not taken.
    func lend() -> ReadAheadLease {
        endLease()
        let lease = ReadAheadLease(ahead.bytes)
        self.lease = lease
        return lease
    }

    private func endLease() {
        guard let lease else { return }
        self.lease = nil
        drop(lease.end())
    }
}

/// Buffered bytes that a task can take without the module, until they are reclaimed.
final class ReadAheadLease: Sendable {
    private let bytes: ArraySlice<UInt8>
    /// The number of bytes taken; negative once the rest has been reclaimed.
    private let taken = Atomic(0)

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Takes the next byte; nil when there is none, or the rest has been reclaimed.
    func take() -> UInt8? {
        var count = taken.load(ordering: .relaxed)
        while count >= 0, count < bytes.count {
            let (done, found) = taken.compareExchange(
                expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
            if done { return bytes[bytes.startIndex + count] }
            count = found
        }
        return nil
    }

    /// Reclaims the rest.
    /// - Returns: the number of bytes taken.
    func end() -> Int { taken.exchange(-1, ordering: .acquiringAndReleasing) }
}
#endif
