import LinuxIO
import NINAControl
import NINACoprocessor
import NINACoprocessorLinux
import NINATrace

/// The emulator thread's side of a watch: collects what happens, and hands it over every 20 ms. While what was handed over is not taken,
/// it collects a bounded amount, and counts what it leaves out. Without a watch it does nothing.
final class WatchTap: TraceSink, ReactorHandler {
    /// What those who watch want, all together.
    struct Mode: Equatable, Sendable {
        var events = false
        var commands = false
        var trace = false
    }

    /// What is on when a watch begins.
    struct Start: Sendable {
        struct Module: Sendable {
            var number: UInt64
            var power: CoprocessorPower
        }
        var time: UInt64
        var modules: [Module]
    }

    /// What is handed over.
    struct Bundle: Sendable {
        var records: TraceBatch
        var events: [ControlEvent]
        /// Left out behind them.
        var leftOut: UInt64
        var time: UInt64
    }

    private static let delay: UInt64 = 20_000_000
    /// A page with its pictures: a burst that the other thread needs a second for in a debug build.
    private static let recordLimit = 8 << 20
    private static let eventLimit = 10_000

    private unowned let emulator: Emulator
    private let desk: ControlDeskHandle
    private let timer: TimerDescriptor
    private var registration: Registration?
    private let beginning = MonotonicClock.nanoseconds()
    private(set) var mode = Mode()
    private var records = TraceBatch()
    private var events: [ControlEvent] = []
    private var leftOut: UInt64 = 0
    private var isArmed = false
    /// Whether a bundle is on its way.
    private let isUnderWay = Guarded(false)

    init(_ emulator: Emulator, _ desk: ControlDeskHandle) throws(LinuxError) {
        self.emulator = emulator
        self.desk = desk
        timer = try TimerDescriptor()
        registration = try emulator.serviceReactor.add(timer.rawValue, [.readable, .edgeTriggered], handler: self)
    }

    func close() {
        set(Mode())
        if let registration { emulator.serviceReactor.remove(registration) }
        registration = nil
    }

    private var now: UInt64 { MonotonicClock.nanoseconds() - beginning }

    /// Collects from now on what somebody wants.
    func set(_ mode: Mode) {
        guard mode != self.mode else { return }
        self.mode = mode
        for module in emulator.modules { observe(module) }
    }

    private func observe(_ module: EmulatedModule) {
        let number = module.number
        let commands = mode.commands
        module.watchEvents(
            mode.events
                ? { [unowned self] event in
                    if case .command = event, !commands { return }
                    note(event, number)
                } : nil)
        module.watchLink(
            mode.trace ? TraceRecorder(self, coprocessor: UInt32(truncatingIfNeeded: number)) : nil)
    }

    func poweredOn(_ module: EmulatedModule) {
        guard mode.events else { return }
        record(.coprocessor(module.power), coprocessor: UInt32(truncatingIfNeeded: module.number))
        observe(module)
    }

    func poweredOff(_ number: UInt64) {
        guard mode.events else { return }
        record(.coprocessor(.off), coprocessor: UInt32(truncatingIfNeeded: number))
    }

    // MARK: Collecting

    func record(window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32) {
        guard hasRoom() else { return }
        records.append(window: window, isOut: isOut, flags, coprocessor: coprocessor, time: now)
        arm()
    }

    func record(_ event: TraceRecord.Event, coprocessor: UInt32) {
        guard hasRoom() else { return }
        records.append(TraceRecord(time: now, coprocessor: coprocessor, event))
        arm()
    }

    private func note(_ event: ModuleEvent, _ module: UInt64) {
        guard hasRoom() else { return }
        events.append(ControlEvent(time: now, module: module, event))
        arm()
    }

    private func hasRoom() -> Bool {
        guard leftOut == 0, records.size < Self.recordLimit, events.count < Self.eventLimit else {
            leftOut += 1
            return false
        }
        return true
    }

    private func arm() {
        guard !isArmed else { return }
        isArmed = (try? timer.arm(after: Self.delay)) != nil
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        isArmed = false
        guard !records.isEmpty || !self.events.isEmpty || leftOut > 0 else { return }
        guard !isUnderWay.withLock({ $0 }) else { return arm() }
        isUnderWay.withLock { $0 = true }
        let bundle = Bundle(records: records, events: self.events, leftOut: leftOut, time: now)
        records = TraceBatch()
        self.events = []
        leftOut = 0
        desk.perform { [isUnderWay] desk in
            desk.watchers.receive(bundle)
            isUnderWay.withLock { $0 = false }
        }
    }
}

extension WatchTap.Start {
    /// Begins a watch, on the emulator's thread.
    init(_ modules: [EmulatedModule], _ mode: WatchTap.Mode, _ emulator: Emulator) {
        let tap = (emulator.service as? ControlService)?.tap
        tap?.set(mode)
        time = tap?.time ?? 0
        self.modules = modules.map { Module(number: $0.number, power: $0.power) }
    }
}

extension WatchTap {
    /// The time of the next event.
    var time: UInt64 { now }
}

extension EmulatedModule {
    /// As a trace has it.
    var power: CoprocessorPower {
        let configuration = configuration
        return .on(
            firmware: "\(configuration.firmware.name)", family: TraceFamily(configuration.firmware.family),
            slots: UInt8(configuration.slotCount), address: "\(address)")
    }
}
