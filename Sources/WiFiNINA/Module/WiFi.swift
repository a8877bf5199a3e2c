import NINALink
import NINAWire

/// The Wi-Fi module: WiFiNINA's `WiFi` object, made for one link.
///
/// Calls block until their reply is there; each wait has a deadline, and the error says what was waited for. One `WiFi`
/// and what was made from it belong to one thread at a time. A call of a command that the module's firmware does not
/// have throws `.unsupported`.
public final class WiFi {
    let driver: Driver
    /// How long ``begin(_:)`` and ``beginAP(_:channel:)`` wait for the network (WiFiNINA's `setTimeout`).
    public var timeout = Duration.seconds(50)
    /// The family of each ``WiFiServer`` and ``WiFiClient`` that is made from now on without another one.
    public var socketFamily = SocketFamily.classic
    /// The names found by the last scan.
    var networks: [[UInt8]] = []

    /// A module behind a link, which the module uses alone from now on.
    public init(link: any Link) { driver = Driver(link: link) }

    /// Commands sent so far.
    public var commandCount: Int { driver.commandCount }

    /// How long any one command may take, 10 seconds unless it is changed.
    public var commandTimeout: Duration {
        get { .nanoseconds(Int64(clamping: driver.commandNanoseconds)) }
        set { driver.commandNanoseconds = min(newValue.wholeNanoseconds, UInt64(Int64.max)) }
    }

    /// The time on the link's clock.
    public var now: MonotonicInstant { driver.now }

    /// Resets the module: it forgets the network and every socket.
    public func reset() throws(WiFiError) { try driver.reset() }

    /// Ends the link; nothing that was made from this object works any more.
    public func end() { driver.link.close() }

    /// Runs any command of the protocol: the door to what WiFiNINA has in `WiFiDrv` and `ServerDrv`.
    ///
    /// Data in the reply shares one buffer: copy and drop it before the next call. Commands that open or close sockets
    /// go past the library's picture of them; use the classes for those.
    /// - Throws: `.unsupported`, `.refused`, `.link`, `.badReply`, `.invalidArgument`.
    public func run<C: Command>(_ command: C) throws(WiFiError) -> C.Reply { try driver.run(command) }

    // MARK: Waiting

    /// Waits until the module has something: bytes, or a client that waits. The end of a connection does not count.
    /// - Returns: false when the time was up first.
    @discardableResult
    public func waitForActivity(_ time: Duration) throws(WiFiError) -> Bool {
        try driver.waitForActivity(until: now.advanced(by: time))
    }

    /// Lets time pass (Arduino's `delay`).
    public func delay(_ time: Duration) throws(WiFiError) { try driver.sleep(nanoseconds: time.wholeNanoseconds) }

    /// Called before each command and in each pause of a wait, so that a program's watchdog is fed in calls that take
    /// long; one command takes ``commandTimeout`` at most (WiFiNINA's `setFeedWatchdogFunc`).
    public var watchdogFeeder: (() -> Void)? {
        get { driver.watchdogFeeder }
        set { driver.watchdogFeeder = newValue }
    }

    /// Calls ``watchdogFeeder``.
    public func feedWatchdog() { driver.watchdogFeeder?() }
}

/// Text as bytes, as the commands carry it.
func bytes(_ text: String) -> ArraySlice<UInt8> { ArraySlice(text.utf8) }

/// Text without the NUL that some firmwares send along.
func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
