import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10))) struct NameResolverTests {
    private final class Answers: NameResolverHandler {
        var results: [UInt64: NameResolution] = [:]
        var onAnswer: () -> Void = {}

        func resolved(_ result: NameResolution, token: UInt64) {
            #expect(results.updateValue(result, forKey: token) == nil)
            onAnswer()
        }
    }

    @Test func immediateNames() {
        #expect(NameLookup.immediate("127.0.0.1") == 0x7F00_0001)
        #expect(NameLookup.immediate("10.20.30.40") == 0x0A14_1E28)
        #expect(NameLookup.immediate("localhost") == 0x7F00_0001)
        #expect(NameLookup.immediate("LocalHost.") == 0x7F00_0001)
        for name in ["", "10.20.30", "10.20.30.256", "10.20.30.40 ", "10.20.30.40\0", "::1", "localhost.example"] {
            #expect(NameLookup.immediate(name) == nil, "\(name)")
        }
    }

    @Test func answersImmediateNamesInALaterRound() throws {
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor)
        let answers = Answers()
        resolver.resolve("192.0.2.1", handler: answers, token: 9)
        #expect(answers.results.isEmpty)
        #expect(resolver.pendingCount == 1)
        try reactor.runOnce(timeoutNanoseconds: 0)
        #expect(answers.results == [9: .addresses([0xC000_0201])])
        #expect(resolver.pendingCount == 0)
    }

    @Test func resolvesManyNamesWithFewThreads() throws {
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor, threadLimit: 3)
        let answers = Answers()
        let count: UInt64 = 300
        answers.onAnswer = { if resolver.pendingCount == 0 { reactor.stop() } }
        for token in 0..<count {
            resolver.resolveInThread("127.0.0.\(token % 200 + 1)", handler: answers, token: token)
        }
        try reactor.run()
        for token in 0..<count {
            #expect(answers.results[token] == .addresses([0x7F00_0001 + UInt32(token % 200)]))
        }
        answers.onAnswer = {}
    }

    @Test func tellsOfNamesThatCannotBe() throws {
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor)
        let answers = Answers()
        answers.onAnswer = { if resolver.pendingCount == 0 { reactor.stop() } }
        resolver.resolve("", handler: answers, token: 1)
        resolver.resolve("a\0b", handler: answers, token: 2)
        // The label is too long for a DNS query.
        resolver.resolve(String(repeating: "a", count: 300), handler: answers, token: 3)
        try reactor.run()
        for token in 1...3 as ClosedRange<UInt64> {
            guard case .failed(let error)? = answers.results[token] else {
                Issue.record("resolved \(token)")
                continue
            }
            #expect(!error.description.isEmpty)
        }
        answers.onAnswer = {}
    }

    /// Limits that would resolve nothing are those of one.
    @Test func oneLookUpIsAlwaysPossible() throws {
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor, threadLimit: 0, queueLimit: -1, share: 0)
        let answers = Answers()
        answers.onAnswer = { reactor.stop() }
        for token in 1...2 as ClosedRange<UInt64> {
            resolver.resolveInThread("127.0.0.1", handler: answers, token: token, owner: token)
            try reactor.run()
            // The thread of the first one may not have ended yet.
            let outcomes: [NameResolution] = [.addresses([0x7F00_0001]), .failed(.tryAgain)]
            #expect(answers.results[token].map { outcomes.prefix(Int(token)).contains($0) } == true)
        }
        answers.onAnswer = {}
    }

    @Test func refusesWhatExceedsTheQueue() throws {
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor, threadLimit: 1, queueLimit: 0)
        let answers = Answers()
        answers.onAnswer = { if resolver.pendingCount == 0 { reactor.stop() } }
        for token in 0..<200 as Range<UInt64> {
            resolver.resolveInThread("127.0.0.1", handler: answers, token: token)
        }
        try reactor.run()
        #expect(answers.results[0] == .addresses([0x7F00_0001]))
        #expect(answers.results.count == 200)
        #expect(
            answers.results.values.allSatisfy {
                $0 == .addresses([0x7F00_0001]) || $0 == .failed(.tryAgain)
            })
        answers.onAnswer = {}
    }

    @Test func aWithdrawnJobLeavesItsPlaceInTheQueue() throws {
        let gate = try UnixSocket.pair(nonblocking: false)
        let inside = gate.first.rawValue
        let pool = ResolverPool(threadLimit: 1, queueLimit: 1)
        let told = Guarded<[UInt64]>([])
        func submit(_ number: UInt64, _ answer: @escaping @Sendable () -> Void = {}) {
            pool.submit(
                ResolverPool.Job(number: number, host: "127.0.0.1") { _ in
                    answer()
                    told.withLock { $0.append(number) }
                })
        }
        @Sendable func waitForByte(_ descriptor: Int32) {
            withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
                _ = UnixSocket.receiveWaiting(descriptor, into: $0)
            }
        }
        let outside = gate.second.rawValue
        // The only thread is blocked.
        submit(1) { waitForByte(inside) }
        submit(2)
        submit(3)
        #expect(told.withLock { $0 } == [3], "the queue is full, so this one is refused")
        pool.withdraw(2)
        pool.withdraw(2)
        submit(4) { _ = [UInt8(1)].withUnsafeBytes { UnixSocket.send(inside, $0) } }
        _ = [UInt8(1)].withUnsafeBytes { UnixSocket.send(outside, $0) }
        waitForByte(outside)
        #expect(!told.withLock { $0 }.contains(2))
    }

    /// All look-ups of one owner are blocked: others are resolved meanwhile, with threads to spare.
    @Test func anOwnerHasAShareOfTheThreads() throws {
        let gates = try (0..<3).map { _ in PairBox(try UnixSocket.pair(nonblocking: false)) }
        let pool = ResolverPool(threadLimit: 3, queueLimit: 100, share: 2)
        let (gate, done, own) = (gates[0], gates[1], gates[2])
        func submit(_ number: UInt64, owner: UInt64?, _ answer: @escaping @Sendable () -> Void) {
            pool.submit(ResolverPool.Job(number: number, owner: owner, host: "127.0.0.1") { _ in answer() })
        }
        // Cancelled at once, as by a reset: the threads stay busy, and queued look-ups are dropped.
        for number in 0..<10 as Range<UInt64> {
            submit(number, owner: 1) { waitForByte(gate.first) }
            pool.withdraw(number)
        }
        submit(20, owner: 2) { sendByte(done.second) }
        waitForByte(done.first)
        submit(21, owner: nil) { sendByte(done.second) }
        waitForByte(done.first)
        // The owner's next look-up waits for its own share of threads.
        submit(22, owner: 1) { sendByte(own.second) }
        submit(23, owner: 2) { sendByte(done.second) }
        waitForByte(done.first)
        #expect(!UnixSocket.hasPendingConnection(own.first))
        sendByte(gate.second)
        waitForByte(own.first)
        sendByte(gate.second)
    }

    @Test func anOwnersQueueIsLimited() throws {
        let gate = PairBox(try UnixSocket.pair(nonblocking: false))
        let pool = ResolverPool(threadLimit: 2, queueLimit: 1000, share: 1)
        let refused = Guarded(0)
        pool.submit(ResolverPool.Job(number: 0, owner: 1, host: "127.0.0.1") { _ in waitForByte(gate.first) })
        for number in 1...100 as ClosedRange<UInt64> {
            pool.submit(
                ResolverPool.Job(number: number, owner: 1, host: "127.0.0.1") { result in
                    if result == .failed(.tryAgain) { refused.withLock { $0 += 1 } }
                })
        }
        #expect(refused.withLock { $0 } == 84)
        sendByte(gate.second)
    }

    @Test func cancelledAndOrphanedRequestsAreNotAnswered() throws {
        let reactor = try Reactor()
        let answers = Answers()
        var resolver: NameResolver? = NameResolver(reactor: reactor)
        let request = try #require(resolver?.resolve("192.0.2.1", handler: answers, token: 1))
        resolver?.cancel(request)
        #expect(resolver?.pendingCount == 0)
        try reactor.runOnce(timeoutNanoseconds: 0)
        resolver?.resolve("192.0.2.1", handler: answers, token: 2)
        resolver = nil
        try reactor.runOnce(timeoutNanoseconds: 0)
        #expect(answers.results.isEmpty)
    }
}

/// Two connected sockets, closed with the object.
private final class PairBox: Sendable {
    private let pair: DescriptorPair
    init(_ pair: consuming DescriptorPair) { self.pair = pair }
    var first: Int32 { pair.first.rawValue }
    var second: Int32 { pair.second.rawValue }
}

@Sendable private func waitForByte(_ descriptor: Int32) {
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { _ = UnixSocket.receiveWaiting(descriptor, into: $0) }
}

@Sendable private func sendByte(_ descriptor: Int32) {
    _ = [UInt8(1)].withUnsafeBytes { UnixSocket.send(descriptor, $0) }
}
