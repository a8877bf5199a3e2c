import LinuxIO
import NINACoprocessor
import NINALink
import NINATrace
import NINATraceLinux
import NINAWire

/// The trace of an emulator: a recorder for each coprocessor, and the timer that hands events on.
///
/// The timer has a descriptor of its own: a timer of the reactor would put a time-out on each of its waits, which costs more than
/// the trace itself.
final class EmulatorTrace: ReactorHandler {
    /// How long an event waits at most until it is handed to the thread that writes.
    private static let delay: UInt64 = 20_000_000

    private let file: TraceFile
    private let reactor: Reactor
    private let log: Log
    private let timer: TimerDescriptor
    private var registration: Registration?
    private var hasReported = false

    /// A trace, if there are options for one.
    static func begin(
        _ options: TraceOptions?, _ reactor: Reactor, _ log: Log
    ) throws(LinuxError) -> EmulatorTrace? {
        guard let options else { return nil }
        return try EmulatorTrace(options, reactor, log)
    }

    private init(_ options: TraceOptions, _ reactor: Reactor, _ log: Log) throws(LinuxError) {
        timer = try TimerDescriptor()
        file = try TraceFile(
            path: options.path, format: options.format, size: options.size, program: options.program,
            showsSecrets: options.showsSecrets)
        self.reactor = reactor
        self.log = log
        registration = try reactor.add(timer.rawValue, [.readable, .edgeTriggered], handler: self)
        file.onWaiting = { [unowned self] in arm() }
    }

    private func arm() {
        do throws(LinuxError) { try timer.arm(after: Self.delay) } catch { file.flush() }
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        file.flush()
        // Read before `report`, so that a failure of what was written by then is reported. If events are still unwritten,
        // nothing else might arm the timer.
        let isWaiting = file.isWaiting
        report()
        if isWaiting { arm() }
    }

    /// Begins with a coprocessor.
    /// - Returns: the observer for its session.
    func powerOn(_ id: UInt64, _ configuration: Configuration, _ address: IPv4Address) -> any LinkObserver {
        let number = UInt32(truncatingIfNeeded: id)
        let power = CoprocessorPower.on(
            firmware: "\(configuration.firmware.name)", family: TraceFamily(configuration.firmware.family),
            slots: UInt8(configuration.slotCount), address: "\(address)")
        file.record(.coprocessor(power), coprocessor: number)
        return TraceRecorder(file, coprocessor: number)
    }

    func powerOff(_ id: UInt64) {
        file.record(.coprocessor(.off), coprocessor: UInt32(truncatingIfNeeded: id))
    }

    /// Writes what waits.
    func close() {
        if let registration { reactor.remove(registration) }
        registration = nil
        let missing = file.close()
        report()
        if missing > 0 {
            log.write(.error, "the trace lacks its last \(missing) events: the disk was too slow")
        }
        if file.leftOutInAll > 0 {
            log.write(.warning, "\(file.leftOutInAll) events were left out of the trace: the disk was too slow")
        }
    }

    /// Says once that the trace has ended early.
    private func report() {
        guard !hasReported, let failure = file.failure else { return }
        hasReported = true
        log.write(.error, "the trace ends here: \(failure)")
    }
}
