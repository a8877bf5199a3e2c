import NINALink
import NINAWire

/// Sockets over the commands of the Arduino library. The module itself assigns clients to servers, and raises IRQ when
/// one has bytes.
final class SlotCommands: SocketCommands {
    /// Bit mask of the slots that the coprocessor may hold without the library's knowledge, because a reply was lost.
    private var unknown: UInt64 = 0
    /// The same for servers and datagram sockets whose start was not answered.
    private var unansweredStarts: (servers: UInt64, datagrams: UInt64) = (0, 0)
    // Not checked for exclusive access at run time, like the state of ``Driver``.
    @exclusivity(unchecked) var longestReceive: Int = Frame.longestReceive
    /// The firmware does not have STOP_SERVER.
    private var lacksStopServer = false

    private static func bit(_ number: SocketNumber) -> UInt64 { 1 << UInt64(number.rawValue & 63) }

    func forgetSockets() {
        unknown = 0
        unansweredStarts = (0, 0)
    }

    func forgetFirmware() { lacksStopServer = false }

    // MARK: Unknown slots

    /// Any slot may be open on the coprocessor.
    func markAllUnknown() { unknown = .max }

    /// Runs a command that takes a slot. If its reply is lost, it is unknown whether the slot was taken: the next such
    /// command checks first, so that no slot leaks.
    /// - Parameter number: the slot that the command names, nil when the coprocessor chooses.
    private func runTaking<C: Command>(
        _ number: SocketNumber?, _ command: C, nanoseconds: UInt64? = nil, on driver: Driver
    ) throws(WiFiError) -> C.Reply {
        do throws(WiFiError) {
            return try driver.run(command, nanoseconds: nanoseconds)
        } catch {
            if driver.mayHaveRun { unknown |= number.map(Self.bit) ?? .max }
            throw error
        }
    }

    /// Starts a server or a datagram socket. If the reply is lost it may be open and hold its port: it is stopped
    /// before the next slot is requested.
    func runStarting(_ command: StartServer, isServer: Bool, on driver: Driver) throws(WiFiError) -> StartServer.Reply {
        markUnanswered(command.socket, isServer: isServer)
        let reply = try driver.run(command)
        markAnswered(command.socket)
        return reply
    }

    /// Like ``runStarting(_:isServer:on:)``, for a datagram socket without its own port.
    func runStarting(_ command: StartClient, on driver: Driver) throws(WiFiError) -> StartClient.Reply {
        markUnanswered(command.socket, isServer: false)
        let reply = try driver.run(command)
        markAnswered(command.socket)
        return reply
    }

    private func markUnanswered(_ number: SocketNumber, isServer: Bool) {
        if isServer {
            unansweredStarts.servers |= Self.bit(number)
        } else {
            unansweredStarts.datagrams |= Self.bit(number)
        }
    }

    private func markAnswered(_ number: SocketNumber) {
        unansweredStarts.servers &= ~Self.bit(number)
        unansweredStarts.datagrams &= ~Self.bit(number)
    }

    /// Stops the slots that the coprocessor may hold without the library's knowledge.
    func reclaimUnknownSlots(on driver: Driver) throws(WiFiError) {
        try stopUnansweredStarts(on: driver)
        guard unknown != 0 else { return }
        for number in 0..<SocketID.limit {
            let bit = Self.bit(SocketNumber(rawValue: number))
            guard unknown & bit != 0 else { continue }
            if !driver.sockets[.slot(number)].isOpen, try !stopUnknown(number, on: driver) { break }
            unknown &= ~bit
        }
        unknown = 0
    }

    private func stopUnansweredStarts(on driver: Driver) throws(WiFiError) {
        guard unansweredStarts != (0, 0) else { return }
        for number in 0..<SocketID.limit {
            let socket = SocketNumber(rawValue: number)
            do throws(WiFiError) {
                if unansweredStarts.servers & Self.bit(socket) != 0 {
                    _ = try stopListener(.slot(number), on: driver)
                }
                if unansweredStarts.datagrams & Self.bit(socket) != 0 {
                    _ = try driver.acknowledge(StopClient(socket: socket))
                }
            } catch {
                // The number came from a damaged reply: there is no such slot.
                guard case .refused = error else { throw error }
            }
            markAnswered(socket)
        }
    }

