import NINALink

/// The wires between a host and a device in the same process, on virtual time: what a level does is what the chip does.
public final class VirtualWires: SPIBus {
    /// What may be wrong with the wires.
    public struct Faults: Equatable, Sendable {
        /// READY has this level whatever the device does.
        public var ready: Bool?
        /// READY does not rise after the fall of chip select.
        public var ignoresSelect = false
        /// Every byte read is this one.
        public var input: UInt8?
        /// Every byte that the device gets is this one.
        public var output: UInt8?
        /// Each bit comes one place late, in both directions, as in another mode of the clock.
        public var isLate = false
        /// The device is not reset.
        public var ignoresReset = false
        /// READY is connected to nothing, and pulled low.
        public var readyOpen = false
        /// The same of IRQ.
        public var interruptOpen = false
        /// IRQ has this level whatever the device does.
        public var interrupt: Bool?
        /// Every n-th read is wrong.
        public var wrongReads: Int?
        /// The fastest clock at which bytes are read right.
        public var limit = UInt32.max
        /// Bytes in front of each reply.
        public var noise: [UInt8] = []
        /// Nothing is wrong.
        public init() {}
    }

    /// What is wrong.
    public var faults = Faults()
    /// The device.
    public let device: any LinkDevice
    /// The clock.
    public var hertz: UInt32 = 8_000_000
    /// The virtual time.
    public private(set) var now = MonotonicInstant(nanoseconds: 0)
    /// Whether the lines are wired.
    public var hasInterruptLine = true
    /// Whether the line is wired.
    public var hasResetLine = true
    /// The calls that move a line or a byte, a letter each: S and s for select, W, R, H and h for RESET, B for the end of boot.
    public var calls = ""
    private var isUp = false
    private var isBusy = false
    private var isSelected = false
    /// The bytes of the next window, nil when a command is expected.
    private var queued: [UInt8]?
    private var sent: [UInt8] = []
    private var position = 0
    private var reply: [UInt8] = []
    private var reads = 0

    /// A device that is powered on.
    public init(device: any LinkDevice) {
        self.device = device
        isUp = device.boot(bluetooth: false, at: now)
    }

    /// Lets the clock and the device run.
    public func sleep(until deadline: MonotonicInstant) {
        while let next = device.nextDeadline, next <= deadline {
            now = max(now, next)
            step()
            if device.nextDeadline == next { break }
        }
        now = max(now, deadline)
        step()
    }

    private func step() {
        device.advance(to: now)
        guard isBusy, device.finish(into: &reply, at: now) else { return }
        isBusy = false
        queued = reply
    }

    private var stuckReady: Bool? { faults.readyOpen ? false : faults.ready }
    private var isReady: Bool { isUp && !isBusy && !isSelected }

    /// As the chip: the rise of chip select ends a window.
    public func select(_ isSelected: Bool) {
        calls += isSelected ? "S" : "s"
        defer { self.isSelected = isSelected }
        guard isUp, self.isSelected, !isSelected else { return }
        defer {
            sent = []
            position = 0
        }
        if queued != nil {
            queued = nil
        } else if !sent.isEmpty {
            isBusy = !device.run(sent[...], reply: &reply, at: now)
            if !isBusy { queued = reply }
        }
    }

    /// One byte takes the microsecond it takes at 8 MHz.
    private func pass(_ count: Int) { sleep(until: now.advanced(byNanoseconds: UInt64(count) * 1000)) }

    /// Collected until chip select rises.
    public func write(_ bytes: [UInt8]) {
        calls += "W"
        pass(bytes.count)
        sent += arriving(bytes)
    }

    private func arriving(_ bytes: [UInt8]) -> [UInt8] {
        if let byte = faults.output { return bytes.map { _ in byte } }
        return faults.isLate ? late(bytes) : bytes
    }

    private func late(_ bytes: [UInt8]) -> [UInt8] {
        var before: UInt8 = 0
        return bytes.map { byte in
            defer { before = byte }
            return before << 7 | byte >> 1
        }
    }

    /// Zeros behind what is queued.
    public func read(_ count: Int, into bytes: inout [UInt8]) {
        calls += "R"
        pass(count)
        reads += 1
        let isWrong = faults.wrongReads.map { reads % $0 == 0 } ?? false
        if self.queued == nil { sent += arriving([UInt8](repeating: 0, count: count)) }
        var queued = self.queued.map { faults.noise + $0 } ?? []
        if faults.isLate || isWrong || hertz > faults.limit { queued = late(queued) }
        for _ in 0..<count {
            let byte = faults.input ?? (position < queued.count ? queued[position] : 0)
            bytes.append(byte)
            position += 1
        }
    }

    /// At once, or not at all.
    public func waitForReadyHigh(until deadline: MonotonicInstant) -> Bool {
        let isHigh = stuckReady ?? !(isReady || faults.ignoresSelect)
        if !isHigh { sleep(until: deadline) }
        return isHigh
    }

    /// Until the device is ready.
    public func waitForReadyLow(until deadline: MonotonicInstant) -> Bool {
        while !isReady, now < deadline, let next = device.nextDeadline, next <= deadline { sleep(until: next) }
        let isLow = !(stuckReady ?? !isReady)
        if !isLow { sleep(until: deadline) }
        return isLow
    }

    /// The device's.
    public func interruptLevel() -> Bool { faults.interruptOpen ? false : faults.interrupt ?? device.interrupt }

    /// Until the device's is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) -> Bool {
        while !interruptLevel(), now < deadline { sleep(until: min(deadline, device.nextDeadline ?? deadline)) }
        return interruptLevel()
    }

    /// As the fault says.
    public func isInterruptDriven() -> Bool? { hasInterruptLine ? !faults.interruptOpen : nil }
    /// As the fault says.
    public func isReadyDriven() -> Bool? { !faults.readyOpen }

    /// Halts and boots the device.
    public func holdReset(_ isHeld: Bool) {
        calls += isHeld ? "H" : "h"
        if faults.ignoresReset { return }
        queued = nil
        isBusy = false
        if isHeld {
            device.halt(at: now)
            isUp = false
        } else {
            isUp = device.boot(bluetooth: isSelected, at: now)
        }
    }

    /// Nothing but a note.
    public func endBoot() { calls += "B" }

    /// Powers the device off.
    public func close() { device.halt(at: now) }
}
