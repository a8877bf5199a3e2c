import LinuxIO
import NINALink
import NINATransport

/// The wires of a module, with a disturbance in the middle of a transfer.
final class MeddledBus: SPIBus {
    let wires: SPIDeviceBus
    /// Called once, in the next read after its first bytes.
    var withinRead: (() throws -> Void)?
    /// Called once, before the next read.
    var beforeRead: (() throws -> Void)?

    init(_ wires: SPIDeviceBus) { self.wires = wires }

    var now: MonotonicInstant { wires.now }
    func sleep(until deadline: MonotonicInstant) throws(LinkError) { try wires.sleep(until: deadline) }
    func select(_ isSelected: Bool) throws(LinkError) { try wires.select(isSelected) }
    var hertz: UInt32 {
        get { wires.hertz }
        set { wires.hertz = newValue }
    }
    func write(_ bytes: [UInt8]) throws(LinkError) { try wires.write(bytes) }

    func read(_ count: Int, into bytes: inout [UInt8]) throws(LinkError) {
        try meddle(&beforeRead)
        guard withinRead != nil, count > 3 else { return try wires.read(count, into: &bytes) }
        try wires.read(3, into: &bytes)
        try meddle(&withinRead)
        try wires.read(count - 3, into: &bytes)
    }

    private func meddle(_ what: inout (() throws -> Void)?) throws(LinkError) {
        guard let body = what else { return }
        what = nil
        do { try body() } catch { throw LinkError(.system, .transfer, "the test cannot meddle") }
    }

    func waitForReadyHigh(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try wires.waitForReadyHigh(until: deadline)
    }
    func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try wires.waitForReadyLow(until: deadline)
    }
    var hasInterruptLine: Bool { wires.hasInterruptLine }
    func interruptLevel() throws(LinkError) -> Bool { try wires.interruptLevel() }
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try wires.waitForInterrupt(until: deadline)
    }
    var hasResetLine: Bool { wires.hasResetLine }
    func holdReset(_ isHeld: Bool) throws(LinkError) { try wires.holdReset(isHeld) }
    func endBoot() throws(LinkError) { try wires.endBoot() }
    func close() { wires.close() }
    var activityDescriptor: Int32? { wires.activityDescriptor }
}
