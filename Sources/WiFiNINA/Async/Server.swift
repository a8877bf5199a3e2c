#if !hasFeature(Embedded)
import NINALink
import NINAWire

extension WiFiModule {
    /// A TCP server of a ``WiFiModule``.
    ///
    ///     let server = try await module.listen(port: 7)
    ///     try await server.serve { client in
    ///         for try await line in client.lines { try await client.println(line) }
    ///     }
    ///
    /// It listens until ``end()``, or until its last reference is released.
    public final class Server: Sendable, Identifiable {
        /// The module.
        public let module: WiFiModule
        /// Identifies the server among all servers of this module, including past ones.
        public let id: Int
        /// The port.
        public let port: UInt16

        init(_ module: WiFiModule, _ id: Int, port: UInt16) {
            self.module = module
            self.id = id
            self.port = port
        }

        deinit {
            Task { [module, id] in await module.forgetServer(id) }
        }

        /// Waits for a connection.
        /// - Throws: `.serverNotListening` after ``end()``, `.cancelled`, `.link`.
        public func accept() async throws(WiFiError) -> Client {
            try await module.call(within: nil) {
                (module: isolated WiFiModule, _: CallTicket) async throws(WiFiError) in
                try await module.accept(self)
            }
        }

        /// The incoming connections, each delivered once: `for await client in server.clients`.
        ///
        /// The sequence ends when the task is cancelled, the server is ended or the module is gone; ``failure`` has the
        /// reason. Serve each client in its own task, as ``serve(reporting:_:)`` does; otherwise the next client has to
        /// wait. While the module has no free socket, clients wait outside.
        public var clients: Clients { Clients(server: self) }

        /// Why the server stopped listening; nil while it listens, and after ``end()``.
        public var failure: WiFiError? {
            get async { await module.failure(self) }
        }

        /// Stops listening; clients stay. Cancelled tasks can call it.
        public func end() async { await module.attempt { [id] module in module.endServer(id) } }

        /// Serves each client in its own task until the server ends.
        ///
        /// An error thrown by a body ends only its client. When a body returns, its client is closed. After ``end()``,
        /// existing clients continue to be served; when the task is cancelled or the module is gone, they are cancelled
        /// too. When this method returns or throws, all bodies have ended, their clients are closed, and the server no
        /// longer listens.
        /// - Parameters:
        ///   - report: receives the errors thrown by bodies.
        ///   - body: serves a client.
        /// - Throws: `.cancelled`; ``failure`` when the server was not ended by ``end()``.
        public func serve(
            reporting report: (@Sendable (Client, any Error) -> Void)? = nil,
            _ body: @escaping @Sendable (Client) async throws -> Void
        ) async throws(WiFiError) {
            await module.serve(self) { client in
                do { try await body(client) } catch { report?(client, error) }
            }
            if let failure = await failure { throw failure }
            if Task.isCancelled { throw .cancelled }
        }
    }
}

extension WiFiModule.Server {
    /// The connections of a server; see ``WiFiModule/Server/clients``.
    public struct Clients: AsyncSequence, Sendable {
        let server: WiFiModule.Server

        /// Starts accepting.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(server: server) }

        /// Iterates over clients.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            let server: WiFiModule.Server

            /// The next client; nil at the end.
            public func next(isolation actor: isolated (any Actor)? = #isolation) async -> WiFiModule.Client? {
                await server.module.nextClient(server)
            }
        }
    }
}

/// A ``WiFiModule``'s state of one server.
final class Listener {
    let server: WiFiServer
    var isEnded = false
    /// The number of the connection accepted last.
    var lastClient: Int?
    /// The last client was found without waiting for it.
    var isCrowded = false
    private(set) var failure: WiFiError?

    init(_ server: WiFiServer) { self.server = server }

    /// Records that it stopped listening, unless it was already ended.
    func fail(_ error: WiFiError) {
        if !isEnded, failure == nil { failure = error }
    }
}

