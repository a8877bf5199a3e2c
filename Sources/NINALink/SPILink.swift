import NINAWire

/// A link over physical wires: chip select, the READY handshake, and replies read to exactly their last byte.
///
///     CS    ‾\______________________/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\______________________/‾‾
///     READY _____/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\_______/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\_
///     SCK            command                                reply
///
/// The wait for READY high comes between the falling edge of chip select and the first clock, as in WiFiNINA and
/// ESP32SPI.
public final class SPILink<Bus: SPIBus>: Link {
    /// The wires.
    public let bus: Bus
    /// Windows clocked so far.
    public private(set) var windows = 0
    /// Bytes clocked so far, including replies and the noise skipped before them.
    public private(set) var bytesClocked = 0
    /// A command was sent and its reply has not been received yet.
    private var isReplyPending = false
    /// The last reply, whose storage the caller shares.
    private var reply: [UInt8] = []
    /// The last reply was invalid: host and module may disagree on which window is a command and which a reply.
    private var needsResynchronization = false
    private var isClosed = false

    /// Time-out for READY high after chip select. A module responds within microseconds; drivers allow up to this.
    private static var selectNanoseconds: UInt64 { 1_000_000_000 }
    /// The maximum number of noise bytes skipped before a reply; WiFiNINA searches for the first byte too.
    private static var longestPrefix: Int { 16 }
    /// The polling interval when no IRQ line is wired.
    private static var pollNanoseconds: UInt64 { 5_000_000 }

    /// Takes over the wires; resets the module if its RESET line is wired, and waits until it is up.
    public init(bus: Bus, until deadline: MonotonicInstant) throws(LinkError) {
        self.bus = bus
        reply.reserveCapacity(Frame.limit)
        if bus.hasResetLine {
            try reset(until: deadline)
        } else {
            try bus.select(false)
            try bus.endBoot()
            guard try bus.waitForReadyLow(until: deadline) else {
                throw LinkError(.timedOut, .boot, "READY stays high")
            }
        }
    }

    /// The time on the bus's clock.
    public var now: MonotonicInstant { bus.now }
    /// The bus's descriptor.
    public var activityDescriptor: Int32? { bus.activityDescriptor }

    private func requireOpen(_ phase: LinkError.Phase) throws(LinkError) {
        if isClosed { throw LinkError(.closed, phase, "this side closed it") }
    }

    // MARK: Lines

    /// The IRQ level; without an IRQ line always true, so that the host polls the module.
    public func interruptLevel() throws(LinkError) -> Bool {
        try requireOpen(.idle)
        return try bus.hasInterruptLine ? bus.interruptLevel() : true
    }

