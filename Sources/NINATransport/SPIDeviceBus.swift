import LinuxBoards
import LinuxIO
import NINALink

/// A link to a module that is wired to this machine.
public typealias SPIDeviceLink = SPILink<SPIDeviceBus>

/// The wires of a module on Linux: spidev for clock and data, the GPIO character device for the lines.
///
/// A window takes seven system calls: two for chip select, one to read READY, one to read the device's mode, one for
/// each transfer, and two to wait for READY's falling edge, which the kernel reports with a time stamp.
public final class SPIDeviceBus: SPIBus {
    private let device: SPIDevice
    /// The clock rate of subsequent transfers, whatever rate other programs have set.
    public var hertz: UInt32
    private let chipSelect: GPIOLine
    let ready: GPIOLine
    private let resetLine: GPIOLine?
    let interrupt: GPIOLine?
    /// READY was low when last read and has not been seen high since.
    private var isReadyKnownLow = false
    /// When chip select last fell; earlier edges of READY are ignored.
    private var selectedAt: UInt64 = 0
    private var lastReadyEdge: UInt32 = 0
    /// The device's mode has been checked in this window.
    private var hasCheckedMode = false
    /// READY edges that the kernel did not report.
    public private(set) var lostEdges = 0
    /// How often another program had changed the device's mode.
    public private(set) var modeChanges = 0
    /// Notes for the user about the wiring.
    public let notes: [String]

    /// Most modules raise READY within this time after chip select, which is shorter than a blocking wait would take.
    private static let spinNanoseconds: UInt64 = 20_000
    /// While waiting for an edge, the level itself is also read at this interval.
    private static let checkNanoseconds: UInt64 = 100_000_000
    /// The maximum delay of an edge event after the level change.
    private static let graceNanoseconds: UInt64 = 10_000_000

    /// Opens the device and requests the lines. Drives only chip select (high) and RESET (high).
    /// - Throws: the part of the wiring that is unavailable, and the call that failed.
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
            notes.append("RESET is not wired: a module that hangs must be power-cycled")
        }
        if let line = wiring.interrupt {
            interrupt = try Self.request(line, .input(rising: true, falling: false), .interrupt)
        } else {
            interrupt = nil
            notes.append("IRQ is not wired: the module is polled every few milliseconds during waits")
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

    /// Waits until the deadline.
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

    /// Called once per window, before its first transfer.
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

    /// Waits for the kernel's falling-edge event of READY.
    public func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try during(.reply) { () throws(LinuxError) in
            // Before a window that follows no wait, the level counts and unread edges do not.
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
                    // It fell either just now, so that its event is on the way, or the event is lost.
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

    /// Reads READY's edges and counts those that are missing.
    /// - Returns: whether READY fell after chip select did.
    private func hasFallen() throws(LinuxError) -> Bool {
        var hasFallen = false
        _ = try ready.takeEdges { edge in
            // The kernel's counter may wrap around.
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

    /// Waits for the kernel's rising-edge event of IRQ.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try during(.idle) { () throws(LinuxError) in
            switch interrupt {
            case .some(let line):
                while true {
                    // Drain edges before reading the level: a later edge leaves the descriptor readable for the next
                    // wait.
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

    /// The descriptor of the IRQ line; nil when it is not wired.
    public var activityDescriptor: Int32? {
        switch interrupt {
        case .some(let line): return line.rawValue
        case .none: return nil
        }
    }

    /// Whether the line is wired.
    public var hasResetLine: Bool { resetLine != nil }

    /// Drives RESET; while it is held, also drives GPIO0 high.
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
            // Ignore READY's edges during the boot.
            _ = try hasFallen()
        }
    }

    /// Does nothing: the lines are released with this object; until then chip select stays high.
    public func close() {}
}
