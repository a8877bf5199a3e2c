import NINALink
import NINAWire

// Data transfer and state of connections over slots.

extension SlotCommands {
    func receive(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.run(GetDatabuf(socket: id.number, size: UInt16(longestReceive))).data
    }

    func send(_ id: SocketID, _ frame: ArraySlice<UInt8>, on driver: Driver) throws(WiFiError) -> Int {
        Int(try driver.run(SendData(socket: id.number, data: frame)).count)
    }

    func drainAndCheckFull(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        // While bytes are unread, the module reports a broken connection as established.
        try driver.drain(id)
        return try state(id, on: driver) == .established
    }

    func isListening(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        try driver.acknowledge(GetStateTCP(socket: id.number))
    }

    func state(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ClientState {
        guard driver.sockets[id].stream != .gone else { return .closed }
        let state = try driver.run(GetClientState(socket: id.number)).state
        if state == .closed {
            if driver.sockets[id].ahead.isEmpty { driver.markClosed(id) } else { driver.sockets[id].markGone() }
        }
        return state
    }

    func remote(_ id: SocketID, on driver: Driver) throws(WiFiError) -> GetRemoteData.Reply {
        try driver.run(GetRemoteData(socket: id.number))
    }

    // MARK: Waiting

    func claimQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        try driver.claimQuery(id)
    }

    /// Not directly after the chip had no more: IRQ is high for another socket.
    func claimFurtherQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        guard driver.now >= driver.sockets[id].pace.restsUntil else { return false }
        return try driver.claimQuery(id)
    }

    /// IRQ is high for another socket.
    func isBlind(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool { try driver.interruptLevel() }

    func waitForBytes(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError) {
        let next = min(deadline, driver.now.advanced(byNanoseconds: driver.pollNanoseconds / 2))
        guard try driver.waitForInterrupt(until: next) else { return }
        // The last query found nothing and left IRQ high, for another socket: limit the query rate.
        if driver.now < driver.sockets[id].pace.restsUntil { try driver.sleep(nanoseconds: 200_000) }
    }

    func waitForRoom(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError) {
        // Some firmware answers immediately that it has no room: limit the retry rate.
        try driver.sleep(nanoseconds: 1_000_000)
    }
}
