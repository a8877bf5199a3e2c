import NINALink
import NINAWire

/// The steps by which the library recovers a module that no longer answers correctly, in order of cost.
///
/// A command that times out, or whose reply is invalid, throws. The next call first makes the link reliable again;
/// ``WiFi/recoveryLimit`` sets how far it may go.
public enum RecoveryStep: UInt8, CaseIterable, Sendable {
    /// Waits for the command that hangs, discards its late reply, and sends two queries with different replies until
    /// each gets its own. Nothing is lost.
    case resynchronize
    /// Closes every socket and leaves the network with commands: as much of a reset as commands can do. For a module
    /// that still answers but whose commands keep timing out; skipped when it does not answer at all.
    case softReset
    /// Resets the module with its RESET line. Files and preferences are kept.
    case hardReset
}

extension RecoveryStep: Comparable {
    /// Orders by cost.
    public static func < (left: RecoveryStep, right: RecoveryStep) -> Bool { left.rawValue < right.rawValue }
}

/// The outcome of a recovery step, passed to ``WiFi/recoveryObserver``.
public struct RecoveryReport: Equatable, Sendable {
    /// The step.
    public let step: RecoveryStep
    /// The error that made recovery necessary.
    public let cause: WiFiError
    /// Why the step failed; nil when it succeeded.
    public let failure: WiFiError?

    /// Makes a report.
    public init(step: RecoveryStep, cause: WiFiError, failure: WiFiError?) {
        self.step = step
        self.cause = cause
        self.failure = failure
    }
}

/// The state of the link's reliability.
struct RecoveryState {
    var limit: RecoveryStep? = .hardReset {
        didSet { if limit == nil { trouble = nil } }
    }
    var observer: ((RecoveryReport) -> Void)?
    /// The last error on the link; nil while the link is known to be good.
    private(set) var trouble: WiFiError?
    /// The first step after a time-out.
    private var start = RecoveryStep.resynchronize
    /// A call has taken every permitted step without success.
    private var hasFailed = false
    /// Commands answered since the last step.
    private var calm = 0
    /// Recovery is running: its commands, and those of the observer, do not start another one.
    var isRunning = false
    /// The deadline of the step's commands.
    var deadline: MonotonicInstant?
    /// How often each step has succeeded, by raw value.
    private(set) var counts = (0, 0, 0)

    /// After this many answered commands, a new time-out no longer means that the last step failed to help.
    static let calmLength = 8
    /// Time limit of a reset, independent of the call's remaining time: 0.75 s for the module to boot, and 1 s more for
    /// READY to fall.
    static let resetNanoseconds: UInt64 = 2_000_000_000

    /// The first and the last step of this call: a module that is only slow gets another call's time before it is
    /// reset. Invalid replies are caused by noise, which a reset does not fix.
    var steps: (first: RecoveryStep, last: RecoveryStep) {
        let limit = limit ?? .resynchronize
        let first = min(isTimeOut ? start : .resynchronize, limit)
        return (first, hasFailed || first > .resynchronize ? limit : first)
    }

    /// The last command was not answered in time.
    var isTimeOut: Bool {
        if case .link(let fault, _) = trouble { return fault.kind == .timedOut }
        return false
    }

    /// A command was answered.
    mutating func answered() {
        guard start != .resynchronize, !isRunning else { return }
        calm += 1
        if calm == Self.calmLength { start = .resynchronize }
    }

    /// A command failed: after a time-out or an invalid reply the link is unreliable.
    mutating func failed(_ error: WiFiError) {
        guard limit != nil, !isRunning else { return }
        switch error {
        case .link(let fault, _):
            switch fault.kind {
            case .timedOut, .violation, .system, .unavailable: trouble = error
            // The module is freshly started, or gone.
            case .restarted, .closed: restarted()
            }
        case .badReply: trouble = error
        default: break
        }
    }

    /// The reply is not a fault: this firmware always answers like that.
    mutating func forgive() { trouble = nil }

    /// A step has succeeded; if a time-out follows soon, start with the next step.
    mutating func helped(_ step: RecoveryStep) {
        switch step {
        case .resynchronize:
            if isTimeOut { start = .softReset }
            counts.0 += 1
        case .softReset:
            start = .hardReset
            counts.1 += 1
        case .hardReset:
            start = .resynchronize
            counts.2 += 1
        }
        trouble = nil
        hasFailed = false
        calm = 0
    }

    /// A step has failed. Returns whether recovery ends because the module is freshly started, or gone.
    mutating func recordFailure(_ failure: WiFiError) -> Bool {
        hasFailed = true
        guard case .link(let fault, _) = failure, fault.kind == .closed || fault.kind == .restarted else {
            return false
        }
        restarted()
        return true
    }

    /// The module has restarted: nothing is left to recover.
    mutating func restarted() {
        trouble = nil
        hasFailed = false
        start = .resynchronize
    }
}
