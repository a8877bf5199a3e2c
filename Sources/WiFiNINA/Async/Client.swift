#if !hasFeature(Embedded)
import NINAWire
import Synchronization

extension WiFiModule {
    /// A TCP or TLS connection of a ``WiFiModule``, usable by any number of tasks: one may read while another writes.
    ///
    /// It is closed by ``close()``, or when its last reference is released. Every wait ends with `.cancelled` when its
    /// task is cancelled, with `.staleHandle` when the connection is closed on this side, and with `.link` when the
    /// module is gone.
    public final class Client: Sendable, Identifiable {
        /// The module.
        public let module: WiFiModule
        /// Identifies the connection among all connections of this module, including past ones.
        public let id: Int
        /// The coprocessor's socket.
        public let socket: SocketNumber
        private let wasClosed = Atomic(false)

        init(_ module: WiFiModule, _ id: Int, _ socket: SocketNumber) {
            self.module = module
            self.id = id
            self.socket = socket
        }

        deinit {
            guard !wasClosed.load(ordering: .relaxed) else { return }
            Task { [module, id] in await module.closeConnection(id) }
        }

        /// Closes the connection; bytes already written are still delivered. Cancelled tasks can call it.
        public func close() async {
            markClosed()
            await module.attempt { [id] module in module.closeConnection(id) }
        }

        /// Its release need not close it any more.
        func markClosed() { wasClosed.store(true, ordering: .relaxed) }

        // MARK: Reading

