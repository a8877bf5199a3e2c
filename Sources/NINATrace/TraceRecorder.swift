import NINALink
import NINAWire

/// Where recorders put events: the order of calls is the order of the trace.
public protocol TraceSink: AnyObject {
    /// Takes a window of a coprocessor, now.
    func record(window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32)

    /// Takes any other event, now.
    func record(_ event: TraceRecord.Event, coprocessor: UInt32)
}

/// Makes events of what a device's session tells.
public final class TraceRecorder: LinkObserver {
    private let sink: any TraceSink
    private let coprocessor: UInt32
    private var lines = LineLevels(known: [], high: [])

    /// - Parameter coprocessor: its number in the trace.
    public init(_ sink: any TraceSink, coprocessor: UInt32) {
        self.sink = sink
        self.coprocessor = coprocessor
    }

    /// Records a window with bytes.
    public func observe(window: ArraySlice<UInt8>, _ fate: WindowFate, interrupt: Bool) {
        update(interrupt)
        guard !window.isEmpty else { return }
        var flags: WindowFlags =
            switch fate {
            case .command: []
            case .readsReply: .readsReply
            case .lost: .lost
            }
        if fate == .command, window.count > Frame.limit { flags.insert(.cut) }
        sink.record(window: window, isOut: true, flags, coprocessor: coprocessor)
    }

    /// Records a reply.
    public func observe(reply: [UInt8], interrupt: Bool) {
        sink.record(window: reply[...], isOut: false, [], coprocessor: coprocessor)
        update(interrupt)
    }

    /// Records the lines that have changed.
    public func observe(lines levels: PinLevels) {
        var high: LineLevels.Lines = []
        if levels.contains(.reset) { high.insert(.reset) }
        if levels.contains(.gpio0) { high.insert(.gpio0) }
        if !levels.contains(.chipSelectLow) { high.insert(.chipSelect) }
        update(LineLevels(known: [.reset, .gpio0, .chipSelect], high: high))
    }

    /// Records IRQ if it has changed.
    public func observe(interrupt: Bool) { update(interrupt) }

    /// Records a start.
    public func observe(start boots: Int, bluetooth: Bool) {
        sink.record(.reset(boots: UInt32(truncatingIfNeeded: boots), bluetooth: bluetooth), coprocessor: coprocessor)
    }

    private func update(_ interrupt: Bool) {
        let isKnown = lines.known.contains(.interrupt)
        guard !isKnown || lines.high.contains(.interrupt) != interrupt else { return }
        update(LineLevels(known: .interrupt, high: interrupt ? .interrupt : []))
    }

    /// Records the lines that differ from what is known.
    private func update(_ levels: LineLevels) {
        let unchanged = lines.known.intersection(levels.known)
            .subtracting(lines.high.symmetricDifference(levels.high))
        let changed = levels.known.subtracting(unchanged)
        lines.known.formUnion(levels.known)
        lines.high = lines.high.subtracting(levels.known).union(levels.high)
        guard !changed.isEmpty else { return }
        sink.record(.lines(LineLevels(known: changed, high: levels.high)), coprocessor: coprocessor)
    }
}
