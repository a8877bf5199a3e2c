import NINACoprocessor
import NINALink
import TestSupport
import Testing

/// Each fault of the wires is named.
@Suite struct WireProbeTests {
    private func fault(_ change: (inout VirtualWires.Faults) -> Void) -> WireProbe.Fault? {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        change(&wires.faults)
        switch WireProbe.look(at: wires) {
        case .success: return nil
        case .failure(let fault): return fault
        }
    }

    @Test func namesWhatIsWrong() {
        #expect(fault { _ in } == nil)
        #expect(fault { $0.ready = true } == .readyNeverLow)
        #expect(fault { $0.ready = false } == .readyNeverHigh)
        #expect(fault { $0.ignoresSelect = true } == .readyNeverHigh)
        #expect(fault { $0.input = 0xFF } == .inputStuck(high: true))
        #expect(fault { $0.input = 0x00 } == .inputStuck(high: false))
        #expect(fault { $0.limit = 2_000_000 } == .tooFast(hertz: 8_000_000, slower: 1_000_000))
        #expect(fault { $0.limit = 100_000 } == .garbled([0x70, 0x5B, 0x00, 0x03, 0x19, 0x17, 0x1A, 0x17]))
    }

    @Test func tellsTheVersion() throws {
        let wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        let (link, version) = try WireProbe.look(at: wires).get()
        #expect(version == Array("3.5.0".utf8))
        #expect(link.windows == 2)
    }
}
