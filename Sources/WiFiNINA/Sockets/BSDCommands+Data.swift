import NINALink
import NINAWire

// Data transfer, state, options and polling of BSD sockets.

extension BSDCommands {
    static let firstPause: UInt64 = 500_000
    static let longestPause: UInt64 = 20_000_000

    // MARK: Bytes

    func receive(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.run(BSDRecv(socket: id.number, size: UInt16(longestReceive))).data
    }

    func send(_ id: SocketID, _ frame: ArraySlice<UInt8>, on driver: Driver) throws(WiFiError) -> Int {
        Int(try driver.run(BSDSend(socket: id.number, data: frame)).count)
    }

    /// ERRNO refers to the preceding send.
    func drainAndCheckFull(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        let error = BSDError(rawValue: try driver.run(BSDErrno()).errno)
        let isFull = error == .wouldBlock || error == .noBuffers
        try driver.drain(id)
        if !isFull {
            driver.sockets[id].markGone()
            // Marks it closed, unless unread bytes remain.
            _ = try state(id, on: driver)
        }
        return isFull
    }

    // MARK: State

    func isListening(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        try option(id.number, .acceptsConnections, on: driver) ?? 0 != 0
    }

    func remote(_ id: SocketID, on driver: Driver) throws(WiFiError) -> GetRemoteData.Reply {
        driver.sockets[id].remote
    }

    /// Also reads available bytes into the buffer.
    func state(_ id: SocketID, on driver: Driver) throws(WiFiError) -> ClientState {
        let state = driver.sockets[id]
        if !state.ahead.isEmpty {
            if state.stream == .open, !state.gaps.contains(.input),
                try poll(id.number, on: driver).contains(.readable), try driver.fill(id) == 0
            {
                driver.sockets[id].markEnded()
            }
            return driver.sockets[id].stream == .open ? .established : .closed
        }
        if state.stream == .open {
            let events = try poll(id.number, on: driver)
            if events.contains(.readable) {
                // Readable without bytes means the end. After lost bytes nothing more is read.
                if state.gaps.contains(.input) { return .established }
                if try driver.fill(id) > 0 { return .established }
            } else if events.contains(.writable) {
                return .established
            } else if try driver.run(BSDGetpeername(socket: id.number)).result != 0 {
                // The buffer is full.
                return .established
            }
        }
        try driver.stopClient(id)
        return .closed
    }

    /// Reads an option of a socket; nil when that fails.
    func option(_ number: SocketNumber, _ option: SocketOption, on driver: Driver) throws(WiFiError) -> UInt32? {
        let value = try driver.run(BSDGetsockopt(socket: number, option: option.rawValue, size: 4)).value
        return value.count >= 4 ? Self.number(value) : nil
    }

    /// Decodes four bytes, little endian as on the ESP32.
    static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var number: UInt32 = 0
        for byte in bytes.prefix(4).reversed() { number = number << 8 | UInt32(byte) }
        return number
    }

    // MARK: Waiting

    /// Reads the events that a socket is ready for.
    func poll(_ number: SocketNumber, on driver: Driver) throws(WiFiError) -> WiFiSocket.Events {
        WiFiSocket.Events(rawValue: try driver.run(BSDPoll(socket: number)).events & 7)
    }

    /// Polls until a socket is ready for one of the events, with growing pauses.
    /// - Returns: the events it is ready for; empty on time-out.
    func wait(
        _ number: SocketNumber, for events: WiFiSocket.Events, until deadline: MonotonicInstant, on driver: Driver
    ) throws(WiFiError) -> WiFiSocket.Events {
        var pause = Self.firstPause
        while true {
            let ready = try poll(number, on: driver)
            if !ready.isDisjoint(with: events) { return ready }
            let now = driver.now
            guard now < deadline else { return [] }
            try driver.sleep(nanoseconds: min(pause, deadline.nanoseconds(since: now)))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// A socket number that the coprocessor has forgotten in a restart is never ready: after this time the caller
    /// checks the state by other means.
    private func limit(_ deadline: MonotonicInstant, _ driver: Driver) -> MonotonicInstant {
        min(deadline, driver.now.advanced(byNanoseconds: 250_000_000))
    }

    func claimQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        driver.sockets[id].stream != .ended
    }

    /// Always: nothing else says whether there are more.
    func claimFurtherQuery(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        try claimQuery(id, on: driver)
    }

    func isBlind(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool { true }

    func waitForBytes(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError) {
        _ = try wait(id.number, for: [.readable, .error], until: limit(deadline, driver), on: driver)
    }

    /// Meanwhile reads what the client sends into the buffer, since the client may wait for that before it reads.
    func waitForRoom(_ id: SocketID, until deadline: MonotonicInstant, on driver: Driver) throws(WiFiError) {
        let deadline = limit(deadline, driver)
        while true {
            let state = driver.sockets[id]
            let isReading = state.stream != .ended && state.ahead.count < driver.drainLimit
            let wanted: WiFiSocket.Events = isReading ? [.readable, .writable, .error] : [.writable, .error]
            let events = try wait(id.number, for: wanted, until: deadline, on: driver)
            guard isReading, events.contains(.readable), events.isDisjoint(with: [.writable, .error]) else { return }
            if try driver.fill(id) == 0 { driver.sockets[id].markEnded() }
        }
    }

    /// Whether a listener has a connection, or a client has bytes that the program has not seen. The end of a
    /// connection does not count.
    func lookForActivity(on driver: Driver) throws(WiFiError) -> Bool {
        for number in 0..<SocketID.limit {
            let id = SocketID.bsd(number)
            let state = driver.sockets[id]
            guard state.use == .client || state.use == .listener, state.stream == .open else { continue }
            if state.hasNews || state.ahead.count >= driver.drainLimit { return true }
            if state.use == .listener, isExhausted(driver) { continue }
            guard try poll(id.number, on: driver).contains(.readable) else { continue }
            if state.use == .listener || state.gaps.contains(.input) { return true }
            guard try driver.fill(id) > 0 else {
                driver.sockets[id].markEnded()
                continue
            }
            driver.sockets[id].markNews()
            return true
        }
        return false
    }
}
