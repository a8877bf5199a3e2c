import NINALink
import TestSupport

/// A stream whose other end is a script: bytes, and when they arrive. Waiting advances its clock.
final class ScriptedStream: MessageStream {
    private(set) var now = MonotonicInstant(nanoseconds: 0)
    /// The bytes sent, one element for each send.
    private(set) var sent: [[UInt8]] = []
    private(set) var isClosed = false
    /// The other end reads nothing, and there is no room.
    var isFull = false
    /// Arrives with each receive when nothing else does, each time a microsecond later.
    var storm: [UInt8] = []
    private var script: [(at: UInt64, bytes: [UInt8])] = []

    /// Schedules bytes to arrive after this many milliseconds.
    func arrive(after milliseconds: UInt64 = 0, _ bytes: [UInt8]) {
        script.append((now.nanoseconds + milliseconds * 1_000_000, bytes))
    }

    /// Schedules the greeting and the first QUEUED.
    func arriveBoot() {
        arrive(Array(hex: "81 00 0005 'NINA' 01"))
        arriveQueued([], isReply: false)
    }

    func arriveQueued(
        after milliseconds: UInt64 = 0, _ payload: [UInt8], isReply: Bool = true, interrupt: Bool = false,
        boots: Int = 1
    ) {
        let flags = QueuedFlags(interrupt: interrupt, isReply: isReply, boots: boots).rawValue
        arrive(after: milliseconds, LinkMessage.bytes(.queued, flags: flags, payload: payload))
    }

    func arriveInterrupt(after milliseconds: UInt64 = 0, _ level: Bool) {
        arrive(after: milliseconds, [LinkMessage.Kind.interrupt.rawValue, level ? 1 : 0, 0, 0])
    }

    func send(_ output: inout ByteQueue, until deadline: MonotonicInstant) throws(LinkError) {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        guard !isFull else {
            now = max(now, deadline)
            throw LinkError(.timedOut, .transfer)
        }
        sent.append(output.bytes)
        output.removeAll()
    }

    func receive(into buffer: inout MessageBuffer, until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        guard !isClosed else { throw LinkError(.closed, .transfer) }
        let limit = max(now, deadline)
        guard let next = script.first, next.at <= limit.nanoseconds else {
            if !storm.isEmpty {
                now = now.advanced(byNanoseconds: 1000)
                buffer.append(storm)
                return true
            }
            now = limit
            return false
        }
        now = max(now, MonotonicInstant(nanoseconds: next.at))
        buffer.append(script.removeFirst().bytes)
        return true
    }

    func close() { isClosed = true }
}

/// The instant this many milliseconds after another.
func after(_ milliseconds: UInt64, _ start: MonotonicInstant) -> MonotonicInstant {
    start.advanced(byNanoseconds: milliseconds * 1_000_000)
}
