import LinuxIO
import NINACoprocessor

/// A TCP connection, with the bytes that are held on both sides of it to save system calls.
///
/// What is held is invisible to the coprocessor: bytes in the batch count as sent, bytes received ahead as in the kernel.
final class LinuxStream {
    /// What the reactor reports of every connection.
    static let interest: Interest = [.readable, .urgent, .edgeTriggered]

    /// The descriptor's number; the network's entry owns the descriptor.
    private let number: Int32
    /// The number of bytes that the connection holds for a peer that does not read; nil for as many as the kernel does.
    var sendBuffer: Int?
    /// The device waits for room.
    var awaitsRoom = false
    // The state that a frame uses is not checked for exclusive access at run time: a stream belongs to the reactor's thread and
    // calls nobody.
    @exclusivity(unchecked) private var batch = SendBatch()
    /// The device holds bytes that belong to the batch, and is told before it leaves.
    @exclusivity(unchecked) private var hasJoined = false
    /// Bytes of the batch wait for room in the kernel.
    @exclusivity(unchecked) private(set) var isStuck = false
    @exclusivity(unchecked) private var ahead = ReceiveAhead()
    /// The last receive filled a frame: more bytes are probably there.
    @exclusivity(unchecked) private var readsAhead = false
    /// The kernel may have bytes: some have been reported, or the last receive may have left some.
    @exclusivity(unchecked) private var mayHaveMore = true
    /// The kernel was found to have bytes, and nothing has been received since: it need not be asked again.
    @exclusivity(unchecked) private var hasSeenBytes = false
    /// The peer has sent urgent data: a short receive does not mean that nothing is left.
    @exclusivity(unchecked) private var mayBeUrgent = false
    /// The connection has failed: the kernel reports that only once, and the end of the stream from then on.
    @exclusivity(unchecked) private var hasFailed = false

    private let buffers: ReceiveBuffers

    init(_ number: Int32, _ buffers: ReceiveBuffers) {
        self.number = number
        self.buffers = buffers
    }

    // MARK: Sending

