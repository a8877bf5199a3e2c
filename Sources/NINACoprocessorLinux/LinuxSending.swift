import LinuxIO
import NINACoprocessor
import NINALink

// Sending on connections. A bounded send buffer is counted here by the bytes that the kernel has not transmitted, because
// the kernel's own bound (SO_SNDBUF) is a number of pages. What the peer's kernel has taken is not counted: on a loopback
// interface nothing but the delay of an acknowledgement separates the two.

extension LinuxNetwork {
    /// The time between two looks for room, in nanoseconds: the kernel reports room only for a buffer that it has found full.
    private static let roomInterval: UInt64 = 2_000_000

    func limitSendBuffer(_ socket: NetworkSocket, to bytes: Int) { entry(socket)?.sendBuffer = bytes }

    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let entry = entry(socket) else { return nil }
        var bytes = bytes
        if let sendBuffer = entry.sendBuffer {
            // Without room the kernel is still asked, with no bytes, whether the connection is there.
            bytes = bytes.prefix(max(0, sendBuffer - TCPSocket.untransmittedBytes(entry.number)))
        }
        switch bytes.withUnsafeBytes({ TCPSocket.send(entry.number, $0) }) {
        case .sent(let count): return count
        case .wouldBlock: return 0
        case .failed: return nil
        }
    }

    func notifyWhenWritable(_ socket: NetworkSocket) {
        guard let entry = entry(socket), !entry.awaitsRoom else { return }
        entry.awaitsRoom = true
        guard entry.sendBuffer == nil else { return scheduleLook() }
        do throws(LinuxError) {
            try reactor.modify(entry.registration, interest: [.readable, .writable, .edgeTriggered])
        } catch {
            log(.error, "a connection cannot be watched: \(error)")
        }
    }

    func notifyWhenReadable(_ socket: NetworkSocket) {
        guard let entry = entry(socket) else { return }
        // Setting the interest again re-arms the edge for bytes already present.
        let interest: Interest =
            entry.awaitsRoom && entry.sendBuffer == nil
            ? [.readable, .writable, .edgeTriggered] : [.readable, .edgeTriggered]
        try? reactor.modify(entry.registration, interest: interest)
    }

    private func scheduleLook() {
        guard roomTimer == nil else { return }
        roomTimer = reactor.schedule(at: MonotonicClock.nanoseconds() + Self.roomInterval, handler: self)
    }

    /// Reports the connections that have room.
    func timerFired(token: UInt64) {
        roomTimer = nil
        for (socket, entry) in entries where entry.awaitsRoom {
            guard let limit = entry.sendBuffer, TCPSocket.untransmittedBytes(entry.number) < limit else { continue }
            entry.awaitsRoom = false
            observer?.networkEvent(.writable(socket))
        }
        if entries.values.contains(where: { $0.awaitsRoom && $0.sendBuffer != nil }) { scheduleLook() }
    }
}
