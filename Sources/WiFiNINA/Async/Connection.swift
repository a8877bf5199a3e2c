#if !hasFeature(Embedded)
import NINALink
import NINAWire
import Synchronization

/// The state that a ``WiFiModule`` keeps of a connection.
final class Connection {
    var client: WiFiClient
    /// It has ended, and everything was read from the module.
    var hasEnded = false
    /// When its state is polled next: the end of a connection does not raise IRQ.
    var stateDue: MonotonicInstant
    /// A task writes; the others wait for their turn.
    var isWriting = false
    /// What was read from the module and not taken.
    private var ahead = ReadAhead()
    /// So many of these bytes contain no end of a line.
    private var scanned = 0
    /// The rest of a line that was too long is thrown away.
    private var isSkipping = false
    /// Lent to an iterator over bytes.
    private var lease: ReadAheadLease?

    init(_ client: WiFiClient, at now: MonotonicInstant) {
        self.client = client
        stateDue = now
    }

    var hasBytes: Bool {
        endLease()
        return !ahead.isEmpty
    }

    /// Takes over what the client has in its buffer.
    func takeOver() throws(WiFiError) {
        endLease()
        try client.moveBuffered(to: &ahead)
    }

    /// The next bytes, at most so many.
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

    /// The next line that is whole, without its end.
    /// - Parameter isLast: no more bytes come, so that what is left is a line.
    /// - Returns: nil when there is none.
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
        // One more, which may be the CR of the line's end.
        guard ahead.count - 1 <= limit else {
            isSkipping = true
            drop(ahead.count)
            throw .lineTooLong(limit: limit)
        }
        return nil
    }

    // MARK: Leases

    /// Lends what was read ahead to an iterator. The next reader reclaims what that one has not taken.
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

/// Bytes that one task takes without asking the module, until they are reclaimed.
final class ReadAheadLease: Sendable {
    private let bytes: ArraySlice<UInt8>
    /// How many were taken; negative once the rest is reclaimed.
    private let taken = Atomic(0)

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The next byte; nil when there is none, or the rest was reclaimed.
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
    /// - Returns: how many were taken.
    func end() -> Int { taken.exchange(-1, ordering: .acquiringAndReleasing) }
}
#endif
