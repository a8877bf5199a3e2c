#if !hasFeature(Embedded)
import NINALink
import NINAWire

/// A Wi-Fi module for Swift concurrency: any number of tasks can use it at the same time.
///
/// The module runs one command at a time. This actor owns a ``WiFi`` on its own thread (`WiFiModule(on: try
/// Transport.standard().openThread())`), so that a command never blocks a thread of Swift's. Tasks take turns command
/// by command. A task that waits for bytes, a client or room to write is suspended and does not block other tasks; a
/// cancelled task throws `.cancelled` as soon as the running command has ended.
///
/// A slow command, for example a connection to a host that does not answer, blocks all tasks; this is a limit of the
/// module. Time limits count from the call all the same: a call that waits for another one's command ends at its own
/// time-out, or after ``WiFi/commandTimeout`` where it has none, and with the command's failure when the module does not
/// answer. Only ``perform(_:)`` waits for its body, and a task that prefers ``taskExecutor`` for the thread.
///
/// Connections and servers live until they are closed, or until their last reference is released. ``close()`` ends all
/// of them, and every wait.
public actor WiFiModule {
    let wifi: WiFi
    nonisolated let executor: any LinkExecutor
    /// Runs tasks that prefer it on the module's thread:
    /// `Task(executorPreference: module.taskExecutor) { try await server.serve { ... } }`.
    ///
    /// They save waking one of Swift's threads for each result, so that serving many small requests is faster. Such a task
    /// must never block, and should not compute for long: meanwhile the module stands still. While a module does not answer
    /// a command, the task waits for that too, whatever its own time limits.
    public nonisolated let taskExecutor: any TaskExecutor
    nonisolated let limits: CallLimits
    var connections: [Int: Connection] = [:]
    var listeners: [Int: Listener] = [:]
    var datagramSockets: [Int: WiFiUDP] = [:]
    /// Closed connections whose sockets the module may still hold.
    var unstopped: [WiFiClient] = []
    private var lastNumber = 0
    /// The tasks that wait for the module.
    var waits = WaitQueue()
    /// Whether the module was closed.
    public private(set) var isClosed = false

    /// Makes a module on an executor that nothing else uses, for example a `LinkThread` of NINATransport.
    public init(on executor: some LinkExecutor) {
        let wifi = WiFi(link: executor.link)
        limits = CallLimits(wifi)
        self.wifi = wifi
        self.executor = executor
        taskExecutor = executor.makeTaskExecutor()
        wifi.driver.askedAt = { [unowned executor] in executor.enqueuedAt }
        executor.setPollHandler { [weak self] in self?.assumeIsolated { $0.poll() } }
    }

    deinit { executor.stop() }

    /// The thread of the link.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs calls of the blocking library, for operations that this class does not have:
    /// `try await module.perform { wifi throws(WiFiError) in try wifi.scanNetworks() }`.
    ///
    /// No other task uses the module before the body returns. Objects made from the `WiFi` must not leave the body.
    public func perform<Value: Sendable, Failure: Error>(
        _ body: @Sendable (WiFi) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer {
            waits.recordProgress()
            limits.update(wifi)
        }
        return try body(wifi)
    }

    func closeNow() {
        guard !isClosed else { return }
        isClosed = true
        do throws(WiFiError) {
            for connection in connections.values { try connection.client.stop() }
            for listener in listeners.values { try listener.server.end() }
            for socket in datagramSockets.values { try socket.stop() }
        } catch {
            // The link has failed: the remaining sockets are closed with it.
        }
        connections = [:]
        datagramSockets = [:]
        for listener in listeners.values { listener.fail(Self.closedError) }
        wifi.end()
        wakeAll(Self.closedError)
        resumeYielding()
        executor.stop()
    }

    /// The number of tasks that wait for the module.
    package var waitingTasks: Int { waits.count }

    // MARK: For the parts

    static let closedError = WiFiError.link(LinkError(.closed, .idle, "this side closed it"), nil)

    var now: MonotonicInstant { wifi.now }

    func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Called first in every operation that may wait.
    func checkCancellation() throws(WiFiError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard !isClosed, !limits.isClosing else { throw Self.closedError }
    }
}

// MARK: Joining

extension WiFiModule {
    /// Joins an open network and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - timeout: overrides ``WiFi/timeout``.
    /// - Throws: `.joinFailed` with the status when the module gave up, `.timedOut(.join)`, `.cancelled`.
    public nonisolated func begin(_ ssid: String, timeout: Duration? = nil) async throws(WiFiError) {
        try await call(within: timeout?.wholeNanoseconds ?? limits.joinNanoseconds, else: .timedOut(.join)) {
            (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
            try await module.join(ssid, nil, timeout, ticket)
        }
    }

    private func join(
        _ ssid: String, _ passphrase: String?, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) {
        try checkCancellation()
        let deadline = (ticket.start ?? now).advanced(by: timeout ?? wifi.timeout)
        if let passphrase {
            try wifi.requestJoining(ssid, passphrase: passphrase)
        } else {
            try wifi.requestJoining(ssid)
        }
        try await waitUntilJoined(deadline)
    }

    /// Joins a network with a passphrase and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - passphrase: its passphrase.
    ///   - timeout: overrides ``WiFi/timeout``.
    /// - Throws: see ``begin(_:timeout:)``.
    public nonisolated func begin(
        _ ssid: String, passphrase: String, timeout: Duration? = nil
    ) async throws(WiFiError) {
        try await call(within: timeout?.wholeNanoseconds ?? limits.joinNanoseconds, else: .timedOut(.join)) {
            (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
            try await module.join(ssid, passphrase, timeout, ticket)
        }
    }

    private func waitUntilJoined(_ deadline: MonotonicInstant) async throws(WiFiError) {
        var pause: UInt64 = 5_000_000
        while try !wifi.hasStatus({ $0 == .connected }) {
            guard now < deadline else { throw try wifi.joinTimeOut() }
            try await self.pause(until: min(deadline, now.advanced(byNanoseconds: pause)))
            pause = min(pause * 2, 100_000_000)
        }
    }

    /// The module's address; 0.0.0.0 when it has none.
    public nonisolated func localIP() async throws(WiFiError) -> IPv4Address {
        try await command { (module: isolated WiFiModule) throws(WiFiError) in
            try module.checkCancellation()
            return try module.wifi.localIP()
        }
    }

    /// The state of the connection to the network.
    public nonisolated func status() async throws(WiFiError) -> ConnectionStatus {
        try await command { (module: isolated WiFiModule) throws(WiFiError) in
            try module.checkCancellation()
            return try module.wifi.status()
        }
    }
}
#endif
