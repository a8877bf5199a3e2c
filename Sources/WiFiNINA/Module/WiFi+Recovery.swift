import NINALink
import NINAWire

// Automatic recovery of a module that does not answer.

extension WiFi {
    /// The last recovery step the library may take after a command that timed out or whose reply is invalid;
    /// ``RecoveryStep/hardReset`` by default, nil for no recovery.
    ///
    /// The command itself throws at once. The next call resynchronizes and then runs normally. If that fails it throws,
    /// and the next call also tries a reset. A time-out soon after a successful step starts one step higher. A call
    /// that had to reset throws `.link` with `.restarted`: join the network again; servers and clients are closed. Each
    /// call keeps its own deadline, except that a reset gets at least 2 seconds.
    public var recoveryLimit: RecoveryStep? {
        get { driver.recovery.limit }
        set { driver.recovery.limit = newValue }
    }

    /// Called after each recovery step, for a program's log.
    public var recoveryObserver: ((RecoveryReport) -> Void)? {
        get { driver.recovery.observer }
        set { driver.recovery.observer = newValue }
    }

    /// How often each step has succeeded since this object was created.
    public var recoveries: (resynchronized: Int, softReset: Int, hardReset: Int) { driver.recovery.counts }
}
