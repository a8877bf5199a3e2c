import NINALink
import NINAWire

// For slots the module implements this part of a server: the list of clients, and the turns they take.

extension BSDCommands {
    /// First takes clients that `available` has found and not returned, then new ones from the listener.
    func accept(for server: WiFiServer) throws(WiFiError) -> WiFiClient? {
        while !server.waiting.isEmpty {
            let client = server.waiting.removeFirst()
            guard client.isCurrent, let id = client.id else { continue }
            server.driver.sockets[id].handOut()
            return client
        }
        return try takeConnection(server)
    }

    private func takeConnection(_ server: WiFiServer) throws(WiFiError) -> WiFiClient? {
        guard let listener = server.socket, let id = try accept(listener, on: server.driver) else { return nil }
        server.driver.sockets[id].recordOrigin(server.id)
        return WiFiClient(server.driver, id)
    }

    /// Checks for bytes on the current client, then on the others in round-robin order.
    func clientWithBytes(
        of server: WiFiServer, from start: UInt8, current: WiFiClient?
    ) throws(WiFiError) -> WiFiClient? {
        let driver = server.driver
        if let current, let id = current.id, try lookForBytes(id, on: driver) { return current }
        server.waiting.removeAll { !$0.isCurrent }
        for _ in 0..<SocketID.limit {
            guard let client = try takeConnection(server), let id = client.id else { break }
            driver.sockets[id].assign(to: server.id)
            server.waiting.append(client)
        }
        for offset in 0..<SocketID.limit {
            let id = SocketID.bsd((start + offset) % SocketID.limit)
            let state = driver.sockets[id]
            guard state.isOpen, state.server == server.id, id != current?.id else { continue }
            if try lookForBytes(id, on: driver) { return WiFiClient(driver, id) }
        }
        return nil
    }

    private func lookForBytes(_ id: SocketID, on driver: Driver) throws(WiFiError) -> Bool {
        let state = driver.sockets[id]
        if !state.ahead.isEmpty { return true }
        guard state.stream == .open else { return false }
        // Lost bytes count as well: reading them throws.
        if state.gaps.contains(.input) { return true }
        return try driver.fill(id) > 0
    }

    func bytesReadByLook(buffered: Int) -> Int { min(buffered, longestReceive) }

    /// Sends to every client that came from the listener. A client that does not take a whole frame gets no more,
    /// because the stream would have a gap.
    func write(_ bytes: ArraySlice<UInt8>, toClientsOf server: WiFiServer) throws(WiFiError) -> Int {
        let driver = server.driver
        var sum = 0
        for number in 0..<SocketID.limit {
            let id = SocketID.bsd(number)
            var rest = bytes
            while !rest.isEmpty, driver.sockets[id].origin == server.id, driver.sockets[id].stream != .gone {
                let frame = rest.prefix(Frame.longestSend)
                let count = min(try driver.send(id, frame), frame.count)
                sum += count
                rest = rest.dropFirst(count)
                guard count == frame.count else { break }
            }
        }
        return sum
    }
}
