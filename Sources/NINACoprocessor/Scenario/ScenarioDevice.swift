import NINALink
import NINAWire

/// A coprocessor to which a scenario happens. Time 0 is the host's first command.
///
/// Put it in the coprocessor's place: `MessageLink.loopback(to: ScenarioDevice(coprocessor, scenario))`. The scenario's time is the
/// link's: virtual on the loopback.
public final class ScenarioDevice: LinkDevice {
    /// The module.
    public let coprocessor: Coprocessor
    /// How the scenario stands; nil before the host's first command.
    public private(set) var run: ScenarioRun?
    /// Called when the reply or IRQ may have changed by itself: ``Coprocessor/onChange``, which this device has taken.
    public var onChange: (() -> Void)?
    /// Receives the name of each step that is done, with the time since the start.
    public var onStep: ((String, Duration) -> Void)?
    /// Called when the scenario has ended, with nil when it has passed.
    public var onEnd: ((ScenarioFailure?) -> Void)?
    /// Called at the host's first command: the scenario, or nil for none.
    private let claim: () -> Scenario?
    private var isClaimed = false
    /// Something has happened in the module since the last look.
    private var hasNews = false

    /// Makes a device whose scenario begins at the first command.
    public convenience init(_ coprocessor: Coprocessor, _ scenario: Scenario) {
        self.init(coprocessor) { scenario }
    }

    /// Makes a device that asks for its scenario at the first command.
    public init(_ coprocessor: Coprocessor, claim: @escaping () -> Scenario?) {
        self.coprocessor = coprocessor
        self.claim = claim
        coprocessor.onChange = { [unowned self] in
            hasNews = true
            onChange?()
        }
    }

    private func begin(at now: MonotonicInstant) {
        guard !isClaimed else { return }
        isClaimed = true
        run = claim().map { ScenarioRun($0, at: now) }
        run?.onStep = { [unowned self] in onStep?($0, $1) }
    }

    /// Makes the changes that are due.
    private func play(at now: MonotonicInstant) {
        guard run?.outcome == .running else { return }
        hasNews = false
        while let change = run?.next(at: now, seeing: { coprocessor.report(at: now) }) {
            do throws(ChangeError) { try coprocessor.apply(change, at: now) } catch { run?.refuse(error) }
        }
        guard let run, run.outcome != .running else { return }
        onEnd?(run.failureAtEnd)
    }

    // MARK: LinkDevice

    /// See ``Coprocessor/boot(bluetooth:at:)``.
    public func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        coprocessor.boot(bluetooth: bluetooth, at: now)
    }

    /// See ``Coprocessor/halt(at:)``.
    public func halt(at now: MonotonicInstant) { coprocessor.halt(at: now) }

    /// Runs a command. What is due after it is done by a timer: the link is in the middle of a call.
    public func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        begin(at: now)
        hasNews = true
        return coprocessor.run(window, reply: &reply, at: now)
    }

    /// See ``Coprocessor/finish(into:at:)``.
    public func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        guard coprocessor.finish(into: &reply, at: now) else { return false }
        hasNews = true
        return true
    }

    /// See ``Coprocessor/noteLinkEvent(_:)``.
    public func noteLinkEvent(_ event: LinkEvent) { coprocessor.noteLinkEvent(event) }

    /// See ``Coprocessor/interrupt``.
    public var interrupt: Bool { coprocessor.interrupt }

    /// The next timer of the coprocessor or of the scenario.
    public var nextDeadline: MonotonicInstant? { withScenario(coprocessor.nextDeadline) }

    /// The coprocessor's, with the scenario's next timer.
    public var status: DeviceStatus {
        var status = coprocessor.status
        status.nextDeadline = withScenario(status.nextDeadline)
        return status
    }

    private func withScenario(_ deadline: MonotonicInstant?) -> MonotonicInstant? {
        guard let run, var own = run.nextDeadline else { return deadline }
        if hasNews, run.waitsForCondition { own = MonotonicInstant(nanoseconds: 0) }
        return deadline.map { min($0, own) } ?? own
    }

    /// Runs the timers due by this time, and what is due in the scenario.
    public func advance(to now: MonotonicInstant) {
        coprocessor.advance(to: now)
        // Its timers may have changed its state.
        play(at: now)
    }
}
