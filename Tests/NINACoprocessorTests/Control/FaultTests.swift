import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct FaultTests {
    private let bench: DeviceHarness
    private let status: [UInt8] = [0xE0, 0x20, 0x00, 0xEE]
    private let answer: [UInt8] = [0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE, 0x00, 0x00]

    init() throws { bench = try DeviceHarness() }

    private func add(_ kind: Fault.Kind, _ trigger: Fault.Trigger = .always) throws {
        try bench.device.apply(.addFault(Fault(id: "x", kind, trigger)), at: bench.now)
    }

    private func remove() throws { try bench.device.apply(.removeAllFaults, at: bench.now) }

    private var fired: Int { bench.device.report(at: bench.now).faults.first?.fired ?? 0 }

    // MARK: Triggers

    @Test func aCount() throws {
        try add(.replyLost, .count(2))
        #expect([bench.start(status), bench.start(status), bench.start(status)] == [[], [], answer])
        #expect(bench.device.report(at: bench.now).faults.map(\.remaining) == [0])
        #expect(fired == 2)
    }

    @Test func aCommand() throws {
        try add(.replyLost, .command(.getConnStatus, count: 1))
        #expect(try bench.getSocket() == 0)
        #expect(bench.start(status) == [])
        #expect(bench.start(status) == answer)
    }

    @Test func aProbabilityIsTheSameWithTheSameSeed() throws {
        func run(_ seed: UInt64) throws -> [Bool] {
            try add(.replyLost, .probability(0.25, seed: seed))
            return (0..<400).map { _ in bench.start(status) == [] }
        }
        let first = try run(1)
        #expect((70...130).contains(first.count { $0 }))
        #expect(try run(1) == first)
        #expect(try run(2) != first)
        #expect(try !run(3).isEmpty)
        try add(.replyLost, .probability(0, seed: 1))
        #expect(bench.start(status) == answer)
        try add(.replyLost, .probability(1, seed: 1))
        #expect(bench.start(status) == [])
    }

    @Test func theyOutliveResetsAndAreReported() throws {
        var events: [ModuleEvent] = []
        bench.device.onEvent = { if case .faultFired = $0 { events.append($0) } }
        try add(.replyLost)
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(bench.start(status) == [])
        #expect(events == [.faultFired(id: "x")])
        #expect(bench.device.report(at: bench.now).counters.faults == 1)
        try bench.device.apply(.removeFault(id: "x"), at: bench.now)
        #expect(bench.start(status)?.count == 8)
    }

    // MARK: The link

    @Test func aReplyComesLate() throws {
        try add(.replyLate(.milliseconds(50)), .count(1))
        #expect(bench.start(status) == nil)
        #expect(bench.device.nextDeadline == bench.now.advanced(by: .milliseconds(50)))
        bench.pass(.milliseconds(49))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        #expect(bench.finish() == answer)
        #expect(bench.start(status) == answer)
        #expect(bench.device.nextDeadline == nil)
    }

    @Test func aReplyThatWaitsComesLaterStill() throws {
        try add(.replyLate(.milliseconds(50)), .count(1))
        #expect(bench.start([0xE0, 0x27, 0x00, 0xEE]) == nil)
        bench.pass(.milliseconds(30))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(49))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        #expect(bench.finish()?.prefix(3) == [0xE0, 0xA7, 0x02])
    }

    @Test func aReplyIsWrongOrCut() throws {
        try add(.replyWrong, .count(1))
        #expect(bench.start(status)?[1] == 0xA1)
        try add(.replyCut(3), .count(1))
        #expect(bench.start(status) == [0xE0, 0xA0, 0x01])
        #expect(bench.start(status) == answer)
    }

    @Test func readyStaysHighUntilTheFaultIsRemoved() throws {
        try add(.readyHigh, .count(1))
        #expect(bench.start(status) == nil)
        bench.pass(.seconds(100))
        #expect(bench.finish() == nil)
        #expect(bench.device.nextDeadline == nil)
        try remove()
        #expect(bench.finish() == answer)
        #expect(bench.start(status) == answer)
    }

    @Test func aResetEndsIt() throws {
        try add(.readyHigh, .count(1))
        #expect(bench.start(status) == nil)
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(bench.finish() == nil)
        #expect(bench.start(status)?[4] == 0)
    }

    @Test func readyIsLowTooEarly() throws {
        try add(.readyLow, .count(1))
        #expect(bench.start(status) == [])
        // This window clocks the reply out.
        let join: [UInt8] = DeviceHarness.window(0x10, [Array("open-net".utf8)])
        #expect(bench.start(join) == [])
        #expect(try bench.status() == 3)
    }

    @Test func windowsAreLostWhileTheCommandRuns() throws {
        try add(.readyLow, .command(.scanNetworks, count: 1))
        #expect(bench.start([0xE0, 0x27, 0x00, 0xEE]) == [])
        #expect(bench.start(status) == [])
        bench.pass(.milliseconds(30))
        #expect(bench.device.nextDeadline == nil)
        #expect(bench.start(status) == [])
        #expect(bench.start(status) == answer)
    }

    @Test func irqIsStuck() throws {
        #expect(!bench.device.interrupt)
        try add(.interruptStuck(true))
        #expect(bench.device.interrupt && bench.device.status.interrupt && fired == 1)
        try add(.interruptStuck(false))
        let server = try bench.server()
        let (_, peer) = try bench.acceptedClient(server)
        peer.send([1])
        #expect(!bench.device.interrupt)
        try remove()
        #expect(bench.device.interrupt)
        #expect(throws: ChangeError.self) { try add(.interruptStuck(true), .count(1)) }
    }

    @Test func aBitOfTheWindowIsFlipped() throws {
        try add(.windowBit, .count(100))
        // A bit of four bytes: the opcode, the start, the count or the end.
        let replies = (0..<100).map { _ in bench.start(status) }
        #expect(replies.contains { $0 == [0xEF, 0x00, 0xEE, 0x00] })
        #expect(replies.contains { $0 != answer })
        #expect(fired == 100)
    }

    @Test func aBrownOutLosesTheCommand() throws {
        _ = try bench.server()
        try add(.brownOut, .command(.getConnStatus, count: 1))
        #expect(bench.start(status) == nil)
        #expect(bench.device.status.restarts == 1)
        #expect(bench.network.openSockets == 0)
        #expect(bench.start(status)?[4] == 0)
        #expect(bench.device.report(at: bench.now).boots == 2)
    }

    // MARK: Seams

    @Test func namesAreNotFound() throws {
        bench.network.hosts = ["host": DeviceHarness.outside]
        try add(.nameLookupFails, .count(2))
        #expect(try bench.byte(0x34, Array("host".utf8)) == 0)
        #expect(try !bench.connect(bench.getSocket(), to: 99, name: "host"))
        #expect(try bench.byte(0x34, Array("host".utf8)) == 1)
        // An address is no name.
        try add(.nameLookupFails)
        #expect(try bench.byte(0x34, Array("10.0.0.1".utf8)) == 1)
        #expect(fired == 0)
    }

    @Test func peersResetConnections() throws {
        let server = try bench.server()
        let (client, peer) = try bench.acceptedClient(server)
        let waiting = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let (socket, other) = try bench.connected(99)
        peer.send([1, 2, 3])
        try add(.connectionReset, .command(.sendData, count: 1))
        #expect(try bench.state(client) == 4)
        #expect(try bench.send(client, [1]) == 0)
        #expect(peer.wasReset && waiting.wasReset && other.wasReset)
        #expect(try bench.state(client) == 0)
        #expect(try bench.receive(socket) == [])
        #expect(try bench.errno() == BSDError.reset.rawValue)
        #expect(try bench.listens(server))
        // It drops the client that waited.
        #expect(try bench.available(server) == 255)
        let next = try bench.acceptedClient(server)
        #expect(try bench.send(next.0, [1]) == 1)
    }

    @Test func storageIsFull() throws {
        let harness = try StorageHarness()
        let fault = Fault(id: "full", .storageFull, .count(1))
        try harness.bench.device.apply(.addFault(fault), at: harness.bench.now)
        let write = Array(hex: "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 'a' | EE")
        let failed = try harness.bench.exchange(write)
        #expect(harness.storage.files.isEmpty && harness.log.contains("there is no room"))
        #expect(try harness.bench.exchange(write) != failed)
        #expect(try harness.file("a") == [0x61])
        #expect(harness.bench.device.nextDeadline == nil)
    }

    @Test func handshakesFail() throws {
        let harness = try SecureHarness()
        let fault = Fault(id: "tls", .tlsFails, .count(1))
        try harness.bench.device.apply(.addFault(fault), at: harness.bench.now)
        #expect(harness.bench.start(DeviceHarness.connectWindow(0, to: 443, name: "box", type: 2)) == nil)
        #expect(harness.bench.finish() != nil)
        #expect(try harness.bench.state(0) == 0)
        #expect(harness.lines.contains { $0.contains("a fault on purpose") })
        _ = try harness.connect()
    }
}
