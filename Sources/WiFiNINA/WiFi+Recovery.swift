import NINALink
import NINAWire

// What the library does by itself for a module that does not answer.

extension WiFi {
    /// How far the library goes after a command that timed out or whose reply is wrong, ``RecoveryStep/hardReset`` unless
    /// it is changed; nil for no step at all.
    ///
    /// The command throws at once. The next call climbs the ladder, within its own deadline but for a hard reset, which
    /// has 2 seconds at least. After a resynchronisation the call goes on as if nothing had been; after a reset it throws
    /// `.link` with `.restarted`: the network is to be joined again, servers and clients are gone. A time-out soon after a
    /// step begins the ladder one step higher.
    public var recoveryLimit: RecoveryStep? {
        get { driver.recovery.limit }
        set { driver.recovery.limit = newValue }
    }

    /// Told of each step of the ladder, for a program's log.
    public var recoveryObserver: ((RecoveryReport) -> Void)? {
        get { driver.recovery.observer }
        set { driver.recovery.observer = newValue }
    }

    /// How often each step has helped since this object was made.
    public var recoveries: (resynchronised: Int, softReset: Int, hardReset: Int) { driver.recovery.counts }
}
