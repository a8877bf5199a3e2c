#if !hasFeature(Embedded)
import NINALink
import NINAWire

// Operations of a connection's handle.

extension WiFiModule {
    // MARK: Opening and closing

    /// Connects to a host.
    /// - Parameters:
    ///   - host: its name, which the coprocessor resolves, or its address.
    ///   - port: the port there.
    ///   - type: `.tls` for an encrypted connection.
    ///   - timeout: 10 seconds by default, 30 with TLS; the module runs no other command meanwhile.
    /// - Throws: `.connectFailed` when the name is unknown, the connection is refused or times out, or the certificate
    ///   is not trusted; `.noSocketAvailable`, `.cancelled`.
    public nonisolated func connect(
        to host: Host, port: UInt16, over type: SocketType = .tcp, timeout: Duration? = nil
    ) async throws(WiFiError) -> Client {
        let time = timeout ?? WiFiClient.usualTimeout(type)
        let late = WiFiError.connectFailed(cause: ConnectFailure(.timedOut))
        return try await call(within: time.wholeNanoseconds, else: late) {
            (module: isolated WiFiModule, _: CallTicket) async throws(WiFiError) in
            try module.open(to: host, port: port, over: type, timeout: time)
        }
    }

    private func open(
        to host: Host, port: UInt16, over type: SocketType, timeout: Duration
    ) throws(WiFiError) -> Client {
        try checkCancellation()
        var client = WiFiClient(wifi)
        try client.connect(host, port: port, over: type, timeout: timeout)
        return try connected(client)
    }

    private func connected(_ client: WiFiClient) throws(WiFiError) -> Client {
        guard Task.isCancelled else { return adopt(client) }
        unstopped.append(client)
        stopUnstopped()
        throw .cancelled
    }

    func adopt(_ client: WiFiClient) -> Client {
        stopUnstopped()
        let number = newNumber()
        // A new connection was just found established; its state is polled later.
        connections[number] = Connection(client, at: now.advanced(byNanoseconds: wifi.driver.pollNanoseconds))
        return Client(self, number, client.socket)
    }

