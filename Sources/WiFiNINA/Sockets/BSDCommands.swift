import NINALink
import NINAWire

/// Sockets by the BSD commands. The library does what the module does for slots: it shares out the clients of a server, and
/// polls for bytes, since IRQ says nothing of these sockets.
final class BSDCommands: SocketCommands {
    /// A bit for each socket that is open on the coprocessor and unused here.
    private var abandoned: UInt64 = 0
    /// The reply to a command that makes a socket was lost, and the number with it.
    private var hasLostNumber = false
    /// When the coprocessor had no socket left for a connection that waits.
    private var exhaustedAt: MonotonicInstant?

    /// The most bytes of one reply to RECV: the firmware's limit.
    static let longestReceive = 4076
    /// Connections that may wait at a listener; lwip holds 16 of all kinds.
    private static let backlog: UInt8 = 16
    /// The lowest number of a module's sockets.
    private static let firstNumber: UInt64 = 54

    var longestReceive: Int { Self.longestReceive }

    func forgetSockets() {
        abandoned = 0
        hasLostNumber = false
        exhaustedAt = nil
    }

    /// There may be an open socket whose number is not known.
    func markNumberLost() { hasLostNumber = true }

    /// A socket was closed, of either family: they share the module's sockets.
    func markRoom() { exhaustedAt = nil }

    // MARK: Making sockets

    /// Makes a stream whose commands do not wait.
    private func newStream(on driver: Driver) throws(WiFiError) -> SocketNumber {
        let number = try make(BSDSocket(type: WiFiSocket.Kind.stream.rawValue, protocolNumber: 0), on: driver).socket
        guard number.rawValue < SocketID.limit else { throw .noSocketAvailable }
        try keeping(number, on: driver) { () throws(WiFiError) in try makeNonblocking(number, on: driver) }
        return number
    }

    /// Makes the commands of a socket return at once: one that waits would keep the module from serving others.
    func makeNonblocking(_ number: SocketNumber, on driver: Driver) throws(WiFiError) {
        let one: [UInt8] = [1, 0, 0, 0]
        let command = BSDIoctl(socket: number, request: BSDIoctl.fionbio, value: one[...])
        guard try !driver.run(command).value.isEmpty else { throw driver.socketError(.bsdIoctl) }
    }

    /// Runs a command that makes a socket. When its reply is lost, the number is unknown.
    func make<C: Command>(_ command: C, on driver: Driver) throws(WiFiError) -> C.Reply {
        try closeAbandoned(on: driver)
        do throws(WiFiError) {
            return try driver.run(command)
        } catch {
            if error.hasLostReply { hasLostNumber = true }
            throw error
        }
    }

    /// Does something with a socket that was just made. When that fails the socket is closed: now, or if the link does not
    /// permit it, before the next one is made.
    func keeping(
        _ number: SocketNumber, on driver: Driver, _ body: () throws(WiFiError) -> Void
    ) throws(WiFiError) {
        do throws(WiFiError) {
            try body()
        } catch {
            abandoned |= 1 << UInt64(number.rawValue)
            do throws(WiFiError) { try closeAbandoned(on: driver) } catch {}
            throw error
        }
    }

    /// Closes the sockets that are open on the coprocessor and unused here.
    private func closeAbandoned(on driver: Driver) throws(WiFiError) {
        // A number that is not known may be that of any socket, also of a slot's: only without those is it safe to close
        // all others.
        if hasLostNumber, !(0..<SocketID.limit).contains(where: { driver.sockets[.slot($0)].isOpen }) {
            abandoned |= .max << Self.firstNumber
            hasLostNumber = false
        }
        guard abandoned != 0 else { return }
        for number in 0..<SocketID.limit where abandoned & 1 << UInt64(number) != 0 {
            if !driver.sockets[.bsd(number)].isOpen { try closeUnknown(SocketNumber(rawValue: number), on: driver) }
            abandoned &= ~(1 << UInt64(number))
        }
    }

    private func closeUnknown(_ number: SocketNumber, on driver: Driver) throws(WiFiError) {
        do throws(WiFiError) {
            _ = try driver.run(BSDClose(socket: number))
        } catch {
            // There is no such socket.
            guard case .refused = error else { throw error }
        }
    }

