import NINACoprocessor
import NINALink
import TestSupport
import Testing

/// Each fault of the wires is named, with the step that detects it.
@Suite(.timeLimit(.minutes(10))) struct WireProbeTests {
    typealias Finding = WireProbe.Finding

    private func finding(
        reset: Bool = true, _ change: (inout VirtualWires.Faults) -> Void
    ) -> (finding: Finding?, passed: [WireProbe.Step]) {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        wires.hasResetLine = reset
        change(&wires.faults)
        nonisolated(unsafe) var passed: [WireProbe.Step] = []
        switch WireProbe.run(on: wires, passed: { passed.append($0) }) {
        case .success:
            #expect(wires.hertz == 8_000_000)
            return (nil, passed)
        case .failure(let finding):
            #expect(wires.hertz == 8_000_000)
            return (finding, passed)
        }
    }

    private func expect(
        _ step: WireProbe.Step, _ fault: WireProbe.Fault, reset: Bool = true,
        location: SourceLocation = #_sourceLocation,
        _ change: (inout VirtualWires.Faults) -> Void
    ) {
        let (finding, passed) = finding(reset: reset, change)
        #expect(finding == Finding(step: step, fault: fault), sourceLocation: location)
        // Every step before it was reported, once and in order.
        let before = WireProbe.Step.allCases.filter { $0.rawValue < step.rawValue && (reset || $0 != .reset) }
        #expect(passed == before, sourceLocation: location)
    }

    @Test func nothingIsWrong() {
        let (finding, passed) = finding { _ in }
        #expect(finding == nil)
        #expect(passed == WireProbe.Step.allCases)
        #expect(passed.map(\.rawValue) == [3, 4, 5, 6, 7, 8, 9])
    }

    @Test func namesTheLines() {
        expect(.readyLow, .readyNeverLow) { $0.ready = true }
        expect(.readyLow, .readyOpen) { $0.readyOpen = true }
        expect(.readyHigh, .readyNeverHigh) { $0.ready = false }
        expect(.readyHigh, .readyNeverHigh) { $0.ignoresSelect = true }
        expect(.reset, .resetDoesNothing) { $0.ignoresReset = true }
        expect(.interrupt, .interruptOpen) { $0.interruptOpen = true }
        expect(.interrupt, .interruptHigh) { $0.interrupt = true }
    }

    @Test(arguments: [true, false]) func namesTheData(reset: Bool) {
        expect(.input, .inputStuck(high: true), reset: reset) { $0.input = 0xFF }
        expect(.input, .inputStuck(high: false), reset: reset) { $0.input = 0x00 }
        expect(.reply, .commandLost, reset: reset) { $0.output = 0xFF }
        expect(.reply, .commandLost, reset: reset) { $0.output = 0x00 }
        expect(.reply, .late, reset: reset) { $0.isLate = true }
        expect(.reply, .late, reset: reset) { $0.limit = 100_000 }
        expect(.reply, .garbled([UInt8](repeating: 0x5A, count: 8)), reset: reset) { $0.input = 0x5A }
        expect(.reply, .tooFast(hertz: 8_000_000, slower: 1_000_000), reset: reset) { $0.limit = 2_000_000 }
        expect(.reply, .unsteady(wrong: 5, of: 20), reset: reset) { $0.wrongReads = 4 }
    }

    @Test func leavesOutWhatIsNotWired() throws {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        wires.hasResetLine = false
        wires.hasInterruptLine = false
        wires.faults.ignoresReset = true
        wires.faults.interrupt = true
        nonisolated(unsafe) var passed: [WireProbe.Step] = []
        _ = try WireProbe.run(on: wires, passed: { passed.append($0) }).get()
        #expect(passed == [.readyLow, .readyHigh, .command, .input, .reply])
    }

    @Test func tellsTheVersion() throws {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        let (link, version) = try WireProbe.run(on: wires, rounds: 3).get()
        #expect(version == Array("3.5.0".utf8))
        #expect(link.windows == 6)
        // Two resets: one at the start, one to check RESET.
        #expect(wires.calls.filter { $0 == "H" }.count == 2)
        #expect(wires.now.nanoseconds < 2_000_000_000)
    }

    /// The previous program ended between a command and its reply, and nothing is reset.
    @Test(arguments: [true, false]) func findsTheStepOfTheModule(isResetWired: Bool) throws {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        let soon = MonotonicInstant(nanoseconds: 5_000_000_000)
        try SPILink(bus: wires, until: soon).sendCommand([0xE0, 0x37, 0x00, 0xEE], until: soon)
        wires.hasResetLine = isResetWired
        wires.faults.ignoresReset = true
        switch WireProbe.run(on: wires) {
        case .success(let found): #expect(found.version == Array("3.5.0".utf8) && !isResetWired)
        case .failure(let finding):
            #expect(finding == Finding(step: .reset, fault: .resetDoesNothing) && isResetWired)
        }
    }

    /// A module that was not reset may have activity to report: a high IRQ is no fault of the wires then.
    @Test func anInterruptBeforeTheProbeIsNoFault() {
        let (finding, passed) = finding(reset: false) { $0.interrupt = true }
        #expect(finding == nil)
        #expect(passed == WireProbe.Step.allCases.filter { $0 != .reset })
        expect(.interrupt, .interruptOpen, reset: false) { $0.interruptOpen = true }
    }

    /// At 1 MHz there is no slower rate to be tried.
    @Test(arguments: [1_000_000, 1_000_001] as [UInt32]) func theSlowRateIsNotRepeated(_ hertz: UInt32) {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        wires.hertz = hertz
        wires.faults.limit = 1_000_000
        let result = WireProbe.run(on: wires)
        if case .failure(let finding) = result {
            #expect(finding == Finding(step: .reply, fault: .tooFast(hertz: 1_000_001, slower: 1_000_000)))
            #expect(hertz == 1_000_001)
        } else {
            #expect(hertz == 1_000_000)
        }
        #expect(wires.hertz == hertz)
    }
}
