import NINALink
import NINAWire

/// The Wi-Fi module: WiFiNINA's `WiFi` object, with its link.
///
/// Calls block until their reply arrives; each wait has a deadline, and the error names the wait. Use one `WiFi` and
/// everything made from it on one thread at a time. A call throws `.unsupported` when the module's firmware does not
/// have the command.
public final class WiFi {
    let driver: Driver
    /// Time-out for the network to be up in ``begin(_:)`` and ``beginAP(_:channel:)`` (WiFiNINA's `setTimeout`).
    public var timeout = Duration.seconds(50)
    /// The default socket family of new ``WiFiServer`` and ``WiFiClient`` objects.
    public var socketFamily = SocketFamily.classic
    /// The names found by the last scan.
    var networks: [[UInt8]] = []

    /// Makes a module with a link, which it uses exclusively from now on.
    public init(link: any Link) { driver = Driver(link: link) }

    /// Commands sent so far.
    public var commandCount: Int { driver.commandCount }

    /// Time-out of each command; 10 seconds by default.
    public var commandTimeout: Duration {
        get { .nanoseconds(Int64(clamping: driver.commandNanoseconds)) }
        set { driver.commandNanoseconds = min(newValue.wholeNanoseconds, UInt64(Int64.max)) }
    }

    /// The number of received bytes from which on a socket reads no more ahead while the program does not read; 64 KiB
    /// by default. A buffer may exceed it by one frame: see ``receiveSize``.
    ///
    /// While a program writes and does not read, the library reads what the other end sends, which may wait for that
    /// before it reads. With a lower limit such a program may wait for the other end for ever.
    public var readAheadLimit: Int {
        get { driver.drainLimit }
        set { driver.drainLimit = max(1, newValue) }
    }

    /// The most bytes that one command reads from the module: by default as many as a frame holds, 4 KB. Each socket in
    /// use keeps a buffer of at most this size, and more only as ``readAheadLimit`` says. For boards with little memory.
    public var receiveSize: Int {
        get { driver.slots.longestReceive }
        set {
            driver.slots.longestReceive = min(max(1, newValue), Frame.longestReceive)
            driver.bsd.longestReceive = min(max(1, newValue), BSDCommands.longestReceive)
        }
    }

    /// The time on the link's clock.
    public var now: MonotonicInstant { driver.now }

    /// Resets the module, which then has no network and no sockets.
    public func reset() throws(WiFiError) { try driver.reset() }

    /// Ends the link; nothing made from this object works afterwards.
    public func end() { driver.link.close() }

    /// Runs any command of the protocol: access to what WiFiNINA has in `WiFiDrv` and `ServerDrv`.
    ///
    /// Data in the reply shares one buffer: copy and release it before the next call. Commands that open or close
    /// sockets bypass the library's state; use the classes for those.
    /// - Throws: `.unsupported`, `.refused`, `.link`, `.badReply`, `.invalidArgument`.
    public func run<C: Command>(_ command: C) throws(WiFiError) -> C.Reply { try driver.run(command) }

    // MARK: Waiting

    /// Waits until the module has bytes or a waiting connection. The end of a connection does not count.
    /// - Returns: false on time-out.
    @discardableResult
    public func waitForActivity(_ time: Duration) throws(WiFiError) -> Bool {
        try driver.waitForActivity(until: now.advanced(by: time))
    }

    /// Waits for the given time (Arduino's `delay`).
    public func delay(_ time: Duration) throws(WiFiError) { try driver.sleep(nanoseconds: time.wholeNanoseconds) }

    /// Called before each command and during each wait, so that a program can feed its watchdog in long calls; a single
    /// command takes at most ``commandTimeout`` (WiFiNINA's `setFeedWatchdogFunc`).
    public var watchdogFeeder: (() -> Void)? {
        get { driver.watchdogFeeder }
        set { driver.watchdogFeeder = newValue }
    }

    /// Calls ``watchdogFeeder``.
    public func feedWatchdog() { driver.watchdogFeeder?() }
}

/// Text as bytes, for a parameter that firmware keeps as a C string.
/// - Throws: `.invalidArgument` for a text with a NUL: the firmware would use only the part before it, which may be the
///   name of another host, or another key.
func bytes(_ text: String, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
    let bytes = ArraySlice(text.utf8)
    if let end = bytes.firstIndex(of: 0) {
        throw .invalidArgument(FrameError(.nulInText, at: Frame.headerLength, expected: 0, found: end), opcode)
    }
    return bytes
}

/// Text without the NUL that some firmware appends.
func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
