import NINALink
import NINAWire

// The state of BSD sockets, and waiting for it to change. IRQ says nothing of them: the coprocessor is asked, in pauses
// that grow.

extension Driver {
    static let firstPause: UInt64 = 500_000
    static let longestPause: UInt64 = 20_000_000

    /// What a BSD socket is ready for now.
    func pollBSD(_ number: SocketNumber) throws(WiFiError) -> WiFiSocket.Events {
        WiFiSocket.Events(rawValue: try run(BSDPoll(socket: number)).events & 7)
    }

    /// Waits until a BSD socket is ready for one of these.
    /// - Returns: what it is ready for, nothing when the time was up first.
    func waitBSD(
        _ number: SocketNumber, for events: WiFiSocket.Events, until deadline: MonotonicInstant
    ) throws(WiFiError) -> WiFiSocket.Events {
        var pause = Self.firstPause
        while true {
            let ready = try pollBSD(number)
            if !ready.isDisjoint(with: events) { return ready }
            let now = self.now
            guard now < deadline else { return [] }
            try sleep(nanoseconds: min(pause, deadline.nanoseconds(since: now)))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// A number that the coprocessor does not know, because it has restarted, is ready for nothing: after so long it is
    /// looked at otherwise.
    func whileOfBSD(_ deadline: MonotonicInstant) -> MonotonicInstant {
        min(deadline, now.advanced(byNanoseconds: 250_000_000))
    }

    /// As ``clientState(_:)``. Bytes that have come are in the buffer then.
    func bsdClientState(_ index: Int) throws(WiFiError) -> ClientState {
        if sockets[index].bufferedCount > 0 { return sockets[index].isGone ? .closed : .established }
        if !sockets[index].isGone, !sockets[index].hasEnded {
            let events = try pollBSD(number(index))
            if events.contains(.readable) {
                // Readable without bytes is the end. Behind lost bytes nothing is read.
                if sockets[index].hasLostInput { return .established }
                if try fill(index) > 0 { return .established }
            } else if events.contains(.writable) {
                return .established
            } else if try run(BSDGetpeername(socket: number(index))).result != 0 {
                // It is full.
                return .established
            }
        }
        try stopClient(index)
        return .closed
    }

    /// As ``isOnlyFull(_:)``, right after the send.
    func isBSDOnlyFull(_ index: Int) throws(WiFiError) -> Bool {
        let error = BSDError(rawValue: try run(BSDErrno()).errno)
        let isFull = error == .wouldBlock || error == .noBuffers
        try drain(index)
        if !isFull {
            sockets[index].isGone = true
            // Closes it, unless there are bytes left to be read.
            _ = try bsdClientState(index)
        }
        return isFull
    }

    /// Waits for a client to take bytes again; takes over what it sends meanwhile, since it may wait for that.
    func waitForBSDRoom(_ index: Int, until deadline: MonotonicInstant) throws(WiFiError) {
        while true {
            let isReading = !sockets[index].hasEnded && sockets[index].bufferedCount < Self.drainLimit
            let wanted: WiFiSocket.Events = isReading ? [.readable, .writable, .error] : [.writable, .error]
            let events = try waitBSD(number(index), for: wanted, until: deadline)
            guard isReading, events.contains(.readable), events.isDisjoint(with: [.writable, .error]) else { return }
            if try takeOver(index) == 0 { sockets[index].hasEnded = true }
        }
    }

    /// Whether a listener has a connection, or a client has bytes that the program has not looked at. The end of a
    /// connection is none of both.
    func hasBSDActivity() throws(WiFiError) -> Bool {
        for index in Firmware.slotLimit..<sockets.count {
            let state = sockets[index]
            guard state.isOpen, !state.isRaw, !state.isGone, !state.hasEnded else { continue }
            let isListener = state.outlivesNetwork
            if state.hasNews || state.bufferedCount >= Self.drainLimit { return true }
            if isListener, isExhausted { continue }
            guard try pollBSD(number(index)).contains(.readable) else { continue }
            if isListener || state.hasLostInput { return true }
            guard try takeOver(index) > 0 else {
                sockets[index].hasEnded = true
                continue
            }
            sockets[index].hasNews = true
            return true
        }
        return false
    }
}
