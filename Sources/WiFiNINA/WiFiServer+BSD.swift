import NINALink
import NINAWire

// What the module does for a server over slots, and the library over BSD sockets: it keeps the list of clients.

extension WiFiServer {
    /// First those that `available` has looked at and not returned, then from the listener.
    func acceptBSD() throws(WiFiError) -> WiFiClient? {
        while !waiting.isEmpty {
            let client = waiting.removeFirst()
            guard client.isCurrent else { continue }
            driver.sockets[client.place].server = 0
            return client
        }
        return try takeConnection()
    }

    private func takeConnection() throws(WiFiError) -> WiFiClient? {
        guard let index = try driver.acceptBSD(place) else { return nil }
        driver.sockets[index].origin = identity
        return WiFiClient(driver, at: index)
    }

    /// Looks for bytes: of the client whose turn it is, else of those that come before the next one with bytes in the
    /// library's buffer.
    /// - Returns: a client that has bytes now.
    func askBSD(from start: Int, _ current: WiFiClient?) throws(WiFiError) -> WiFiClient? {
        if let current, try hasBytes(current.place) { return current }
        waiting.removeAll { !$0.isCurrent }
        for _ in 0..<Firmware.slotLimit {
            guard let client = try takeConnection() else { break }
            driver.sockets[client.place].server = identity
            waiting.append(client)
        }
        let count = driver.sockets.count
        for offset in 0..<count {
            let index = (start + offset) % count
            let state = driver.sockets[index]
            guard state.isOpen, state.server == identity, index != current?.place else { continue }
            if try hasBytes(index) { return WiFiClient(driver, at: index) }
        }
        return nil
    }

    private func hasBytes(_ index: Int) throws(WiFiError) -> Bool {
        let state = driver.sockets[index]
        if state.bufferedCount > 0 { return true }
        guard !state.isGone, !state.hasEnded else { return false }
        // Lost ones count: who reads is told.
        if state.hasLostInput { return true }
        return try driver.fill(index) > 0
    }

    /// Sends bytes to every client that came from the listener. One that does not take all gets no more of them: what is
    /// missing would be in the middle.
    func writeToEach(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        var sum = 0
        for index in driver.sockets.indices {
            var rest = bytes
            while !rest.isEmpty, driver.sockets[index].origin == identity, !driver.sockets[index].isGone {
                let frame = rest.prefix(Frame.longestSend)
                let count = min(try driver.send(index, frame), frame.count)
                sum += count
                rest = rest.dropFirst(count)
                guard count == frame.count else { break }
            }
        }
        return sum
    }
}
