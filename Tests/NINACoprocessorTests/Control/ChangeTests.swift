import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ChangeTests {
    @Test func pinsAndTime() throws {
        let bench = try DeviceHarness()
        try bench.device.apply(.pin(7, level: true), at: bench.now)
        try bench.device.apply(.analog(3, value: 4095), at: bench.now)
        #expect(try bench.byte(0x53, [7]) == 1)
        #expect(try bench.byte(0x54, [3]) == 4095)
        #expect(bench.device.report(at: bench.now).pins.map(\.number) == [3, 7])
        try bench.device.apply(.pin(7, level: nil), at: bench.now)
        #expect(try bench.byte(0x53, [7]) == 0)
        try bench.device.apply(.time(1_700_000_000), at: bench.now)
        bench.pass(.seconds(5))
        #expect(try bench.byte(0x3B) == 1_700_000_005)
        #expect(bench.device.report(at: bench.now).time == 1_700_000_005)
        try bench.device.apply(.time(nil), at: bench.now)
        #expect(try bench.byte(0x3B) == 0)
    }

    @Test(arguments: [
        (
            Change.signal(ssid: Array("lab".utf8), rssi: -50),
            "signal.ssid: expected 'lab-net' or 'open-net', got 'lab'"
        ),
        (.signal(ssid: Array("lab-net".utf8), rssi: 1), "signal.rssi: expected -127 to 0 dBm, got 1"),
        (.failJoins(ssid: Array("lab-net".utf8), reason: 0), "failJoins.reason: expected 1 to 255, or none, got 0"),
        (.analog(1, value: 4096), "analog.value: expected 0 to 4095, got 4096"),
        (.removeFault(id: "x"), "removeFault.id: expected a fault, there is none, got 'x'"),
        (.addFault(Fault(id: "", .replyLost)), "addFault.id: expected 1 to 64 bytes, got 0"),
        (.addFault(Fault(id: "a", .replyLost, .count(0))), "addFault.trigger: expected a count from 1, got 0"),
        (
            .addFault(Fault(id: "a", .replyLost, .probability(1.5, seed: 1))),
            "addFault.trigger: expected a probability of 0 to 1, got 1.5"
        ),
        (.addFault(Fault(id: "a", .replyCut(4093))), "addFault.kind: expected 0 to 4092 bytes, got 4093"),
        (.joinDelay(.seconds(-1)), "joinDelay: expected 0 to 3600 seconds, got -1.0 seconds"),
    ])
    func whatCannotBe(_ change: Change, _ text: String) throws {
        let bench = try DeviceHarness()
        let before = bench.device.report(at: bench.now)
        let error = #expect(throws: ChangeError.self) { try bench.device.apply(change, at: bench.now) }
        #expect(error?.description == text)
        #expect(bench.device.report(at: bench.now) == before)
    }

    @Test func aBrownOutStartsTheModuleAgain() throws {
        let bench = try DeviceHarness()
        var session = DeviceSession(device: bench.device)
        session.start(at: bench.now)
        session.output.removeFirst(session.output.count)
        _ = try bench.server()
        try bench.device.apply(.reset, at: bench.now)
        session.update(at: bench.now)
        #expect(bench.network.openSockets == 0)
        #expect(session.boots == 2)
        // QUEUED: a command is expected, boots 2. Once.
        #expect(session.output.withUnsafeBytes { Array($0) } == [0x82, 0x08, 0, 0])
        session.update(at: bench.now)
        #expect(session.output.count == 4)
        #expect(try bench.status() == 0)
        bench.device.halt(at: bench.now)
        #expect(throws: ChangeError.self) { try bench.device.apply(.reset, at: bench.now) }
    }

    @Test func eventsAreReported() throws {
        let bench = try DeviceHarness(joined: false)
        var events: [ModuleEvent] = []
        bench.device.onEvent = { events.append($0) }
        try bench.join()
        try bench.device.apply(.removeNetwork(ssid: Array("lab-net".utf8)), at: bench.now)
        let name = Array("lab-net".utf8)
        #expect(
            events == [
                .command(.setPassphrase), .joined(ssid: name), .command(.getConnStatus), .left(ssid: name, reason: 200),
                .changed(.removeNetwork(ssid: name)),
            ])
    }
}