    /// Sends a frame, or holds it with those that follow.
    /// - Returns: the number of bytes taken; 0 when there is no room, nil when the connection is gone.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !hasFailed else { return nil }
        if let sendBuffer {
            // Without room the kernel is still asked, with no bytes, whether the connection is there.
            return sendNow(bytes.prefix(max(0, sendBuffer - TCPSocket.untransmittedBytes(number))))
        }
        if batch.isEmpty {
            guard batch.begins(with: bytes.count, now: MonotonicClock.nanoseconds) else { return sendNow(bytes) }
        } else if !batch.hasRoom(for: bytes.count) {
            flush()
            if batch.isEmpty { return sendNow(bytes) }
            guard batch.hasRoom(for: bytes.count) else { return 0 }
        }
        batch.append(bytes)
        if bytes.count < SendBatch.wholeFrame || !batch.hasRoom(for: bytes.count) { flush() }
        return hasFailed ? nil : bytes.count
    }

    private func sendNow(_ bytes: ArraySlice<UInt8>) -> Int? {
        switch bytes.withUnsafeBytes({ TCPSocket.send(number, $0) }) {
        case .sent(let count): return count
        case .wouldBlock: return 0
        case .failed:
            hasFailed = true
            return nil
        }
    }

    /// Sends the batch as far as the kernel takes it.
    func flush() {
        guard !batch.isEmpty else { return }
        switch batch.bytes.withUnsafeBytes({ TCPSocket.send(number, $0) }) {
        case .sent(let count): batch.remove(count)
        case .wouldBlock: break
        case .failed:
            hasFailed = true
            batch.clear()
        }
        isStuck = !batch.isEmpty
    }

    /// When the batch is to be sent at the latest; nil when there is none, or when it waits for room.
    var batchDeadline: UInt64? {
        guard hasJoined || !batch.isEmpty && !isStuck else { return nil }
        return batch.began &+ SendBatch.longestDelay
    }

    /// Whether a frame would be held; the device holds it then.
    func joinsBatch(_ count: Int) -> Bool {
        guard count >= SendBatch.wholeFrame, !batch.isEmpty, !isStuck else { return false }
        hasJoined = true
        return true
    }

    /// Whether the device holds bytes of a batch that is due; it must be told then, once.
    func takeJoined(at now: UInt64) -> Bool {
        guard hasJoined, let batchDeadline, batchDeadline <= now else { return false }
        hasJoined = false
        return true
    }

    /// Whether the kernel has to report room.
    var needsRoom: Bool { isStuck || awaitsRoom && sendBuffer == nil }

    /// Whether the connection takes bytes of a whole frame.
    var hasRoom: Bool {
        if let sendBuffer { return TCPSocket.untransmittedBytes(number) < sendBuffer }
        return batch.isEmpty || batch.hasRoom(for: SendBatch.wholeFrame)
    }

    /// Takes the bytes that are not sent, because another owner ends the connection.
    func takeUnsent() -> [UInt8] {
        defer {
            batch.clear()
            isStuck = false
        }
        return batch.bytes
    }

    /// Whether bytes have not arrived at the peer: in the batch, or in the kernel.
    var hasUnsent: Bool { !batch.isEmpty || TCPSocket.unsentBytes(number) > 0 }

    // MARK: Receiving

    /// The kernel has reported bytes, the end of the stream or a failure.
    /// - Parameter urgent: some of the bytes are urgent.
    func noteReadable(urgent: Bool) {
        mayHaveMore = true
        if urgent { mayBeUrgent = true }
    }

    /// Receives into the first `limit` bytes of the buffer.
    func receive(into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome {
        flush()
        let limit = min(limit, buffer.count)
        if ahead.isEmpty {
            guard readsAhead, !peek, limit <= ReceiveAhead.limit / 2 else {
                return receiveNow(into: &buffer, from: 0, limit: limit, peek: peek)
            }
            if let outcome = fill(frame: limit) { return outcome }
        }
        let count = ahead.copy(into: &buffer, limit: limit, removing: !peek)
        defer { if ahead.isEmpty, !readsAhead { ahead.release(to: buffers) } }
        guard count < limit, mayHaveMore else { return .received(count) }
        // What has arrived since belongs to the same bytes.
        if case .received(let more) = receiveNow(into: &buffer, from: count, limit: limit, peek: peek) {
            return .received(count + more)
        }
        return .received(count)
    }

    /// Receives ahead.
    /// - Parameter frame: the length of a frame: fewer bytes end the reading ahead.
    /// - Returns: the outcome when no bytes were received.
    private func fill(frame: Int) -> ReceiveOutcome? {
        var result = ReceiveResult.wouldBlock
        ahead.fill(from: buffers) { space in
            result = TCPSocket.receive(number, into: space, peek: false)
            if case .received(let count) = result { return count }
            return 0
        }
        noteReceived(result, of: ReceiveAhead.limit)
        readsAhead = ahead.count >= frame
        if !readsAhead { ahead.release(to: buffers) }
        return ahead.isEmpty ? outcome(result) : nil
    }

    /// Receives from the kernel, and goes on behind urgent data: as for any connection, fewer bytes than the limit mean that
    /// no more are there.
    private func receiveNow(into buffer: inout [UInt8], from start: Int, limit: Int, peek: Bool) -> ReceiveOutcome {
        var outcome = receiveOnce(into: &buffer, from: start, limit: limit, peek: peek)
        while !peek, mayBeUrgent, case .received(let count) = outcome, start + count < limit,
            case .received(let more) = receiveOnce(into: &buffer, from: start + count, limit: limit, peek: false)
        {
            outcome = .received(count + more)
        }
        return outcome
    }

    private func receiveOnce(into buffer: inout [UInt8], from start: Int, limit: Int, peek: Bool) -> ReceiveOutcome {
        let result = buffer.withUnsafeMutableBytes { bytes in
            TCPSocket.receive(number, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<limit]), peek: peek)
        }
        if !peek {
            noteReceived(result, of: limit - start)
            readsAhead = mayHaveMore && limit >= SendBatch.wholeFrame
        }
        return outcome(result)
    }

    /// A short count means that nothing is left, except before urgent data.
    private func noteReceived(_ result: ReceiveResult, of limit: Int) {
        hasSeenBytes = false
        if case .received(let count) = result {
            mayHaveMore = count == limit || mayBeUrgent
        } else {
            mayHaveMore = false
            mayBeUrgent = false
        }
    }

    private func outcome(_ result: ReceiveResult) -> ReceiveOutcome {
        switch result {
        case .received(let count): return .received(count)
        case .wouldBlock: return .nothing
        // Do not report a failed connection as ended: bytes may be missing.
        case .endOfFile: return hasFailed ? .reset : .closed
        case .failed:
            hasFailed = true
            return .reset
        }
    }

    /// The number of bytes that can be received now.
    var readableBytes: Int { ahead.count + TCPSocket.readableBytes(number) }

    /// Whether bytes can be received now.
    var hasReadableBytes: Bool {
        if !ahead.isEmpty || hasSeenBytes { return true }
        hasSeenBytes = mayHaveMore && TCPSocket.readableBytes(number) > 0
        return hasSeenBytes
    }

    /// Whether bytes were received ahead, which the kernel reports no more.
    var hasReceivedAhead: Bool { !ahead.isEmpty }

    /// The network has scheduled the end of the batch.
    var isScheduled = false
    /// The reactor reports room.
    var isWatchedForRoom = false
    /// The network has scheduled an event for bytes received ahead.
    var isReportScheduled = false

    /// Whether the peer may still send, or has sent bytes that are unread.
    var isOpen: Bool {
        flush()
        if !ahead.isEmpty || hasSeenBytes { return true }
        let result = withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
            outcome(TCPSocket.receive(number, into: $0, peek: true))
        }
        hasSeenBytes = result == .received(1)
        return hasSeenBytes || result == .nothing
    }
}
