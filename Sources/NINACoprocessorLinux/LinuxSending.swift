import LinuxIO
import NINACoprocessor
import NINALink

// Sending on connections. A bounded send buffer is counted here by the bytes that the kernel has not transmitted, because
// the kernel's own bound (SO_SNDBUF) is a number of pages. What the peer's kernel has taken is not counted: on a loopback
// interface nothing but the delay of an acknowledgement separates the two.

extension LinuxNetwork: BatchOwner {
    /// The time between two looks for room, in nanoseconds: the kernel reports room only for a buffer that it has found full.
    private static let roomInterval: UInt64 = 2_000_000

    func limitSendBuffer(_ socket: NetworkSocket, to bytes: Int) { entry(socket)?.stream?.sendBuffer = bytes }

    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let entry = entry(socket), let stream = entry.stream else { return nil }
        let count = stream.send(bytes)
        if !stream.isScheduled, let deadline = stream.batchDeadline { schedule(socket, stream, deadline) }
        if stream.isStuck { watch(entry, stream) }
        return count
    }

    func joinsBatch(_ socket: NetworkSocket, count: Int) -> Bool { entry(socket)?.stream?.joinsBatch(count) ?? false }

    // MARK: Room

    func notifyWhenWritable(_ socket: NetworkSocket) {
        guard let entry = entry(socket), let stream = entry.stream, !stream.awaitsRoom else { return }
        stream.awaitsRoom = true
        guard stream.sendBuffer == nil else { return scheduleLook() }
        watch(entry, stream)
    }

    func notifyWhenReadable(_ socket: NetworkSocket) {
        guard let entry = entry(socket), let stream = entry.stream else { return }
        guard stream.hasReceivedAhead else { return watch(entry, stream, rearming: true) }
        // The kernel has nothing to report.
        guard !stream.isReportScheduled else { return }
        stream.isReportScheduled = true
        _ = reactor.schedule(at: 0, handler: self, token: UInt64(socket.rawValue))
    }

    /// Has the kernel report room if the connection needs it.
    /// - Parameter rearming: report what is already there once more.
    func watch(_ entry: Entry, _ stream: LinuxStream, rearming: Bool = false) {
        let needsRoom = stream.needsRoom
        guard rearming || needsRoom != stream.isWatchedForRoom else { return }
        do throws(LinuxError) {
            try reactor.modify(
                entry.registration,
                interest: needsRoom ? LinuxStream.interest.union(.writable) : LinuxStream.interest)
            stream.isWatchedForRoom = needsRoom
        } catch {
            log(.error, "a connection cannot be watched: \(error)")
        }
    }

    /// The kernel takes bytes again.
    func roomCame(_ socket: NetworkSocket, _ entry: Entry, _ stream: LinuxStream) {
        stream.flush()
        let isReported = stream.awaitsRoom && stream.hasRoom
        if isReported { stream.awaitsRoom = false }
        watch(entry, stream)
        if isReported { observer?.networkEvent(.writable(socket)) }
    }

    private func scheduleLook() {
        guard roomTimer == nil else { return }
        roomTimer = reactor.schedule(at: MonotonicClock.nanoseconds() + Self.roomInterval, handler: self)
    }

    /// Reports the connections that have room, or the one that has bytes received ahead.
    func timerFired(token: UInt64) {
        guard token == 0 else {
            let socket = NetworkSocket(rawValue: UInt32(truncatingIfNeeded: token))
            guard let stream = entry(socket)?.stream else { return }
            stream.isReportScheduled = false
            observer?.networkEvent(.readable(socket))
            return
        }
        roomTimer = nil
        for socket in waitingForRoom {
            // An event for one connection may close another.
            guard let stream = entry(socket)?.stream, stream.awaitsRoom, stream.hasRoom else { continue }
            stream.awaitsRoom = false
            observer?.networkEvent(.writable(socket))
        }
        if !waitingForRoom.isEmpty { scheduleLook() }
    }

    /// The connections that wait for room in a bounded send buffer.
    private var waitingForRoom: [NetworkSocket] {
        entries.compactMap { socket, entry in
            guard let stream = entry.stream, stream.awaitsRoom, stream.sendBuffer != nil else { return nil }
            return socket
        }
    }

    // MARK: Batches

    private func schedule(_ socket: NetworkSocket, _ stream: LinuxStream, _ deadline: UInt64) {
        guard environment.batches.schedule(self, at: deadline) else { return stream.flush() }
        stream.isScheduled = true
        batched.append(socket)
    }

    /// Sends the batches that are due.
    func flushBatches(at now: UInt64) -> UInt64? {
        // What the device holds joins the batch before that leaves. An event may change the list.
        for socket in batched where entry(socket)?.stream?.takeJoined(at: now) ?? false {
            observer?.networkEvent(.batchDue(socket))
        }
        var next: UInt64?
        batched.removeAll { socket in
            guard let entry = entry(socket), let stream = entry.stream else { return true }
            if let deadline = stream.batchDeadline, deadline <= now { stream.flush() }
            if stream.isStuck { watch(entry, stream) }
            guard let deadline = stream.batchDeadline else {
                stream.isScheduled = false
                return true
            }
            next = min(next ?? deadline, deadline)
            return false
        }
        return next
    }
}
