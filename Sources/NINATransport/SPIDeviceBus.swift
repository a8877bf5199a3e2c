import LinuxBoards
import LinuxIO
import NINALink

/// A link to a module that is wired to this machine.
public typealias SPIDeviceLink = SPILink<SPIDeviceBus>

/// The wires of a module on Linux: spidev for the clock and the data, the GPIO character device for the lines.
///
/// Per window there are seven system calls: chip select twice, READY looked at, the device's mode looked at, one transfer for
/// each piece, and two for the wait for READY's fall, which is an event of the kernel's with its time.
public final class SPIDeviceBus: SPIBus {
    private let device: SPIDevice
    /// The clock of the transfers that follow; it does not depend on what other programs have set.
    public var hertz: UInt32
    private let chipSelect: GPIOLine
    let ready: GPIOLine
    private let resetLine: GPIOLine?
    let interrupt: GPIOLine?
    /// READY has not been seen high since it was last seen low.
    private var isReadyKnownLow = false
    /// When chip select fell last: READY's edges from before mean nothing.
    private var selectedAt: UInt64 = 0
    private var lastReadyEdge: UInt32 = 0
    /// The device's mode was looked at in this window.
    private var hasCheckedMode = false
    /// Falls of READY that the kernel did not report.
    public private(set) var lostEdges = 0
    /// How often another program had changed the device's mode.
    public private(set) var modeChanges = 0
    /// What the user may want to know about the wiring.
    public let notes: [String]

    /// Most modules raise READY within this time of chip select: shorter than going to sleep for it.
    private static let spinNanoseconds: UInt64 = 20_000
    /// Behind the events the level itself is looked at.
    private static let checkNanoseconds: UInt64 = 100_000_000
    /// An event comes this much later than the level at most.
    private static let graceNanoseconds: UInt64 = 10_000_000

    /// Opens the device and requests the lines; nothing is driven but chip select (high) and RESET (high).
    /// - Throws: which part of the wiring could not be had, and the call that failed.
    public init(_ wiring: SPIWiring) throws(SPIWiringError) {
        var notes: [String] = []
        device = try SPIWiringError.naming(.device) { () throws(LinuxError) in try SPIDevice(path: wiring.device) }
        hertz = wiring.hertz
        chipSelect = try Self.request(wiring.chipSelect, .output(true), .chipSelect)
        ready = try Self.request(wiring.ready, .input(rising: false, falling: true), .ready)
        if let line = wiring.reset {
            resetLine = try Self.request(line, .output(true), .reset)
        } else {
            resetLine = nil
            notes.append("RESET is not wired: a module that hangs must be switched off and on")
        }
        if let line = wiring.interrupt {
            interrupt = try Self.request(line, .input(rising: true, falling: false), .interrupt)
        } else {
            interrupt = nil
            notes.append("IRQ is not wired: the module is asked every few milliseconds while something is waited for")
        }
        if !device.leavesChipSelect {
            notes.append(
                "the SPI controller moves its own chip select too: harmless, as long as no device is wired to that pin")
        }
        self.notes = notes
    }

    private static func request(
        _ line: SPIWiring.Line, _ use: GPIOLine.Use, _ part: SPIWiringError.Part
    ) throws(SPIWiringError) -> GPIOLine {
        try SPIWiringError.naming(part) { () throws(LinuxError) in
            switch line {
            case .chip(let name, let offset): return try GPIOChip.find(name).request(offset, use)
            case .named(let name):
                let (path, offset) = try GPIOChip.find(lineNamed: name)
                return try GPIOChip(path: path).request(offset, use)
            }
        }
    }

    private func during<T: ~Copyable>(
        _ phase: LinkError.Phase, _ body: () throws(LinuxError) -> T
    ) throws(LinkError) -> T {
        do throws(LinuxError) {
            return try body()
        } catch {
            throw LinkError(.system, phase, code: error.errno.rawValue)
        }
    }

    // MARK: Time

