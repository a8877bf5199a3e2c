import NINALink
import NINAWire
import TestSupport

/// A link that answers the library's commands as the recording answered WiFiNINA's.
///
/// A command gets the reply stated by the call's difference, otherwise the one that WiFiNINA got in this call,
/// otherwise one of an earlier call that this library did not use.
final class RecordedLink: Link {
    var now = MonotonicInstant(nanoseconds: 0)
    /// The commands of the current call.
    private(set) var sent: [[UInt8]] = []
    private var recorded: [(command: [UInt8], reply: [UInt8]?)] = []
    private var given: [[UInt8]] = []
    private var leftOver: [UInt8: [[UInt8]]] = [:]
    private var reply: [UInt8]?

    /// Begins a call.
    /// - Parameter replies: to commands that the recorded call sent differently or not at all, in order.
    func begin(_ call: WiFiNINAVector, replies: [String]) {
        sent = []
        recorded = call.mosi.indices.map { (Array(hex: call.mosi[$0]), call.miso[$0].map { Array(hex: $0) }) }
        given = replies.map { Array(hex: $0) }
    }

    /// Ends a call; unused replies may be used by a later one.
    func end() {
        for exchange in recorded {
            // These report a momentary state, not waiting bytes.
            guard let reply = exchange.reply, exchange.command[1] != Opcode.getClientState.byte else { continue }
            leftOver[exchange.command[1], default: []].append(reply)
        }
        recorded = []
    }

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        sent.append(frame)
        let opcode = frame[1]
        // Unread replies of a connection are dropped with it.
        if opcode == Opcode.stopClient.byte { leftOver[Opcode.getDatabuf.byte] = nil }
        if let position = given.firstIndex(where: { $0[1] == opcode | Frame.replyBit }) {
            reply = given.remove(at: position)
        } else if let position = recorded.firstIndex(where: { $0.command[1] == opcode }) {
            reply = recorded.remove(at: position).reply
        } else if leftOver[opcode]?.isEmpty == false {
            reply = leftOver[opcode]?.removeFirst()
        } else {
            reply = nil
        }
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        guard let reply else { throw LinkError(.timedOut, .reply) }
        return reply[...]
    }

    func interruptLevel() throws(LinkError) -> Bool { true }
    func reset(until deadline: MonotonicInstant) throws(LinkError) {}
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool { true }
    func sleep(until deadline: MonotonicInstant) throws(LinkError) { now = deadline }
    func close() {}
}
