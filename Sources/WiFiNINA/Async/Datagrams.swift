#if !hasFeature(Embedded)
import NINAWire

extension WiFiModule {
    /// A datagram with its source or destination.
    public struct Datagram: Equatable, Sendable {
        /// The source or destination address.
        public var address: IPv4Address
        /// The source or destination port.
        public var port: UInt16
        /// The payload: 1 to ``WiFiUDP/longestDatagram`` bytes.
        public var bytes: [UInt8]

        /// A datagram to an address.
        public init(_ bytes: [UInt8], to address: IPv4Address, port: UInt16) {
            self.bytes = bytes
            self.address = address
            self.port = port
        }
    }

    /// A UDP socket of a ``WiFiModule``. It is open until ``close()``, or until its last reference is released.
    public final class DatagramSocket: Sendable, Identifiable {
        /// The module.
        public let module: WiFiModule
        /// Identifies the socket among all datagram sockets of this module, including past ones.
        public let id: Int
        /// The coprocessor's socket.
        public let socket: SocketNumber

        init(_ module: WiFiModule, _ id: Int, _ socket: SocketNumber) {
            self.module = module
            self.id = id
            self.socket = socket
        }

        deinit {
            Task { [module, id] in await module.closeDatagramSocket(id) }
        }

        /// Waits for a datagram.
        /// - Parameter timeout: how long to wait; unlimited by default.
        /// - Throws: `.timedOut(.read)`, `.cancelled`, `.staleHandle` when the socket is closed.
        public func receive(timeout: Duration? = nil) async throws(WiFiError) -> Datagram {
            try await module.call(within: timeout?.wholeNanoseconds, else: .timedOut(.read)) {
                (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
                try await module.receive(self, timeout, ticket)
            }
        }

        /// The received datagrams. The sequence does not end; the loop ends when ``receive(timeout:)`` throws.
        public var datagrams: Datagrams { Datagrams(socket: self) }

        /// Sends a datagram.
        /// - Throws: `.datagramFailed` when the datagram is empty or too long, or the module does not send it.
        public func send(_ datagram: Datagram) async throws(WiFiError) {
            try await module.command { (module: isolated WiFiModule) throws(WiFiError) in
                try module.send(datagram, self)
            }
        }

        /// Closes the socket and discards unread datagrams. Cancelled tasks can call it.
        public func close() async { await module.attempt { [id] module in module.closeDatagramSocket(id) } }
    }
}

extension WiFiModule.DatagramSocket {
    /// The datagrams of a socket; see ``WiFiModule/DatagramSocket/datagrams``.
    public struct Datagrams: AsyncSequence, Sendable {
        let socket: WiFiModule.DatagramSocket

        /// Starts receiving.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(socket: socket) }

        /// Iterates over datagrams.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let socket: WiFiModule.DatagramSocket

            /// The next datagram; never nil.
            public func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(WiFiError) -> WiFiModule.Datagram? { try await socket.receive() }
        }
    }
}

// MARK: Operations of a socket's handle

extension WiFiModule {
    /// Opens a UDP socket that receives datagrams on a port.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`, `.cancelled`.
    public nonisolated func datagramSocket(port: UInt16) async throws(WiFiError) -> DatagramSocket {
        try await command { (module: isolated WiFiModule) throws(WiFiError) in
            try module.openDatagramSocket(port: port)
        }
    }

    private func openDatagramSocket(port: UInt16) throws(WiFiError) -> DatagramSocket {
        try checkCancellation()
        let socket = WiFiUDP(wifi)
        try socket.begin(port)
        let number = newNumber()
        datagramSockets[number] = socket
        return DatagramSocket(self, number, socket.socket)
    }

    private func open(_ handle: DatagramSocket) throws(WiFiError) -> WiFiUDP {
        try checkCancellation()
        guard let socket = datagramSockets[handle.id] else { throw .staleHandle(handle.socket) }
        return socket
    }

    func receive(
        _ handle: DatagramSocket, _ timeout: Duration?, _ ticket: CallTicket
    ) async throws(WiFiError) -> Datagram {
        var backoff = PollBackoff(at: ticket.start ?? now, timeout: timeout)
        while true {
            let socket = try open(handle)
            let count = try socket.parsePacket()
            if count > 0 {
                waits.recordProgress()
                return Datagram(socket.read(count), to: socket.remoteIP(), port: socket.remotePort())
            }
            try await pause(&backoff, object: handle.id, for: .read, .classic)
        }
    }

    func send(_ datagram: Datagram, _ handle: DatagramSocket) throws(WiFiError) {
        let socket = try open(handle)
        try socket.beginPacket(.address(datagram.address), port: datagram.port)
        try socket.write(datagram.bytes)
        try socket.endPacket()
    }

    func closeDatagramSocket(_ number: Int) {
        guard let socket = datagramSockets.removeValue(forKey: number) else { return }
        try? socket.stop()
        waits.recordProgress()
        wakeWaiters(for: number)
    }
}
#endif
