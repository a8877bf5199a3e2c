#if !hasFeature(Embedded)
import NINALink
import NINAWire

/// A Wi-Fi module for Swift's concurrency: any number of tasks use it at the same time.
///
/// The module runs one command at a time. This actor has a ``WiFi`` for itself, on a thread of its own
/// (`WiFiModule(on: try Transport.standard().openThread())`), so that a command never blocks a thread of Swift's. Tasks take
/// turns command by command. A task that waits, for bytes or a client or room for what it writes, is suspended and keeps no other
/// task from the module; a cancelled one throws `.cancelled` as soon as the command that runs has ended.
///
/// A command that takes long, as a connection to a host that does not answer, holds up all tasks: the module is made so.
///
/// Connections and servers live until they are closed, or until their last reference is released. ``close()`` ends all, and everything
/// that waits.
public actor WiFiModule {
    let wifi: WiFi
    private nonisolated let executor: any LinkExecutor
    var connections: [Int: Connection] = [:]
    var listeners: [Int: Listener] = [:]
    var datagramSockets: [Int: WiFiUDP] = [:]
    /// Closed connections whose sockets the module may still have.
    var unstopped: [WiFiClient] = []
    private var lastNumber = 0
    // What waits; see WiFiModule+Waiting.swift.
    var waiters: [Waiter] = []
    var yielding: [CheckedContinuation<Void, Never>] = []
    var lastWaiter: UInt64 = 0
    /// Something was taken from the module since the last turn, so that IRQ may have fallen and risen unseen.
    var hasProgressed = false
    /// The module was closed.
    public private(set) var isClosed = false

    /// A module on an executor that nothing else uses, a `LinkThread` of NINATransport for example.
    public init(on executor: some LinkExecutor) {
        wifi = WiFi(link: executor.link)
        self.executor = executor
        executor.setPollHandler { [weak self] in self?.assumeIsolated { $0.poll() } }
    }

    deinit { executor.stop() }

    /// The thread of the link.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs calls of the blocking library, for all that has no form of its own here:
    /// `try await module.perform { wifi throws(WiFiError) in try wifi.scanNetworks() }`.
    ///
    /// No other task uses the module before the body returns. What was made from the `WiFi` must not leave the body.
    public func perform<Value: Sendable, Failure: Error>(
        _ body: @Sendable (WiFi) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { hasProgressed = true }
        return try body(wifi)
    }

    /// Closes all connections, servers and datagram sockets, and ends the link. Everything that waits, and all that is asked
    /// of the module later, throws `.link` with the kind `.closed`. Returns when it is done; cancelled tasks can call it.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        do throws(WiFiError) {
            for connection in connections.values { try connection.client.stop() }
            for listener in listeners.values { try listener.server.end() }
            for socket in datagramSockets.values { try socket.stop() }
        } catch {
            // The link has failed: whatever is left ends with it.
        }
        connections = [:]
        datagramSockets = [:]
        for listener in listeners.values { listener.fail(Self.closedError) }
        wifi.end()
        wakeAll(Self.closedError)
        resumeYielding()
        executor.stop()
    }

    /// Tasks that wait for something of the module.
    package var waitingTasks: Int { waiters.count }

    // MARK: For the parts

    static let closedError = WiFiError.link(LinkError(.closed, .idle, "this side closed it"), nil)

    var now: MonotonicInstant { wifi.now }

    func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// To be asked at the start of everything that may wait.
    func checkCancellation() throws(WiFiError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard !isClosed else { throw Self.closedError }
    }
}

// MARK: Joining

extension WiFiModule {
    /// Joins an open network and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - timeout: instead of ``WiFi/timeout``.
    /// - Throws: `.joinFailed` with the status when the module gave up, `.timedOut(.join)`, `.cancelled`.
    public func begin(_ ssid: String, timeout: Duration? = nil) async throws(WiFiError) {
        try checkCancellation()
        try wifi.requestJoining(ssid)
        try await waitUntilJoined(timeout)
    }

    /// Joins a network with a passphrase and waits until it is joined.
    /// - Parameters:
    ///   - ssid: the network's name.
    ///   - passphrase: its passphrase.
    ///   - timeout: instead of ``WiFi/timeout``.
    /// - Throws: as ``begin(_:timeout:)``.
    public func begin(_ ssid: String, passphrase: String, timeout: Duration? = nil) async throws(WiFiError) {
        try checkCancellation()
        try wifi.requestJoining(ssid, passphrase: passphrase)
        try await waitUntilJoined(timeout)
    }

    private func waitUntilJoined(_ timeout: Duration?) async throws(WiFiError) {
        let deadline = now.advanced(by: timeout ?? wifi.timeout)
        var pause: UInt64 = 5_000_000
        while try !wifi.hasStatus({ $0 == .connected }) {
            guard now < deadline else { throw .timedOut(.join) }
            try await self.pause(until: min(deadline, now.advanced(byNanoseconds: pause)))
            pause = min(pause * 2, 100_000_000)
        }
    }

    /// The module's address, 0.0.0.0 when it has none.
    public func localIP() throws(WiFiError) -> IPv4Address { try wifi.localIP() }

    /// The state of the connection to the network.
    public func status() throws(WiFiError) -> ConnectionStatus { try wifi.status() }
}
#endif