    // MARK: Opening and closing

    func connect(
        to host: Host, port: UInt16, over type: SocketType, milliseconds: UInt64, on driver: Driver
    ) throws(WiFiError) -> SocketID {
        let deadline = driver.now.advanced(byNanoseconds: milliseconds * 1_000_000)
        let number = try newStream(on: driver)
        var remote = GetRemoteData.Reply(address: .any, port: port)
        try keeping(number, on: driver) { () throws(WiFiError) in
            do throws(WiFiError) {
                remote.address = try driver.address(of: host)
            } catch {
                guard case .hostNotFound = error else { throw error }
                throw .connectFailed
            }
            guard try isConnected(number, to: remote, until: deadline, on: driver) else { throw .connectFailed }
        }
        return opened(number, as: .client, remote, on: driver)
    }

    private func isConnected(
        _ number: SocketNumber, to remote: GetRemoteData.Reply, until deadline: MonotonicInstant, on driver: Driver
    ) throws(WiFiError) -> Bool {
        let command = BSDConnect(socket: number, address: remote.address, port: remote.port)
        if try driver.acknowledge(command) { return true }
        guard try driver.run(BSDErrno()).errno == BSDError.inProgress.rawValue else { return false }
        guard try !wait(number, for: [.writable, .error], until: deadline, on: driver).isEmpty else { return false }
        return try option(number, .error, on: driver) == 0
    }

    private func opened(
        _ number: SocketNumber, as use: SocketState.Use, _ remote: GetRemoteData.Reply, on driver: Driver
    ) -> SocketID {
        let id = SocketID.bsd(number.rawValue)
        driver.open(id, as: use)
        driver.sockets[id].remote = remote
        return id
    }

    func listen(port: UInt16, on driver: Driver) throws(WiFiError) -> SocketID {
        let number = try newStream(on: driver)
        try keeping(number, on: driver) { () throws(WiFiError) in
            // Connections that ended a moment ago do not keep the port. Where lwip has no such option they do.
            let one: [UInt8] = [1, 0, 0, 0]
            let option = SocketOption.reuseAddress.rawValue
            _ = try driver.acknowledge(BSDSetsockopt(socket: number, option: option, value: one[...]))
            guard try driver.acknowledge(BSDBind(socket: number, port: port)),
                try driver.acknowledge(BSDListen(socket: number, backlog: Self.backlog))
            else { throw .serverFailed(port: port) }
        }
        return opened(number, as: .listener, GetRemoteData.Reply(), on: driver)
    }

    func stopClient(_ id: SocketID, on driver: Driver) throws(WiFiError) {
        _ = try driver.acknowledge(BSDClose(socket: id.number))
    }

    func stopListener(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        _ = try driver.acknowledge(BSDClose(socket: id.number))
        return false
    }

    /// Takes a connection that waits at a listener.
    /// - Returns: nil when none waits, or the coprocessor has no socket for it.
    func accept(_ listener: SocketID, on driver: Driver) throws(WiFiError) -> SocketID? {
        guard !isExhausted(driver) else { return nil }
        let reply = try make(BSDAccept(socket: listener.number), on: driver)
        let client = reply.socket
        guard client.rawValue < SocketID.limit else {
            switch BSDError(rawValue: try driver.run(BSDErrno()).errno) {
            case .noSocketLeft: exhaustedAt = driver.now
            case .badNumber, .invalid:
                // The coprocessor has restarted unnoticed.
                driver.markClosed(listener)
                throw .serverNotListening
            default: break
            }
            return nil
        }
        try keeping(client, on: driver) { () throws(WiFiError) in try makeNonblocking(client, on: driver) }
        return opened(client, as: .client, GetRemoteData.Reply(address: reply.address, port: reply.port), on: driver)
    }

    /// No socket was left a moment ago, and none was closed since: a connection that waits goes on waiting.
    func isExhausted(_ driver: Driver) -> Bool {
        exhaustedAt.map { driver.now.nanoseconds(since: $0) < driver.pollNanoseconds } ?? false
    }
}
