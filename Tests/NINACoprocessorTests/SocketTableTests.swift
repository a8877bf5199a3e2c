import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(5))) struct SocketTableTests {
    private func at(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func reservesTheLowestFree() {
        var table = SocketTable(count: 4)
        #expect(table.reserve(at: at(0)) == 0)
        #expect(table.reserve(at: at(0)) == 1)
        #expect(table.reserve(at: at(0)) == 2)
        table.release(1)
        #expect(table.reserve(at: at(0)) == 1)
        #expect(table.reserve(at: at(0)) == 3)
        #expect(table.reserve(at: at(0)) == nil)
        #expect(!table.hasRoom(at: at(0)))
    }

    @Test func takesTheOldestReservationAfterOneSecond() {
        var table = SocketTable(count: 3)
        table.take(0, as: .client)
        #expect(table.reserve(at: at(10)) == 1)
        #expect(table.reserve(at: at(5)) == 2)
        #expect(table.available(at: at(1004)) == nil)
        #expect(table.available(at: at(1005)) == 2)
        #expect(table.available(at: at(1010)) == 2)
        #expect(table.nextExpiry(after: at(0)) == at(1005))
        #expect(table.nextExpiry(after: at(1005)) == at(1010))
        #expect(table.nextExpiry(after: at(1010)) == nil)
        #expect(table.hasRoom(at: at(1005)))
        // Its age starts again.
        #expect(table.reserve(at: at(1010)) == 2)
        #expect(table.available(at: at(1010)) == 1)
        #expect(table.reserve(at: at(1011)) == 1)
        #expect(table.reserve(at: at(1012)) == nil)
        #expect(table.reserve(at: at(2010)) == 2)
    }

    @Test func prefersTheLowerOfTwoReservationsOfOneAge() {
        var table = SocketTable(count: 2)
        _ = table.reserve(at: at(0))
        _ = table.reserve(at: at(0))
        #expect(table.available(at: at(1000)) == 0)
    }

    @Test func prefersAFreeSlotToAnOldReservation() {
        var table = SocketTable(count: 2)
        _ = table.reserve(at: at(0))
        #expect(table.available(at: at(100_000)) == 1)
    }

    @Test func aNewUseOfASlotStartsAfresh() {
        var table = SocketTable(count: 2)
        for use in [Slot.Use.client, .server, .free, .connecting, .reserved] {
            table.slots[0].held = [1, 2, 3]
            table.take(0, as: use)
            #expect(table.slots[0].held.isEmpty)
            #expect(table.slots[0].use == use)
        }
        #expect(table.slots[1].use == .free)
    }

    @Test func findsSlotsByNumberAndBySocket() {
        var table = SocketTable(count: 2)
        #expect(table.index(SocketNumber(rawValue: 1)) == 1)
        #expect(table.index(SocketNumber(rawValue: 2)) == nil)
        #expect(table.index(.unavailable) == nil)
        #expect(table.index(of: .invalid) == nil)
        table.take(1, as: .client)
        table.slots[1].socket = NetworkSocket(rawValue: 7)
        #expect(table.index(of: NetworkSocket(rawValue: 7)) == 1)
        table.release(1)
        #expect(table.index(of: NetworkSocket(rawValue: 7)) == nil)
    }

    // MARK: Turns

    /// A server in slot 0, listed clients in slots 1 to 3.
    private func listed() -> SocketTable {
        var table = SocketTable(count: 5)
        table.take(0, as: .server)
        for index in 1...3 {
            table.take(index, as: .client)
            table.slots[index].origin = .available
            table.slots[index].server = 0
        }
        return table
    }

    @Test func keepsTheClientWhoseTurnItIs() {
        var table = listed()
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
        table.slots[2].hasUnread = true
        table.slots[1].hasUnread = true
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(1))
        table.slots[0].turn = 2
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
        table.slots[0].readInTurn = SocketTable.turnLength - 1
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
        table.slots[0].readInTurn = SocketTable.turnLength
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(1))
        table.slots[3].hasUnread = true
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(3))
        table.slots[1].hasUnread = false
        table.slots[3].hasUnread = false
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
    }

    @Test func putsWaitingClientsBetweenTheLastSlotAndTheFirst() {
        var table = listed()
        let remote = Endpoint.unspecified
        table.slots[0].waiting = [
            WaitingClient(socket: NetworkSocket(rawValue: 8), remote: remote, hasUnread: false),
            WaitingClient(socket: NetworkSocket(rawValue: 9), remote: remote, hasUnread: true),
        ]
        #expect(table.next(ofServer: 0, canHandOut: true) == .waiting(1))
        #expect(table.next(ofServer: 0, canHandOut: false) == nil)
        table.slots[0].turn = 2
        table.slots[1].hasUnread = true
        #expect(table.next(ofServer: 0, canHandOut: true) == .waiting(1))
        #expect(table.next(ofServer: 0, canHandOut: false) == .slot(1))
        table.slots[3].hasUnread = true
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(3))
    }

    @Test func neverNamesClientsOfOthers() {
        var table = listed()
        for index in 1...3 { table.slots[index].hasUnread = true }
        table.slots[1].origin = .accepted
        table.slots[2].origin = .connected
        table.slots[3].server = 4
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
        table.slots[0].turn = 1
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
    }

    @Test func clientsThatWaitTakeNoSlotButAreBounded() {
        var table = SocketTable(count: 2)
        table.take(0, as: .server)
        let client = WaitingClient(socket: NetworkSocket(rawValue: 9), remote: .unspecified, hasUnread: false)
        table.slots[0].waiting = Array(repeating: client, count: SocketTable.waitingLimit - 1)
        #expect(table.hasRoom(at: at(0)))
        table.slots[0].waiting.append(client)
        #expect(!table.hasRoom(at: at(0)))
    }
}
