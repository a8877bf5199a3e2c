import NINALink
import NINAWire
import Testing

@testable import WiFiNINA

/// What happens to a socket, without a module.
@Suite(.timeLimit(.minutes(10))) struct SocketStateTests {
    private static let now = MonotonicInstant(nanoseconds: 7)

    private static func client() -> SocketState {
        var state = SocketState()
        state.open(as: .client, at: now)
        return state
    }

    @Test func bytesAreTakenInOrder() {
        var state = Self.client()
        state.buffer([1, 2, 3, 4, 5, 6])
        let first = state.takeByte()
        var buffer: [UInt8] = [9, 9, 9]
        let count = state.take(into: &buffer, at: 1)
        let next = state.take(1)
        var rest = ReadAhead()
        state.takeAll(to: &rest)
        let none = state.takeByte()
        #expect(first == 1 && count == 2 && buffer == [9, 2, 3] && next == [4] && none == nil)
        #expect(Array(rest.bytes) == [5, 6])
        #expect(state.quantum.taken == 6)
    }

    /// Both sides count what the chip has sent; a new turn counts what was read while looking for it.
    @Test func aTurnIsOverAfterSoManyBytes() {
        var state = Self.client()
        state.recordReceived(Quantum.limit - 1)
        #expect(!state.quantum.isOver)
        state.recordReceived(1)
        #expect(state.quantum.isOver)
        state.beginTurn(read: 10)
        #expect(state.quantum.read == 10 && !state.quantum.isOver)
        // The program may take one frame more, which the library had buffered before.
        state.recordTaken(Quantum.limit + Frame.longestReceive - 1)
        #expect(!state.quantum.isOver)
        state.recordTaken(1)
        #expect(state.quantum.isOver)
    }

    @Test func nothingButTheGenerationOutlivesAConnection() {
        var state = Self.client()
        let generation = state.generation
        state.buffer([1])
        state.markGap(.input)
        state.markNews()
        state.markGone()
        state.assign(to: ServerID(rawValue: 1))
        state.recordOrigin(ServerID(rawValue: 1))
        state.recordQuery(at: Self.now)
        state.rest(until: Self.now)
        state.recordReceived(1)
        state.close()
        let zero = MonotonicInstant(nanoseconds: 0)
        #expect(state.generation == generation + 1)
        #expect(!state.isOpen && state.stream == .open && state.gaps.isEmpty && !state.hasNews && state.ahead.isEmpty)
        #expect(state.server == nil && state.origin == nil && state.quantum.read == 0)
        #expect(state.pace.usedAt == zero && state.pace.askedAt == zero && state.pace.restsUntil == zero)
    }

    /// The port of the other end tells one connection of a slot from the next.
    @Test func anotherPortIsAnotherConnection() {
        var state = Self.client()
        let known = [state.recordRemotePort(80), state.recordRemotePort(80), state.recordRemotePort(81)]
        #expect(known == [true, true, false])
    }
}
