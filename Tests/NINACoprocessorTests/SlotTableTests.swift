import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct SlotTableTests {
    private func at(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func reservesTheLowestFree() {
        var table = SlotTable(count: 4)
        #expect(table.reserve(at: at(0)) == 0)
        #expect(table.reserve(at: at(0)) == 1)
        #expect(table.reserve(at: at(0)) == 2)
        table[1] = .free
        #expect(table.reserve(at: at(0)) == 1)
        #expect(table.reserve(at: at(0)) == 3)
        #expect(table.reserve(at: at(0)) == nil)
        #expect(!table.hasRoom(at: at(0)))
    }

    @Test func takesTheOldestReservationAfterOneSecond() {
        var table = SlotTable(count: 3)
        table[0] = client(9)
        #expect(table.reserve(at: at(10)) == 1)
        #expect(table.reserve(at: at(5)) == 2)
        #expect(table.available(at: at(1004)) == nil)
        #expect(table.available(at: at(1005)) == 2)
        #expect(table.available(at: at(1010)) == 2)
        #expect(table.nextExpiry(after: at(0)) == at(1005))
        #expect(table.nextExpiry(after: at(1005)) == at(1010))
        #expect(table.nextExpiry(after: at(1010)) == nil)
        #expect(table.hasRoom(at: at(1005)))
        // The reservation's age starts again.
        #expect(table.reserve(at: at(1010)) == 2)
        #expect(table.available(at: at(1010)) == 1)
        #expect(table.reserve(at: at(1011)) == 1)
        #expect(table.reserve(at: at(1012)) == nil)
        #expect(table.reserve(at: at(2010)) == 2)
    }

    @Test func prefersTheLowerOfTwoReservationsOfOneAge() {
        var table = SlotTable(count: 2)
        _ = table.reserve(at: at(0))
        _ = table.reserve(at: at(0))
        #expect(table.available(at: at(1000)) == 0)
    }

    @Test func prefersAFreeSlotToAnOldReservation() {
        var table = SlotTable(count: 2)
        _ = table.reserve(at: at(0))
        #expect(table.available(at: at(100_000)) == 1)
    }

    @Test func findsSlotsByNumberAndBySocket() {
        var table = SlotTable(count: 2)
        #expect(table.index(SocketNumber(rawValue: 1)) == 1)
        #expect(table.index(SocketNumber(rawValue: 2)) == nil)
        #expect(table.index(.unavailable) == nil)
        #expect(table.index(of: .invalid) == nil)
        table[1] = client(7)
        #expect(table.index(of: NetworkSocket(rawValue: 7)) == 1)
        table[1] = .free
        #expect(table.index(of: NetworkSocket(rawValue: 7)) == nil)
    }

    // MARK: Quanta

    /// A server in slot 0, listed clients in slots 1 to 3.
    private func listed() -> SlotTable {
        var table = SlotTable(count: 5)
        table[0] = .server(Server(socket: NetworkSocket(rawValue: 1), port: 80))
        for index in 1...3 { table[index] = client(UInt32(10 + index)) }
        return table
    }

    private func client(_ socket: UInt32, _ origin: Client.Origin = .available, server: Int = 0) -> Slot {
        .client(Client(connection: connection(socket), origin: origin, server: server))
    }

    private func connection(_ socket: UInt32, hasUnread: Bool = false) -> Connection {
        Connection(socket: NetworkSocket(rawValue: socket), remote: .unspecified, hasUnread: hasUnread)
    }

    @Test func keepsTheCurrentClient() {
        var table = listed()
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
        table.updateClient(2) { $0.connection.hasUnread = true }
        table.updateClient(1) { $0.connection.hasUnread = true }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(1))
        table.updateServer(0) { $0.current = 2 }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
        table.updateServer(0) { $0.bytesInQuantum = SlotTable.quantum - 1 }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
        table.updateServer(0) { $0.bytesInQuantum = SlotTable.quantum }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(1))
        table.updateClient(3) { $0.connection.hasUnread = true }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(3))
        table.updateClient(1) { $0.connection.hasUnread = false }
        table.updateClient(3) { $0.connection.hasUnread = false }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(2))
    }

    @Test func putsWaitingClientsBetweenTheLastSlotAndTheFirst() {
        var table = listed()
        table.updateServer(0) { $0.waiting = [connection(8), connection(9, hasUnread: true)] }
        #expect(table.next(ofServer: 0, canHandOut: true) == .waiting(1))
        #expect(table.next(ofServer: 0, canHandOut: false) == nil)
        table.updateServer(0) { $0.current = 2 }
        table.updateClient(1) { $0.connection.hasUnread = true }
        #expect(table.next(ofServer: 0, canHandOut: true) == .waiting(1))
        #expect(table.next(ofServer: 0, canHandOut: false) == .slot(1))
        table.updateClient(3) { $0.connection.hasUnread = true }
        #expect(table.next(ofServer: 0, canHandOut: true) == .slot(3))
    }

    @Test func neverNamesClientsOfOthers() {
        var table = listed()
        table[1] = client(11, .accepted)
        table[2] = client(12, .connected)
        table[3] = client(13, server: 4)
        for index in 1...3 { table.updateClient(index) { $0.connection.hasUnread = true } }
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
        table.updateServer(0) { $0.current = 1 }
        #expect(table.next(ofServer: 0, canHandOut: true) == nil)
    }

    @Test func clientsThatWaitTakeNoSlotButAreBounded() {
        var table = SlotTable(count: 2)
        table[0] = .server(Server(socket: NetworkSocket(rawValue: 1), port: 80))
        table.updateServer(0) { $0.waiting = Array(repeating: connection(9), count: SlotTable.waitingLimit - 1) }
        #expect(table.hasRoom(at: at(0)))
        table.updateServer(0) { $0.waiting.append(connection(9)) }
        #expect(!table.hasRoom(at: at(0)))
    }

    @Test func aPayloadIsChangedInPlace() throws {
        var table = SlotTable(count: 1)
        table[0] = .datagram(Datagram(socket: NetworkSocket(rawValue: 1), port: 7, group: nil))
        table.updateDatagram(0) { $0.outgoing.reserveCapacity(4096) }
        func buffer() -> UnsafeRawPointer? {
            table[0].datagram?.outgoing.withUnsafeBytes { $0.baseAddress }
        }
        let before = try #require(buffer())
        for byte in 0..<1000 { table.updateDatagram(0) { $0.outgoing.append(UInt8(truncatingIfNeeded: byte)) } }
        #expect(buffer() == before)
        // Changing a slot as another kind has no effect.
        table.updateClient(0) { $0.connection.hasUnread = true }
        #expect(table[0].datagram?.outgoing.count == 1000)
    }
}
