#if !hasFeature(Embedded)
import NINAWire
import Synchronization

extension WiFiModule {
    /// A TCP or TLS connection of a ``WiFiModule``, for any number of tasks: one may read while another writes.
    ///
    /// It is closed by ``close()``, or when its last reference is released. Every wait ends with `.cancelled` when its task is
    /// cancelled, with `.staleHandle` when the connection is closed on this side, and with `.link` when the module is gone.
    public final class Client: Sendable, Identifiable {
        /// The module.
        public let module: WiFiModule
        /// Identifies the connection among all of this module, past ones included.
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

        /// Closes the connection; what was written is still delivered. Cancelled tasks can call it.
        public func close() async {
            wasClosed.store(true, ordering: .relaxed)
            await module.closeConnection(id)
        }

        // MARK: Reading

        /// Waits for bytes and reads them, what is there and at most `limit` of them.
        /// - Parameters:
        ///   - limit: the most bytes of one read.
        ///   - timeout: how long it waits; for any time unless it is given.
        /// - Returns: an empty array when the connection has ended and everything was read.
        /// - Throws: `.timedOut(.read)`, `.cancelled`.
        public func read(_ limit: Int = 4096, timeout: Duration? = nil) async throws(WiFiError) -> [UInt8] {
            try await module.read(self, limit, timeout)
        }

        /// Waits for a line and reads it, without its LF or CR LF. What has come of a line stays when the wait ends without it.
        /// - Parameters:
        ///   - limit: the most bytes of a line.
        ///   - timeout: how long it waits; for any time unless it is given.
        /// - Returns: bytes behind the last LF as the last line; nil when the connection has ended and everything was read.
        ///   What is not UTF-8 is replaced. To a line that the end has cut there is no answer: the module has closed the
        ///   connection by then.
        /// - Throws: `.lineTooLong`, and this line is thrown away: the next call reads the line behind it. `.timedOut(.read)`,
        ///   `.cancelled`.
        public func readLine(limit: Int = 65_536, timeout: Duration? = nil) async throws(WiFiError) -> String? {
            try await module.readLine(self, limit, timeout)
        }

        /// The lines that come, until the connection has ended; see ``lines(limit:)``.
        public var lines: Lines { lines(limit: 65_536) }

        /// The lines that come, until the connection has ended, each as by ``readLine(limit:timeout:)``.
        ///
        /// After an error, or when a loop is left, another loop goes on with the next line.
        public func lines(limit: Int) -> Lines { Lines(client: self, limit: limit) }

        /// The bytes that come, until the connection has ended. What a loop has not taken stays for the next reader; two tasks
        /// that read at the same time share what comes.
        public var bytes: Bytes { Bytes(client: self) }

        // MARK: Writing

        /// Waits until the coprocessor takes something of the bytes.
        /// - Returns: how many it has taken.
        /// - Throws: `.timedOut(.write)`, `.connectionClosed`, `.cancelled`.
        public func write(
            _ bytes: some Collection<UInt8> & Sendable, timeout: Duration = .seconds(30)
        ) async throws(WiFiError) -> Int {
            try await module.write(self, ArraySlice(bytes), whole: false, timeout: timeout)
        }

        /// Sends all bytes, waiting until the coprocessor has taken them. What several tasks write does not mix.
        /// - Throws: `.timedOut(.write)`, `.connectionClosed`, `.cancelled`; a part may have been sent by then.
        public func writeAll(
            _ bytes: some Collection<UInt8> & Sendable, timeout: Duration = .seconds(30)
        ) async throws(WiFiError) {
            _ = try await module.write(self, ArraySlice(bytes), whole: true, timeout: timeout)
        }

        /// Sends text; as ``writeAll(_:timeout:)``.
        public func print(_ text: String, timeout: Duration = .seconds(30)) async throws(WiFiError) {
            try await writeAll(text.utf8, timeout: timeout)
        }

        /// Sends text and the end of a line, CR and LF; as ``writeAll(_:timeout:)``.
        public func println(_ text: String = "", timeout: Duration = .seconds(30)) async throws(WiFiError) {
            try await print(text + "\r\n", timeout: timeout)
        }

        // MARK: The other end

        /// The address of the other end.
        public func remoteIP() async throws(WiFiError) -> IPv4Address { try await module.remote(self).address }

        /// The port of the other end.
        public func remotePort() async throws(WiFiError) -> UInt16 { try await module.remote(self).port }
    }
}

// MARK: Sequences

extension WiFiModule.Client {
    /// The lines of a connection; see ``WiFiModule/Client/lines(limit:)``.
    public struct Lines: AsyncSequence, Sendable {
        let client: WiFiModule.Client
        let limit: Int

        /// Begins to read.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, limit: limit) }

        /// Reads line after line.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let client: WiFiModule.Client
            let limit: Int

            /// The next line, nil at the end.
            public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(WiFiError) -> String? {
                try await client.readLine(limit: limit)
            }
        }
    }

    /// The bytes of a connection; see ``WiFiModule/Client/bytes``.
    public struct Bytes: AsyncSequence, Sendable {
        let client: WiFiModule.Client

        /// Begins to read.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client) }

        /// Reads byte after byte; only the first of many that have come together asks the module.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let client: WiFiModule.Client
            private var lease: ReadAheadLease?

            init(client: WiFiModule.Client) { self.client = client }

            /// The next byte, nil at the end.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(WiFiError) -> UInt8? {
                while true {
                    if let byte = lease?.take() { return byte }
                    lease = try await client.module.borrow(client)
                    if lease == nil { return nil }
                }
            }
        }
    }
}
#endif