    /// The system's monotonic time.
    public var now: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }

    /// Lets time pass.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        MonotonicClock.sleep(until: deadline.nanoseconds)
    }

    // MARK: Windows

    /// Drives chip select, which is low while selected.
    public func select(_ isSelected: Bool) throws(LinkError) {
        if isSelected {
            selectedAt = MonotonicClock.nanoseconds()
            isReadyKnownLow = false
            hasCheckedMode = false
        }
        try during(.select) { () throws(LinuxError) in try chipSelect.set(!isSelected) }
    }

    /// Clocks bytes out.
    public func write(_ bytes: [UInt8]) throws(LinkError) {
        try during(.transfer) { () throws(LinuxError) in
            try checkMode()
            try bytes.withUnsafeBufferPointer { bytes throws(LinuxError) in
                try device.write(UnsafeRawBufferPointer(bytes), hertz: hertz)
            }
        }
    }

    /// Clocks bytes in.
    public func read(_ count: Int, into bytes: inout [UInt8]) throws(LinkError) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        try during(.transfer) { () throws(LinuxError) in
            try checkMode()
            try bytes.withUnsafeMutableBufferPointer { bytes throws(LinuxError) in
                try device.read(
                    into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[start...])),
                    hertz: hertz)
            }
        }
    }

    /// Once in a window, in front of its first transfer.
    private func checkMode() throws(LinuxError) {
        guard !hasCheckedMode else { return }
        hasCheckedMode = true
        try countModeChange()
    }

    private func countModeChange() throws(LinuxError) {
        if try device.restoreMode() { modeChanges += 1 }
    }

    /// Restores the device's mode outside of a window. After a window that went wrong this shows whether another program changed
    /// the mode between the window's check and its transfer.
    public func restoreMode() throws(LinkError) {
        try during(.idle) { () throws(LinuxError) in try countModeChange() }
    }

    /// Looks at READY for some microseconds, then waits for the kernel to report its rise.
    public func waitForReadyHigh(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try during(.select) { () throws(LinuxError) in
            if try ready.level() { return true }
            let spinEnd = MonotonicClock.nanoseconds() + Self.spinNanoseconds
            while MonotonicClock.nanoseconds() < spinEnd {
                if try ready.level() { return true }
            }
            try ready.configure(.input(rising: true, falling: true))
            var isHigh = false
            while true {
                isHigh = try ready.level()
                let now = MonotonicClock.nanoseconds()
                if isHigh || now >= deadline.nanoseconds { break }
                _ = try ready.waitForEdge(until: min(deadline.nanoseconds, now + Self.checkNanoseconds))
                _ = try hasFallen()
            }
            try ready.configure(.input(rising: false, falling: true))
            return isHigh
        }
    }

    /// Waits for the kernel to report READY's fall.
    public func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try during(.reply) { () throws(LinuxError) in
            // Before a window that nothing was waited for: the level counts, and edges that were not consumed do not.
            if isReadyKnownLow || selectedAt == 0 {
                if try !ready.level() { return true }
            }
            while true {
                let now = MonotonicClock.nanoseconds()
                if try ready.waitForEdge(until: min(deadline.nanoseconds, now + Self.checkNanoseconds)) {
                    guard try hasFallen() else { continue }
                    isReadyKnownLow = true
                    return true
                }
                if try !ready.level() {
                    // It fell: just now, so that its event is on the way, or the event is lost.
                    let grace = MonotonicClock.nanoseconds() + Self.graceNanoseconds
                    if selectedAt != 0 {
                        if try !ready.waitForEdge(until: grace) { lostEdges += 1 } else { _ = try hasFallen() }
                    }
                    isReadyKnownLow = true
                    return true
                }
                guard MonotonicClock.nanoseconds() < deadline.nanoseconds else { return false }
            }
        }
    }

    /// Takes READY's edges, and counts those that are missing.
    /// - Returns: whether READY fell after chip select did.
    private func hasFallen() throws(LinuxError) -> Bool {
        var hasFallen = false
        _ = try ready.takeEdges { edge in
            // The kernel's count may go round.
            let missed = edge.number &- lastReadyEdge &- 1
            if lastReadyEdge != 0 { lostEdges += Int(missed) }
            lastReadyEdge = edge.number
            if !edge.isRising, edge.nanoseconds >= selectedAt { hasFallen = true }
        }
        return hasFallen
    }

    // MARK: IRQ and RESET

    /// Whether the line is wired.
    public var hasInterruptLine: Bool { interrupt != nil }

    /// The level of IRQ.
    public func interruptLevel() throws(LinkError) -> Bool {
        try during(.idle) { () throws(LinuxError) in
            switch interrupt {
            case .some(let line): return try line.level()
            case .none: return false
            }
        }
    }

    /// Waits for the kernel to report IRQ's rise.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try during(.idle) { () throws(LinuxError) in
            switch interrupt {
            case .some(let line):
                while true {
                    // Taken before the look: what comes after it leaves the descriptor readable for the next wait.
                    while try line.takeEdges({ _ in }) == GPIOLine.mostEdges {}
                    if try line.level() { return true }
                    let now = MonotonicClock.nanoseconds()
                    guard now < deadline.nanoseconds else { return false }
                    _ = try line.waitForEdge(until: min(deadline.nanoseconds, now + Self.checkNanoseconds))
                }
            case .none: return false
            }
        }
    }

    /// The IRQ line's.
    public var activityDescriptor: Int32? {
        switch interrupt {
        case .some(let line): return line.rawValue
        case .none: return nil
        }
    }

    /// Whether the line is wired.
    public var hasResetLine: Bool { resetLine != nil }

    /// Drives RESET, and GPIO0 high.
    public func holdReset(_ isHeld: Bool) throws(LinkError) {
        try during(.boot) { () throws(LinuxError) in
            if isHeld {
                switch interrupt {
                case .some(let line): try line.configure(.output(true))
                case .none: break
                }
            }
            switch resetLine {
            case .some(let line): try line.set(!isHeld)
            case .none: break
            }
            selectedAt = 0
            isReadyKnownLow = false
        }
    }

    /// GPIO0 is the IRQ line from now on.
    public func endBoot() throws(LinkError) {
        try during(.boot) { () throws(LinuxError) in
            switch interrupt {
            case .some(let line): try line.configure(.input(rising: true, falling: false))
            case .none: break
            }
            // What READY did in the meantime means nothing.
            _ = try hasFallen()
        }
    }

    /// The lines are given up with this object; until then chip select stays high.
    public func close() {}
}
