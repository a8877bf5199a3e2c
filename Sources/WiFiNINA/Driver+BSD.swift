import NINALink
import NINAWire

/// What the library notes of BSD sockets besides their states.
struct BSDNotes {
    /// A bit for each number that is open on the coprocessor and that nobody has.
    var abandoned: UInt64 = 0
    /// The reply to a command that makes a socket was lost, and the number with it.
    var mayHaveLostOne = false
    /// When the coprocessor had no socket left for a connection that waits.
    var exhaustedAt: MonotonicInstant?
}

// Servers and clients over BSD sockets: what `Driver+Sockets` does with slots.

extension Driver {
    /// No place at all.
    static let nowhere = Int.max
    /// The most bytes of one reply to RECV: the firmware's limit.
    static let longestBSDReceive = 4076
    /// Connections that may wait at a listener; lwip holds 16 of all kinds.
    private static let backlog: UInt8 = 16

    /// Whether a place in ``sockets`` is that of a BSD socket: their numbers and those of the slots may overlap.
    func isBSD(_ index: Int) -> Bool { index >= Firmware.slotLimit }

    /// The place of a BSD socket.
    func place(bsd number: SocketNumber) -> Int { Firmware.slotLimit + Int(number.rawValue) }

    /// The coprocessor's number of the socket at a place.
    func number(_ index: Int) -> SocketNumber {
        guard index != Self.nowhere else { return .unavailable }
        return SocketNumber(rawValue: UInt8(isBSD(index) ? index - Firmware.slotLimit : index))
    }

    // MARK: Making sockets

    /// Makes a stream whose commands do not wait.
    private func newStream() throws(WiFiError) -> SocketNumber {
        try closeAbandoned()
        let number = try runMaking(BSDSocket(type: WiFiSocket.Kind.stream.rawValue, protocolNumber: 0)).socket
        guard number.rawValue < Firmware.slotLimit else { throw .noSocketAvailable }
        try keeping(number) { () throws(WiFiError) in try makeNonblocking(number) }
        return number
    }

    /// Has the commands of a socket return at once: one that waits would keep the module from everybody else.
    func makeNonblocking(_ number: SocketNumber) throws(WiFiError) {
        let one: [UInt8] = [1, 0, 0, 0]
        let command = BSDIoctl(socket: number, request: BSDIoctl.fionbio, value: one[...])
        guard try !run(command).value.isEmpty else { throw socketError(.bsdIoctl) }
    }

    /// Runs a command that makes a socket. When its reply is lost, nobody knows the number.
    func runMaking<C: Command>(_ command: C) throws(WiFiError) -> C.Reply {
        do throws(WiFiError) {
            return try run(command)
        } catch {
            switch error {
            case .link(let fault, _) where fault.kind != .restarted: bsd.mayHaveLostOne = true
            case .badReply: bsd.mayHaveLostOne = true
            default: break
            }
            throw error
        }
    }

    /// Does something with a socket that was just made. When that fails the socket is closed: now, or if the link does not
    /// let it be, before the next one is made.
    func keeping(
        _ number: SocketNumber, _ body: () throws(WiFiError) -> Void
    ) throws(WiFiError) {
        do throws(WiFiError) {
            try body()
        } catch {
            bsd.abandoned |= 1 << UInt64(number.rawValue)
            do throws(WiFiError) { try closeAbandoned() } catch {}
            throw error
        }
    }

    /// Closes the sockets that the coprocessor holds and nobody has.
    func closeAbandoned() throws(WiFiError) {
        // A number that is not known may be that of any socket, also of a slot's: only without those is it safe to close
        // all others. A module has the numbers from 54 on.
        if bsd.mayHaveLostOne, !sockets[..<Firmware.slotLimit].contains(where: { $0.isOpen }) {
            bsd.abandoned |= .max << 54
            bsd.mayHaveLostOne = false
        }
        guard bsd.abandoned != 0 else { return }
        for bit in 0..<UInt64(Firmware.slotLimit) where bsd.abandoned & 1 << bit != 0 {
            let number = SocketNumber(rawValue: UInt8(bit))
            let index = place(bsd: number)
            if index >= sockets.count || !sockets[index].isOpen { try closeUnknown(number) }
            bsd.abandoned &= ~(1 << bit)
        }
    }

    private func closeUnknown(_ number: SocketNumber) throws(WiFiError) {
        do throws(WiFiError) {
            _ = try run(BSDClose(socket: number))
        } catch {
            // There is no such socket.
            guard case .refused = error else { throw error }
        }
    }

