import NINALink
import NINAWire

// What the library does by itself for a module that does not answer.

extension WiFi {
    /// How far the library goes after a command that timed out or whose reply is wrong, ``RecoveryStep/hardReset`` unless
    /// it is changed; nil for no step at all.
    ///
    /// The command throws at once. The next call resynchronises and then runs as usual. When that fails it
    /// throws, and the call after it also resets, as long as that fails too. A time-out soon after a step that has helped
    /// begins one step higher. A call that had to reset throws `.link` with `.restarted`: the network is to be joined again,
    /// servers and clients are gone. Each call keeps its own deadline, but that a reset has 2 seconds at least.
    public var recoveryLimit: RecoveryStep? {
        get { driver.recovery.limit }
        set { driver.recovery.limit = newValue }
    }

    /// Called with each step of the ladder, for a program's log.
    public var recoveryObserver: ((RecoveryReport) -> Void)? {
        get { driver.recovery.observer }
        set { driver.recovery.observer = newValue }
    }

    /// How often each step has helped since this object was made.
    public var recoveries: (resynchronised: Int, softReset: Int, hardReset: Int) { driver.recovery.counts }
}