// MARK: Operations of a server's handle

extension WiFiModule {
    /// Starts a server.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`, `.cancelled`.
    public nonisolated func listen(port: UInt16) async throws(WiFiError) -> Server {
        try await command { (module: isolated WiFiModule) throws(WiFiError) in
            try module.startListening(port: port)
        }
    }

    private func startListening(port: UInt16) throws(WiFiError) -> Server {
        try checkCancellation()
        let server = WiFiServer(wifi, port: port)
        try server.begin()
        let number = newNumber()
        listeners[number] = Listener(server)
        return Server(self, number, port: port)
    }

    /// How long the next accept leaves the module to the client accepted last, unless that is used sooner.
    private static let freshNanoseconds: UInt64 = 1_000_000

    func accept(_ server: Server) async throws(WiFiError) -> Client {
        try await giveWayToLastClient(of: server)
        var backoff = PollBackoff(at: now, timeout: nil)
        var isFirstLook = true
        while true {
            try checkCancellation()
            guard let listener = listeners[server.id], !listener.isEnded else { throw .serverNotListening }
            if let failure = listener.failure { throw failure }
            if let client = try listener.server.accept() {
                waits.recordProgress()
                let handle = adopt(client)
                listener.lastClient = handle.id
                listener.isCrowded = isFirstLook
                connections[handle.id]?.acceptor = server.id
                return handle
            }
            isFirstLook = false
            try await pause(
                &backoff, object: server.id, for: .read, listener.server.socketFamily, cause: .connection)
        }
    }

    /// IRQ is probably high for what the client accepted last has sent: unless clients arrive in crowds, asking for another
    /// one would cost a command in vain.
    private func giveWayToLastClient(of server: Server) async throws(WiFiError) {
        guard let listener = listeners[server.id], !listener.isCrowded else { return }
        guard let fresh = listener.lastClient.flatMap({ connections[$0] }), fresh.acceptor != nil else { return }
        try await pause(until: now.advanced(byNanoseconds: Self.freshNanoseconds), object: server.id)
        fresh.acceptor = nil
    }

    /// A server ends after this many consecutive lost or damaged replies.
    private static let patience = 5

    nonisolated func nextClient(_ server: Server) async -> Client? {
        await resumingOnThread { await self.waitForClient(of: server) }
    }

    private func waitForClient(of server: Server) async -> Client? {
        var failures = 0
        while true {
            do throws(WiFiError) {
                return try await accept(server)
            } catch {
                switch error {
                case .cancelled: return nil
                case .badReply: failures += 1
                case .link(let fault, _) where fault.kind == .timedOut: failures += 1
                default: failures = Self.patience
                }
                guard failures < Self.patience else {
                    listeners[server.id]?.fail(error)
                    return nil
                }
                await yieldToOtherTasks()
            }
        }
    }

    /// Accepts on the module's thread, so that each client costs Swift's own threads one wake-up, for its body.
    fileprivate func serve(_ server: Server, _ body: @escaping @Sendable (Client) async -> Void) async {
        await withDiscardingTaskGroup { group in
            while let client = await nextClient(server) {
                group.addImmediateTask { await self.serve(client, body) }
            }
            if failure(server) != nil { group.cancelAll() }
            endServer(server.id)
        }
    }

    private func serve(_ client: Client, _ body: @Sendable (Client) async -> Void) async {
        await body(client)
        client.markClosed()
        closeConnection(client.id)
    }

    func failure(_ server: Server) -> WiFiError? { listeners[server.id]?.failure }

    func endServer(_ number: Int) {
        guard let listener = listeners[number], !listener.isEnded else { return }
        listener.isEnded = true
        try? listener.server.end()
        waits.recordProgress()
        wakeWaiters(for: number)
    }

    func forgetServer(_ number: Int) {
        endServer(number)
        listeners[number] = nil
    }
}
#endif