    // MARK: Connecting and listening

    /// Makes a connection.
    /// - Parameter command: where to.
    /// - Returns: its place, which is open.
    func connectBSD(_ command: StartClient, until deadline: MonotonicInstant) throws(WiFiError) -> Int {
        let number = try newStream()
        var remote = GetRemoteData.Reply(address: command.address, port: command.port)
        try keeping(number) { () throws(WiFiError) in
            if !command.host.isEmpty {
                do throws(WiFiError) {
                    remote.address = try hostByName(command.host)
                } catch {
                    guard case .hostNotFound = error else { throw error }
                    throw .connectFailed
                }
            }
            guard try isConnected(number, to: remote, until: deadline) else { throw .connectFailed }
        }
        return openedBSD(number, remote)
    }

    private func isConnected(
        _ number: SocketNumber, to remote: GetRemoteData.Reply, until deadline: MonotonicInstant
    ) throws(WiFiError) -> Bool {
        let command = BSDConnect(socket: number, address: remote.address, port: remote.port)
        if try acknowledge(command) { return true }
        guard try run(BSDErrno()).errno == BSDError.inProgress.rawValue else { return false }
        guard try !waitBSD(number, for: [.writable, .error], until: deadline).isEmpty else { return false }
        return try bsdOption(number, .error) == 0
    }

    private func openedBSD(_ number: SocketNumber, _ remote: GetRemoteData.Reply) -> Int {
        let index = place(bsd: number)
        opened(index)
        sockets[index].remote = remote
        return index
    }

    /// Makes a listener.
    /// - Returns: its place, which is open.
    func listenBSD(_ port: UInt16) throws(WiFiError) -> Int {
        let number = try newStream()
        try keeping(number) { () throws(WiFiError) in
            // Connections that ended a moment ago do not keep the port. Where lwip has no such option they do.
            let one: [UInt8] = [1, 0, 0, 0]
            let option = SocketOption.reuseAddress.rawValue
            _ = try acknowledge(BSDSetsockopt(socket: number, option: option, value: one[...]))
            guard try acknowledge(BSDBind(socket: number, port: port)),
                try acknowledge(BSDListen(socket: number, backlog: Self.backlog))
            else { throw .serverFailed(port: port) }
        }
        return openedBSD(number, GetRemoteData.Reply())
    }

    /// Whether the coprocessor says that it is a listener.
    func listensBSD(_ listener: Int) throws(WiFiError) -> Bool {
        try bsdOption(number(listener), .acceptsConnections) ?? 0 != 0
    }

    /// Takes a connection that waits at a listener.
    /// - Returns: its place, which is open; nil when none waits, or the coprocessor has no socket for it.
    func acceptBSD(_ listener: Int) throws(WiFiError) -> Int? {
        guard !isExhausted else { return nil }
        try closeAbandoned()
        let reply = try runMaking(BSDAccept(socket: number(listener)))
        guard reply.socket.rawValue < Firmware.slotLimit else {
            switch BSDError(rawValue: try run(BSDErrno()).errno) {
            case .noSocketLeft: bsd.exhaustedAt = now
            case .badNumber, .invalid:
                // The coprocessor has restarted unnoticed.
                closed(listener)
                throw .serverNotListening
            default: break
            }
            return nil
        }
        let client = reply.socket
        try keeping(client) { () throws(WiFiError) in try makeNonblocking(client) }
        return openedBSD(client, GetRemoteData.Reply(address: reply.address, port: reply.port))
    }

    /// No socket was left a moment ago, and none was closed since: a connection that waits goes on waiting.
    var isExhausted: Bool {
        bsd.exhaustedAt.map { now.nanoseconds(since: $0) < pollNanoseconds } ?? false
    }

    /// An option of a socket, nil when it cannot be told.
    func bsdOption(_ number: SocketNumber, _ option: SocketOption) throws(WiFiError) -> UInt32? {
        let value = try run(BSDGetsockopt(socket: number, option: option.rawValue, size: 4)).value
        return value.count >= 4 ? bsdValue(value) : nil
    }

    /// A number of four bytes, little endian as the ESP32 has it.
    func bsdValue(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var number: UInt32 = 0
        for byte in bytes.prefix(4).reversed() { number = number << 8 | UInt32(byte) }
        return number
    }
}
