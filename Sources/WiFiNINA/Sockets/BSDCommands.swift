import NINALink
import NINAWire

/// Sockets over the BSD commands. The library does what the module does for slots: it assigns clients to servers, and
/// polls for bytes because IRQ is not raised for these sockets.
final class BSDCommands: SocketCommands {
    /// Bit mask of the sockets that are open on the coprocessor but unused by the library.
    private var abandoned: UInt64 = 0
    /// The reply to a command that creates a socket was lost, and the socket's number with it.
    private var hasLostNumber = false
    /// When the coprocessor last had no free socket for a waiting connection.
    private var exhaustedAt: MonotonicInstant?

    /// The maximum number of bytes in a reply to RECV: the firmware's limit.
    static let longestReceive = 4076
    /// Connections that may wait at a listener: as many as the module has room for. One that finds none waits a second
    /// or longer until it is tried again.
    private static let backlog: UInt8 = 255
    /// The lowest number of a module's sockets.
    private static let firstNumber: UInt64 = 54

    var longestReceive: Int = BSDCommands.longestReceive

    func forgetSockets() {
        abandoned = 0
        hasLostNumber = false
        exhaustedAt = nil
    }

    /// A socket with an unknown number may be open.
    func markNumberLost() { hasLostNumber = true }

    /// A socket of either family was closed; the families share the module's sockets.
    func markRoom() { exhaustedAt = nil }

    // MARK: Making sockets

    /// Creates a nonblocking stream socket.
    private func newStream(on driver: Driver) throws(WiFiError) -> SocketNumber {
        let number = try make(BSDSocket(type: WiFiSocket.Kind.stream.rawValue, protocolNumber: 0), on: driver).socket
        guard number.rawValue < SocketID.limit else { throw .noSocketAvailable }
        try keeping(number, on: driver) { () throws(WiFiError) in try makeNonblocking(number, on: driver) }
        return number
    }

    /// Makes a socket nonblocking: a command that waits would keep the module from serving other sockets.
    func makeNonblocking(_ number: SocketNumber, on driver: Driver) throws(WiFiError) {
        let one: [UInt8] = [1, 0, 0, 0]
        let command = BSDIoctl(socket: number, request: BSDIoctl.fionbio, value: one[...])
        guard try !driver.run(command).value.isEmpty else { throw driver.socketError(.bsdIoctl) }
    }

    /// Runs a command that creates a socket. If its reply is lost, the socket's number is unknown.
    func make<C: Command>(_ command: C, on driver: Driver) throws(WiFiError) -> C.Reply {
        try closeAbandoned(on: driver)
        do throws(WiFiError) {
            return try driver.run(command)
        } catch {
            if driver.mayHaveRun { hasLostNumber = true }
            throw error
        }
    }

    /// Runs `body` for a newly created socket. If it throws, the socket is closed now, or, if the link does not allow
    /// that, before the next one is created.
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

    /// Closes the sockets that are open on the coprocessor but unused by the library.
    private func closeAbandoned(on driver: Driver) throws(WiFiError) {
        // An unknown number may belong to any socket, including a slot's; closing all others is safe only while no slot
        // is open.
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
            // The socket does not exist.
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
                throw .connectFailed(cause: driver.connectFailure(.hostNotFound))
            }
            guard try completeConnect(number, to: remote, until: deadline, on: driver) else {
                throw .connectFailed(cause: driver.connectFailure(driver.now < deadline ? .refused : .timedOut))
            }
        }
        return opened(number, as: .client, remote, on: driver)
    }

    private func completeConnect(
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
        driver.sockets[id].recordRemote(remote)
        return id
    }

    func listen(port: UInt16, on driver: Driver) throws(WiFiError) -> SocketID {
        let number = try newStream(on: driver)
        try keeping(number, on: driver) { () throws(WiFiError) in
            // Allow reusing a port whose connections ended recently. lwip may lack this option.
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
    /// - Returns: nil when no connection waits, or the coprocessor has no free socket.
    func accept(_ listener: SocketID, on driver: Driver) throws(WiFiError) -> SocketID? {
        guard !isExhausted(driver) else { return nil }
        let reply = try make(BSDAccept(socket: listener.number), on: driver)
        let client = reply.socket
        guard client.rawValue < SocketID.limit else {
            switch BSDError(rawValue: try driver.run(BSDErrno()).errno) {
            case .noSocketLeft: exhaustedAt = driver.now
            case .badNumber, .invalid:
                // The coprocessor has restarted without the link noticing.
                driver.markClosed(listener)
                throw .serverNotListening
            default: break
            }
            return nil
        }
        try keeping(client, on: driver) { () throws(WiFiError) in try makeNonblocking(client, on: driver) }
        return opened(client, as: .client, GetRemoteData.Reply(address: reply.address, port: reply.port), on: driver)
    }

    /// No socket was free recently, and none has been closed since: a waiting connection keeps waiting.
    func isExhausted(_ driver: Driver) -> Bool {
        exhaustedAt.map { driver.now.nanoseconds(since: $0) < driver.pollNanoseconds } ?? false
    }
}