        /// Waits for bytes and reads the available ones.
        /// - Parameters:
        ///   - limit: the maximum number of bytes to read.
        ///   - timeout: how long to wait; unlimited by default.
        /// - Returns: an empty array when the connection has ended and everything has been read.
        /// - Throws: `.timedOut(.read)`, `.cancelled`.
        public func read(_ limit: Int = 4096, timeout: Duration? = nil) async throws(WiFiError) -> [UInt8] {
            try await module.call(within: timeout?.wholeNanoseconds, else: .timedOut(.read)) {
                (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
                try await module.read(self, limit, timeout, ticket)
            }
        }

        /// Waits for a number of bytes and reads them.
        /// - Parameters:
        ///   - count: the number of bytes.
        ///   - timeout: how long to wait; unlimited by default.
        /// - Throws: `.connectionEnded` when the connection has ended before, `.timedOut(.read)`, `.cancelled`; the
        ///   bytes received so far stay buffered.
        public func read(exactly count: Int, timeout: Duration? = nil) async throws(WiFiError) -> [UInt8] {
            try await module.call(within: timeout?.wholeNanoseconds, else: .timedOut(.read)) {
                (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
                try await module.read(exactly: count, self, timeout, ticket)
            }
        }

        /// Waits for a line and returns it without its LF or CR LF. If the wait fails, a partial line stays buffered.
        /// - Parameters:
        ///   - limit: the maximum number of bytes in a line.
        ///   - timeout: how long to wait; unlimited by default.
        /// - Returns: the line, or nil when the connection has ended and everything has been read. Bytes after the last
        ///   LF are the last line. Invalid UTF-8 is replaced. A last line without LF cannot be answered: the module has
        ///   closed the connection by then.
        /// - Throws: `.lineTooLong`; the line is discarded, and the next call reads the line after it.
        ///   `.timedOut(.read)`, `.cancelled`.
        public func readLine(limit: Int = 65_536, timeout: Duration? = nil) async throws(WiFiError) -> String? {
            try await module.call(within: timeout?.wholeNanoseconds, else: .timedOut(.read)) {
                (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
                try await module.readLine(self, limit, timeout, ticket)
            }
        }

        /// The received lines, until the connection ends; see ``lines(limit:)``.
        public var lines: Lines { lines(limit: 65_536) }

        /// The received lines, until the connection ends, each read by ``readLine(limit:timeout:)``.
        ///
        /// After an error, or after leaving a loop, another loop continues with the next line.
        public func lines(limit: Int) -> Lines { Lines(client: self, limit: limit) }

        /// The received bytes, until the connection ends. Bytes that a loop has not taken stay for the next reader; two
        /// tasks that read at the same time share the bytes.
        public var bytes: Bytes { Bytes(client: self) }

        // MARK: Writing

        /// Waits until the coprocessor takes some of the bytes.
        /// - Returns: the number of bytes taken.
        /// - Throws: `.timedOut(.write)`, `.connectionClosed`, `.cancelled`; the first may also mean that the module did
        ///   not answer, and bytes may have been sent then.
        public func write(
            _ bytes: some Collection<UInt8> & Sendable, timeout: Duration = .seconds(30)
        ) async throws(WiFiError) -> Int {
            try await write(ArraySlice(bytes), whole: false, timeout)
        }

        /// Sends all bytes, waiting until the coprocessor has taken them. Writes of several tasks are not interleaved.
        /// - Throws: `.timedOut(.write)`, `.connectionClosed`, `.cancelled`; some of the bytes may have been sent.
        public func writeAll(
            _ bytes: some Collection<UInt8> & Sendable, timeout: Duration = .seconds(30)
        ) async throws(WiFiError) {
            _ = try await write(ArraySlice(bytes), whole: true, timeout)
        }

        private func write(
            _ bytes: ArraySlice<UInt8>, whole: Bool, _ timeout: Duration
        ) async throws(WiFiError) -> Int {
            try await module.call(within: timeout.wholeNanoseconds, else: .timedOut(.write)) {
                (module: isolated WiFiModule, ticket: CallTicket) async throws(WiFiError) in
                try await module.write(self, bytes, whole: whole, timeout: timeout, ticket)
            }
        }

        /// Sends text; see ``writeAll(_:timeout:)``.
        public func print(_ text: String, timeout: Duration = .seconds(30)) async throws(WiFiError) {
            try await writeAll(text.utf8, timeout: timeout)
        }

        /// Sends text and CR LF; see ``writeAll(_:timeout:)``.
        public func println(_ text: String = "", timeout: Duration = .seconds(30)) async throws(WiFiError) {
            try await print(text + "\r\n", timeout: timeout)
        }

        // MARK: The other end

        /// The address of the other end.
        public func remoteIP() async throws(WiFiError) -> IPv4Address { try await remote().address }

        /// The port of the other end.
        public func remotePort() async throws(WiFiError) -> UInt16 { try await remote().port }

        private func remote() async throws(WiFiError) -> (address: IPv4Address, port: UInt16) {
            try await module.command { (module: isolated WiFiModule) throws(WiFiError) in
                try module.remote(self)
            }
        }
    }
}

// MARK: Sequences

extension WiFiModule.Client {
    /// The lines of a connection; see ``WiFiModule/Client/lines(limit:)``.
    public struct Lines: AsyncSequence, Sendable {
        let client: WiFiModule.Client
        let limit: Int

        /// Starts reading.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, limit: limit) }

        /// Iterates over lines.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let client: WiFiModule.Client
            let limit: Int

            /// The next line; nil at the end.
            public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(WiFiError) -> String? {
                try await client.readLine(limit: limit)
            }
        }
    }

    /// The bytes of a connection; see ``WiFiModule/Client/bytes``.
    public struct Bytes: AsyncSequence, Sendable {
        let client: WiFiModule.Client

        /// Starts reading.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client) }

        /// Iterates over bytes; only the first byte of each received chunk needs the module.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let client: WiFiModule.Client
            private var lease: ReadAheadLease?

            init(client: WiFiModule.Client) { self.client = client }

            /// The next byte; nil at the end.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(WiFiError) -> UInt8? {
                while true {
                    if let byte = lease?.take() { return byte }
                    lease = try await client.module.call(within: nil) {
                        [client] (module: isolated WiFiModule, _: CallTicket) async throws(WiFiError) in
                        try await module.borrow(client)
                    }
                    if lease == nil { return nil }
                }
            }
        }
    }
}
#endif