    /// Closes a connection by its number, because the handle may have been released.
    func closeConnection(_ number: Int) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        recordUse(connection)
        unstopped.append(connection.client)
        stopUnstopped()
        waits.recordProgress()
        wakeWaiters(for: number)
    }

    /// Frees the sockets of connections that were closed or released. A failed attempt is retried later.
    private func stopUnstopped() {
        while let client = unstopped.first {
            do throws(WiFiError) { try client.stop() } catch { return }
            unstopped.removeFirst()
        }
    }

    private func connection(_ client: Client) throws(WiFiError) -> Connection {
        try checkCancellation()
        guard let connection = connections[client.id] else { throw .staleHandle(client.socket) }
        return connection
    }

    func remote(
        _ client: Client
    ) throws(WiFiError) -> (address: IPv4Address, port: UInt16) {
        let connection = try connection(client)
        return (try connection.client.remoteIP(), try connection.client.remotePort())
    }

    /// The first use of an accepted connection lets its server accept the next one.
    private func recordUse(_ connection: Connection) {
        guard let server = connection.acceptor else { return }
        connection.acceptor = nil
        wakeWaiters(for: server)
    }

    // MARK: Reading

    /// Reads one frame ahead from the module.
    /// - Returns: false when the connection has ended.
    private func readAhead(_ client: Client, _ backoff: inout PollBackoff) async throws(WiFiError) -> Bool {
        while true {
            let connection = try connection(client)
            if connection.hasEnded { return false }
            let count = try connection.client.available()
            recordUse(connection)
            if count > 0 {
                waits.recordProgress()
                try connection.takeOver()
                return true
            }
            if connection.stateDue <= now {
                guard try connection.client.connected() else {
                    connection.hasEnded = true
                    continue
                }
                connection.stateDue = now.advanced(byNanoseconds: backoff.interval(at: now))
            }
            try await pause(&backoff, object: client.id, for: .read, connection.client.id?.family ?? .classic)
        }
    }

    func read(
        _ client: Client, _ limit: Int, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) -> [UInt8] {
        let (connection, hasEnough) = try await buffer(limit > 0 ? 1 : 0, of: client, timeout, ticket)
        return hasEnough ? try kept(connection.take(limit), connection, ticket) : []
    }

    func read(
        exactly count: Int, _ client: Client, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) -> [UInt8] {
        let (connection, hasEnough) = try await buffer(count, of: client, timeout, ticket)
        guard hasEnough else { throw .connectionEnded(available: connection.count) }
        return try kept(connection.take(count), connection, ticket)
    }

    /// Reads ahead until at least this many bytes are buffered; another task may take some meanwhile.
    /// - Returns: the connection, and false when its stream has ended before.
    private func buffer(
        _ count: Int, of client: Client, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) -> (connection: Connection, hasEnough: Bool) {
        var backoff = PollBackoff(at: ticket.start ?? now, timeout: timeout)
        while true {
            let connection = try connection(client)
            if connection.count >= count { return (connection, true) }
            guard try await readAhead(client, &backoff) else { return (connection, false) }
        }
    }

    /// Bytes taken for a call; puts them back when the call's deadline has ended it meanwhile.
    private func kept(
        _ bytes: [UInt8], _ connection: Connection, _ ticket: CallTicket
    ) throws(WiFiError) -> [UInt8] {
        guard ticket.claim() else {
            connection.putBack(bytes)
            throw .cancelled
        }
        return bytes
    }

    func readLine(
        _ client: Client, _ limit: Int, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) -> String? {
        var backoff = PollBackoff(at: ticket.start ?? now, timeout: timeout)
        while true {
            let connection = try connection(client)
            let isLast = connection.hasEnded
            if let line = try connection.takeLine(limit: limit, isLast: isLast) {
                guard ticket.claim() else {
                    connection.putBack(line + [UInt8(ascii: "\n")])
                    throw .cancelled
                }
                return String(decoding: line, as: UTF8.self)
            }
            if isLast { return nil }
            _ = try await readAhead(client, &backoff)
        }
    }

    /// Leases the received bytes; nil at the end.
    func borrow(_ client: Client) async throws(WiFiError) -> ReadAheadLease? {
        var backoff = PollBackoff(at: now, timeout: nil)
        while true {
            let connection = try connection(client)
            if connection.hasBytes { return connection.lend() }
            guard try await readAhead(client, &backoff) else { return nil }
        }
    }

    // MARK: Writing

    /// When the module takes nothing, retries are this far apart; the pause doubles up to the maximum.
    private static let writePauses: ClosedRange<UInt64> = 5_000_000...320_000_000
    /// A frame that took longer than this was blocked by the peer.
    private static let slowFrame: UInt64 = 5_000_000

    /// Writes frame by frame, and lets other tasks run between frames.
    /// - Parameter whole: true to write all bytes, false to write as many as can be taken now, at least one.
    func write(
        _ client: Client, _ bytes: ArraySlice<UInt8>, whole: Bool, timeout: Duration, _ ticket: CallTicket
    ) async throws(WiFiError) -> Int {
        let deadline = (ticket.start ?? now).advanced(by: timeout)
        try await beginWriting(client, deadline)
        defer { endWriting(client) }
        var rest = bytes
        var pauseTime = Self.writePauses.lowerBound
        while !rest.isEmpty {
            let start = now
            let count = try writeFrame(client, rest, written: bytes.count - rest.count)
            rest = rest.dropFirst(count)
            if rest.isEmpty || !whole && count > 0 { break }
            guard now < deadline else { throw .timedOut(.write) }
            let spent = now.nanoseconds(since: start)
            if count == 0 {
                // The frame may have blocked the module for 100 ms: give other tasks priority for a while.
                let pause = max(pauseTime, 4 * spent)
                pauseTime = min(2 * pauseTime, Self.writePauses.upperBound)
                try await self.pause(until: min(deadline, now.advanced(byNanoseconds: pause)), object: client.id)
            } else if spent >= Self.slowFrame {
                try await pause(until: now.advanced(byNanoseconds: spent), object: client.id)
            } else {
                await yieldToOtherTasks()
            }
        }
        return bytes.count - rest.count
    }

    private func writeFrame(
        _ client: Client, _ bytes: ArraySlice<UInt8>, written: Int
    ) throws(WiFiError) -> Int {
        let connection = try connection(client)
        guard !connection.hasEnded else { throw .connectionClosed(written: written) }
        recordUse(connection)
        do throws(WiFiError) {
            return try connection.client.write(bytes.prefix(Frame.longestSend))
        } catch {
            guard case .connectionClosed(let count) = error else { throw error }
            // Readers see the end after the bytes received before it.
            connection.hasEnded = connection.client.socket == .unavailable
            throw .connectionClosed(written: written + count)
        }
    }

    /// Waits until no other task writes to the connection, so that writes of several tasks are not interleaved.
    private func beginWriting(_ client: Client, _ deadline: MonotonicInstant) async throws(WiFiError) {
        let connection = try connection(client)
        guard connection.isWriting else { return connection.isWriting = true }
        // A task woken without an error is the next writer, or finds the connection closed.
        try await suspend(.writing, client.id, until: deadline)
    }

    private func endWriting(_ client: Client) {
        guard let next = waits.takeNextWriter(to: client.id) else {
            connections[client.id]?.isWriting = false
            return
        }
        next.continuation.resume(returning: nil)
    }
}
#endif
