import NINALink
import NINAWire

/// What the library can do when a module no longer answers as it should: a ladder, each step of which costs more.
///
/// A command that times out, or whose reply is wrong, throws. The next call first makes the link trustworthy again; how
/// far it may go is ``WiFi/recoveryLimit``.
public enum RecoveryStep: UInt8, CaseIterable, Sendable {
    /// The command that hangs may end, its late reply is discarded, and two questions are asked whose answers differ, until
    /// each gets its own. Nothing is lost.
    case resynchronise
    /// Commands close every socket and leave the network: what a reset does, as far as commands can do it. For a module that answers and yet goes on letting commands time out; one that answers nothing is not
    /// asked.
    case softReset
    /// The module is reset by its RESET line. Files and preferences stay.
    case hardReset
}

extension RecoveryStep: Comparable {
    /// By what they cost.
    public static func < (left: RecoveryStep, right: RecoveryStep) -> Bool { left.rawValue < right.rawValue }
}

/// The outcome of a step of the ladder, passed to ``WiFi/recoveryObserver``.
public struct RecoveryReport: Equatable, Sendable {
    /// The step.
    public let step: RecoveryStep
    /// What had gone wrong before.
    public let cause: WiFiError
    /// Why the step did not help, nil when it did.
    public let failure: WiFiError?

    /// Makes a report.
    public init(step: RecoveryStep, cause: WiFiError, failure: WiFiError?) {
        self.step = step
        self.cause = cause
        self.failure = failure
    }
}

/// How far the library trusts its link.
struct RecoveryState {
    var limit: RecoveryStep? = .hardReset {
        didSet { if limit == nil { trouble = nil } }
    }
    var observer: ((RecoveryReport) -> Void)?
    /// What has gone wrong since the link was last known to be good; nil when it is.
    private(set) var trouble: WiFiError?
    /// Where the ladder begins after a time-out.
    private var start = RecoveryStep.resynchronise
    /// A call has climbed as far as it may and nothing has helped.
    private var hasFailed = false
    /// Commands answered since the last step.
    private var calm = 0
    /// The ladder runs: its commands, and those of the observer, begin no other one.
    var isRunning = false
    /// When the commands of a step must have ended.
    var deadline: MonotonicInstant?
    /// How often each step has helped, by its raw value.
    private(set) var counts = (0, 0, 0)

    /// After so many answered commands a time-out is no longer a sign that the last step did not last.
    static let calmLength = 8
    /// What a reset may take, whatever is left of the call's own time: modules are given 0.75 s to boot, and 1 s more to
    /// lower READY.
    static let resetNanoseconds: UInt64 = 2_000_000_000

    /// The step to begin with, and how far to go in this call: a module that is only slow has one more call's time before
    /// it is reset. Wrong replies come from noise, against which a reset is no help.
    var steps: (first: RecoveryStep, last: RecoveryStep) {
        let limit = limit ?? .resynchronise
        let first = min(isTimeOut ? start : .resynchronise, limit)
        return (first, hasFailed || first > .resynchronise ? limit : first)
    }

    private var isTimeOut: Bool {
        if case .link(let fault, _) = trouble { return fault.kind == .timedOut }
        return false
    }

    /// A command was answered.
    mutating func answered() {
        guard start != .resynchronise, !isRunning else { return }
        calm += 1
        if calm == Self.calmLength { start = .resynchronise }
    }

    /// A command failed: the link is doubtful after a time-out or a wrong reply.
    mutating func failed(_ error: WiFiError) {
        guard limit != nil, !isRunning else { return }
        switch error {
        case .link(let fault, _):
            switch fault.kind {
            case .timedOut, .violation, .system, .unavailable: trouble = error
            // A fresh module, or none at all.
            case .restarted, .closed: restarted()
            }
        case .badReply: trouble = error
        default: break
        }
    }

    /// The reply is not a fault: this firmware answers so.
    mutating func forgive() { trouble = nil }

    /// A step has helped: the next one is for a time-out that follows soon.
    mutating func helped(_ step: RecoveryStep) {
        switch step {
        case .resynchronise:
            if isTimeOut { start = .softReset }
            counts.0 += 1
        case .softReset:
            start = .hardReset
            counts.1 += 1
        case .hardReset:
            start = .resynchronise
            counts.2 += 1
        }
        trouble = nil
        hasFailed = false
        calm = 0
    }

    /// A step has not helped: whether no other is needed, because there is a fresh module, or none at all.
    mutating func isOver(after failure: WiFiError) -> Bool {
        hasFailed = true
        guard case .link(let fault, _) = failure, fault.kind == .closed || fault.kind == .restarted else {
            return false
        }
        restarted()
        return true
    }

    /// The module has restarted: there is nothing left to recover.
    mutating func restarted() {
        trouble = nil
        hasFailed = false
        start = .resynchronise
    }
}