    /// - Returns: false when the coprocessor has no such slot.
    private func stopUnknown(_ number: UInt8, on driver: Driver) throws(WiFiError) -> Bool {
        let socket = SocketNumber(rawValue: number)
        do throws(WiFiError) {
            guard try driver.run(GetClientState(socket: socket)).state == .established else { return true }
            _ = try driver.acknowledge(StopClient(socket: socket))
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }

    // MARK: Opening and closing

    /// Requests a free slot, which the coprocessor reserves.
    func freeSlot(on driver: Driver) throws(WiFiError) -> SocketNumber {
        try reclaimUnknownSlots(on: driver)
        guard let id = SocketID(try driver.run(GetSocket()).socket, .classic) else { throw .noSocketAvailable }
        // The slot is free, so a handle that still refers to it belongs to a connection whose end went unnoticed.
        if driver.sockets[id].isOpen { driver.markClosed(id) }
        return id.number
    }

    func connect(
        to host: Host, port: UInt16, over type: SocketType, milliseconds: UInt64, on driver: Driver
    ) throws(WiFiError) -> SocketID {
        var command = StartClient(form: .hostAndTimeout)
        switch host {
        case .address(let address): command.address = address
        case .name(let name): command.host = try bytes(name, .startClient)
        }
        command.port = port
        command.type = type
        command.socket = try freeSlot(on: driver)
        command.timeoutMilliseconds = UInt16(milliseconds)
        // The coprocessor enforces the time-out; the link waits a little longer for its reply.
        let patience = milliseconds * 1_000_000 + driver.commandNanoseconds
        let start = driver.now
        guard try runTaking(command.socket, command, nanoseconds: patience, on: driver).isConnected else {
            // After a time-out a look-up might take as long again.
            let isLate = driver.now.nanoseconds(since: start) >= milliseconds * 1_000_000
            throw .connectFailed(
                cause: isLate ? driver.connectFailure(.timedOut) : driver.connectFailure(to: host))
        }
        let id = SocketID.slot(command.socket.rawValue)
        driver.open(id, as: .client)
        return id
    }

    func listen(port: UInt16, on driver: Driver) throws(WiFiError) -> SocketID {
        let socket = try freeSlot(on: driver)
        let command = StartServer(port: port, socket: socket, type: .tcp)
        guard try runStarting(command, isServer: true, on: driver).value != 0 else { throw .serverFailed(port: port) }
        let id = SocketID.slot(socket.rawValue)
        driver.open(id, as: .listener)
        return id
    }

    func stopClient(_ id: SocketID, on driver: Driver) throws(WiFiError) {
        guard driver.sockets[id].stream != .gone else { return }
        _ = try driver.acknowledge(StopClient(socket: id.number))
    }

    /// Falls back to STOP_CLIENT when the firmware has nothing else, and remembers that.
    func stopListener(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        if !lacksStopServer {
            do throws(WiFiError) {
                _ = try driver.acknowledge(StopServer(socket: id.number))
                return true
            } catch {
                guard case .unsupported = error else { throw error }
                lacksStopServer = true
            }
        }
        _ = try driver.acknowledge(StopClient(socket: id.number))
        return false
    }

    // MARK: Servers

    func accept(for server: WiFiServer) throws(WiFiError) -> WiFiClient? {
        let driver = server.driver
        guard try driver.claimQuery(&server.askedAt), let id = try ask(server, accept: true) else { return nil }
        if try wasHandedOut(id, on: driver) { return nil }
        driver.open(id, as: .client)
        return WiFiClient(driver, id)
    }

    /// Firmware before 2.0 has no accept: it returns every client that has bytes, and may reassign the slot of an ended
    /// client to another one. The remote port distinguishes them.
    private func wasHandedOut(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        guard driver.sockets[id].isOpen, driver.sockets[id].stream != .gone, try !driver.findFirmware().isAtLeast(2)
        else { return false }
        let port = try driver.run(GetRemoteData(socket: id.number)).port
        return driver.sockets[id].recordRemotePort(port)
    }

    /// The module chooses the client and keeps track of turns.
    func clientWithBytes(
        of server: WiFiServer, from start: UInt8, current: WiFiClient?
    ) throws(WiFiError) -> WiFiClient? {
        let driver = server.driver
        guard try driver.claimQuery(&server.askedAt), let id = try ask(server, accept: false) else { return nil }
        let state = driver.sockets[id]
        // Not a known client: this is a new connection.
        if !state.isOpen || state.stream == .gone || state.server != server.id {
            driver.open(id, as: .client)
            driver.sockets[id].assign(to: server.id)
        }
        return WiFiClient(driver, id)
    }

    private func ask(_ server: WiFiServer, accept: Bool) throws(WiFiError) -> SocketID? {
        let driver = server.driver
        guard let listener = server.socket else { return nil }
        try reclaimUnknownSlots(on: driver)
        let command = AvailData(socket: listener.number, accept: accept)
        // After a lost reply, `available` returns the client again; accept does not.
        let value = try (accept ? runTaking(nil, command, on: driver) : driver.run(command)).value
        // A chip that has restarted without the link noticing answers 0 for a free slot.
        let isKnown = driver.sockets[.slot(0)].isOpen && driver.sockets[.slot(0)].server == server.id
        if value == 0, !isKnown, try !driver.acknowledge(GetStateTCP(socket: listener.number)) {
            driver.markClosed(listener)
            throw .serverNotListening
        }
        return value < Firmware.slotLimit ? .slot(UInt8(value)) : nil
    }

    /// The module has only named the client and read no bytes.
    func bytesReadByLook(buffered: Int) -> Int { 0 }

    /// The module sends to each client.
    func write(_ bytes: ArraySlice<UInt8>, toClientsOf server: WiFiServer) throws(WiFiError) -> Int {
        guard let listener = server.socket else { return 0 }
        var sum = 0
        var rest = bytes
        while !rest.isEmpty {
            sum += try server.driver.send(listener, rest.prefix(Frame.longestSend))
            rest = rest.dropFirst(Frame.longestSend)
        }
        return sum
    }
}