    /// Waits until IRQ is high; without an IRQ line waits for at most 5 ms and returns true, so that the host polls the
    /// module.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try requireOpen(.idle)
        guard !bus.hasInterruptLine else { return try bus.waitForInterrupt(until: deadline) }
        guard deadline > now else { return false }
        try bus.sleep(until: min(deadline, now.advanced(byNanoseconds: Self.pollNanoseconds)))
        return true
    }

    /// Waits until the deadline.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.idle)
        try bus.sleep(until: deadline)
    }

    /// Resets the module with its RESET line.
    /// - Throws: `.unavailable` when the line is not wired; `.timedOut` when READY does not fall in time.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.boot)
        guard bus.hasResetLine else { throw LinkError(.unavailable, .boot, "the RESET line is not wired") }
        try bus.select(false)
        isReplyPending = false
        needsResynchronization = false
        try bus.holdReset(true)
        try bus.sleep(until: now.advanced(byNanoseconds: ResetTiming.heldNanoseconds))
        try bus.holdReset(false)
        try bus.sleep(until: now.advanced(byNanoseconds: ResetTiming.bootNanoseconds))
        try bus.endBoot()
        guard try bus.waitForReadyLow(until: deadline) else {
            throw LinkError(.timedOut, .boot, "READY stays high after a reset")
        }
    }

    // MARK: Windows

    /// Clocks a command out; first reads and discards a reply that was not received.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.readyForCommand)
        if isReplyPending {
            try discardReply(until: deadline)
        } else if needsResynchronization {
            try resynchronize(.readyForCommand, until: deadline)
        }
        try window(.readyForCommand, until: deadline) { () throws(LinkError) in
            try bus.write(frame)
            bytesClocked += frame.count
        }
        isReplyPending = true
    }

    /// Waits for the reply and clocks it in, without its padding.
    /// - Parameter opcode: the command that was sent; the type of its reply determines how many bytes to clock.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try requireOpen(.reply)
        guard isReplyPending else { throw LinkError(.violation, .reply, "no command was sent") }
        reply.removeAll(keepingCapacity: true)
        try window(.reply, until: deadline) { () throws(LinkError) in
            // Even if clocking fails, the module takes this window as the one that reads the reply.
            isReplyPending = false
            try clockReply(to: opcode)
        }
        needsResynchronization = !Self.isReply(reply)
        return reply[...]
    }

    private static func isReply(_ bytes: [UInt8]) -> Bool { bytes.first == Frame.start || bytes.first == Frame.error }

    private func clockReply(to opcode: Opcode) throws(LinkError) {
        var skipped = 0
        while true {
            let missing = ReplyMeasure.missing(reply[...], of: opcode)
            guard missing > 0 else { return }
            try bus.read(missing, into: &reply)
            bytesClocked += missing
            // Noise or idle-bus bytes before the reply.
            if skipped <= Self.longestPrefix, let first = reply.first, first != Frame.start, first != Frame.error {
                let noise = reply.prefix { $0 != Frame.start && $0 != Frame.error }.count
                guard skipped + noise <= Self.longestPrefix else { return }
                skipped += noise
                reply.removeFirst(noise)
            }
        }
    }

    /// Reads the first bytes of a late reply, which completes its window.
    private func discardReply(until deadline: MonotonicInstant) throws(LinkError) {
        _ = try rawReply(Frame.alignment, .readyForCommand, until: deadline)
    }

    /// Reads windows until one contained a reply: a module that expects a command takes a window of zeros as one, and
    /// returns an error in the next window. A module that was not reset may return the reply to another program's
    /// command.
    func resynchronize(_ phase: LinkError.Phase, until deadline: MonotonicInstant) throws(LinkError) {
        needsResynchronization = false
        for _ in 0..<2 {
            let bytes = try rawReply(Frame.alignment, phase, until: deadline)
            if bytes.contains(Frame.start) || bytes.contains(Frame.error) { return }
        }
    }

    /// Reads a fixed number of bytes of a reply without interpreting them.
    func rawReply(
        _ count: Int, _ phase: LinkError.Phase, until deadline: MonotonicInstant
    ) throws(LinkError) -> [UInt8] {
        var bytes: [UInt8] = []
        try window(phase, until: deadline) { () throws(LinkError) in
            isReplyPending = false
            try bus.read(count, into: &bytes)
            bytesClocked += count
        }
        return bytes
    }

    /// Performs one chip-select window.
    /// - Parameter phase: the phase reported when READY does not fall.
    private func window(
        _ phase: LinkError.Phase, until deadline: MonotonicInstant, _ transfer: () throws(LinkError) -> Void
    ) throws(LinkError) {
        do throws(LinkError) {
            guard try bus.waitForReadyLow(until: deadline) else { throw LinkError(.timedOut, phase) }
        } catch {
            // The bus does not know the phase.
            throw LinkError(error.kind, phase, error.detail, code: error.code)
        }
        windows += 1
        do throws(LinkError) {
            try bus.select(true)
            let limit = min(deadline, now.advanced(byNanoseconds: Self.selectNanoseconds))
            guard try bus.waitForReadyHigh(until: limit) else { throw LinkError(.timedOut, .select) }
            try transfer()
        } catch {
            // Report the first error.
            try? bus.select(false)
            throw error
        }
        try bus.select(false)
    }

    /// Releases the wires. The module keeps running.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        bus.close()
    }
}
