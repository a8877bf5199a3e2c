import NINALink

/// The wires between a host and a device in the same process, on virtual time; they behave like the module's.
public final class VirtualWires: SPIBus {
    /// A fault of the wires.
    public struct Faults: Equatable, Sendable {
        /// READY is stuck at this level.
        public var ready: Bool?
        /// READY does not rise after chip select falls.
        public var ignoresSelect = false
        /// Every byte read has this value.
        public var input: UInt8?
        /// Every byte that the device receives has this value.
        public var output: UInt8?
        /// Each bit arrives one position late, in both directions, as with a wrong SPI mode.
        public var isLate = false
        /// RESET does not reset the device.
        public var ignoresReset = false
        /// READY is not connected, and pulled low.
        public var readyOpen = false
        /// IRQ is not connected, and pulled low.
        public var interruptOpen = false
        /// IRQ is stuck at this level.
        public var interrupt: Bool?
        /// Every n-th read is wrong.
        public var wrongReads: Int?
        /// The fastest clock rate at which bytes are read correctly.
        public var limit = UInt32.max
        /// Noise bytes before each reply.
        public var noise: [UInt8] = []
        /// No fault.
        public init() {}
    }

    /// The current fault.
    public var faults = Faults()
    /// The device.
    public let device: any LinkDevice
    /// The clock rate.
    public var hertz: UInt32 = 8_000_000
    /// The virtual time.
    public private(set) var now = MonotonicInstant(nanoseconds: 0)
    /// Whether the lines are wired.
    public var hasInterruptLine = true
    /// Whether the line is wired.
    public var hasResetLine = true
    /// The calls that change a line or transfer a byte, one letter each: S and s for select, W, R, H and h for RESET, B
    /// for the end of boot.
    public var calls = ""
    private var isUp = false
    private var isBusy = false
    private var isSelected = false
    /// The bytes of the next window; nil when a command is expected.
    private var queued: [UInt8]?
    private var sent: [UInt8] = []
    private var position = 0
    private var reply: [UInt8] = []
    private var reads = 0

    /// Wires to a device that is powered on.
    public init(device: any LinkDevice) {
        self.device = device
        isUp = device.boot(bluetooth: false, at: now)
    }

    /// Advances the clock and the device.
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

    /// As in the module, the rising edge of chip select ends a window.
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

    /// One byte takes 1 us, as at 8 MHz.
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

    /// Reads zeros after the queued bytes.
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

    /// Succeeds immediately, or not at all.
    public func waitForReadyHigh(until deadline: MonotonicInstant) -> Bool {
        let isHigh = stuckReady ?? !(isReady || faults.ignoresSelect)
        if !isHigh { sleep(until: deadline) }
        return isHigh
    }

    /// Waits until the device is ready.
    public func waitForReadyLow(until deadline: MonotonicInstant) -> Bool {
        if !isReady { step() }
        while !isReady, now < deadline, let next = device.nextDeadline, next <= deadline { sleep(until: next) }
        let isLow = !(stuckReady ?? !isReady)
        if !isLow { sleep(until: deadline) }
        return isLow
    }

    /// The device's level.
    public func interruptLevel() -> Bool { faults.interruptOpen ? false : faults.interrupt ?? device.interrupt }

    /// Waits until the device's level is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) -> Bool {
        while !interruptLevel(), now < deadline { sleep(until: min(deadline, device.nextDeadline ?? deadline)) }
        return interruptLevel()
    }

    /// According to the fault.
    public func isInterruptDriven() -> Bool? { hasInterruptLine ? !faults.interruptOpen : nil }
    /// According to the fault.
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

    /// Only records the call.
    public func endBoot() { calls += "B" }

    /// Powers the device off.
    public func close() { device.halt(at: now) }
}
