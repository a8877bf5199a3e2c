import Glibc
import Testing

@testable import LinuxIO

/// The threads of look-ups: limits, the queue, and what happens when no thread can be started.
@Suite(.timeLimit(.minutes(10))) struct ResolverPoolTests {
    private static let localhost = NameResolution.addresses([IPv4Endpoint.loopbackAddress])

    /// Runs bodies of threads when the test wants it, or fails to start them.
    private final class Starter: Sendable {
        struct State {
            var fails = false
            var started = 0
            var bodies: [@Sendable () -> Void] = []
        }
        private let state = Guarded(State())

        var started: Int { state.withLock { $0.started } }

        func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

        func start(_ body: @escaping @Sendable () -> Void) throws(LinuxError) {
            let fails = state.withLock { state in
                state.started += 1
                if !state.fails { state.bodies.append(body) }
                return state.fails
            }
            if fails { throw LinuxError("pthread_create", .wouldBlock) }
        }

        /// Runs the thread that was started first, to its end.
        func runNext() {
            let body = state.withLock { $0.bodies.isEmpty ? nil : $0.bodies.removeFirst() }
            body?()
        }
    }

    private let starter = Starter()
    private let answers = Guarded<[(number: UInt64, result: NameResolution)]>([])

    private var numbers: [UInt64] { answers.withLock { $0.map(\.number) } }
    private var results: [NameResolution] { answers.withLock { $0.map(\.result) } }

    private func pool(threads: Int, queue: Int, share: Int = .max) -> ResolverPool {
        ResolverPool(threadLimit: threads, queueLimit: queue, share: share) { [starter] body throws(LinuxError) in
            try starter.start(body)
        }
    }

    private func submit(_ numbers: ClosedRange<UInt64>, owner: UInt64? = nil, to pool: ResolverPool) {
        for number in numbers { pool.submit(job(number, owner)) }
    }

    private func job(_ number: UInt64, _ owner: UInt64? = nil) -> ResolverPool.Job {
        ResolverPool.Job(number: number, owner: owner, host: "127.0.0.1") { [answers] result in
            answers.withLock { $0.append((number, result)) }
        }
    }

    @Test func oneThreadDoesWhatIsQueuedAndEnds() {
        let pool = pool(threads: 1, queue: 2)
        submit(1...4, to: pool)
        #expect(starter.started == 1)
        #expect(numbers == [4] && results == [.failed(.tryAgain)], "two wait, so the fourth is refused")
        starter.runNext()
        #expect(numbers == [4, 1, 2, 3])
        #expect(results.dropFirst() == [Self.localhost, Self.localhost, Self.localhost])
        // The thread has ended: the next look-up has a new one.
        submit(5...5, to: pool)
        #expect(starter.started == 2)
        starter.runNext()
        #expect(numbers.last == 5)
    }

    /// At least one thread for all and for each owner; no queue if so wished.
    @Test(arguments: [-1, 0, 1]) func thereIsAlwaysAThread(limit: Int) {
        let pool = pool(threads: limit, queue: min(limit, 0), share: limit)
        submit(1...2, owner: 9, to: pool)
        #expect(starter.started == 1)
        #expect(numbers == [2])
        starter.runNext()
        #expect(numbers == [2, 1] && results.last == Self.localhost)
    }

    @Test func anOwnersShareComesBack() {
        let pool = pool(threads: 3, queue: 10, share: 2)
        submit(1...4, owner: 9, to: pool)
        #expect(starter.started == 2, "its other two wait")
        submit(5...5, owner: 8, to: pool)
        #expect(starter.started == 3)
        submit(6...6, to: pool)
        #expect(starter.started == 3, "all threads are in use")
        // The first thread does all that waits, as its owner has room each time.
        for _ in 0..<2 { starter.runNext() }
        #expect(Set(numbers) == [1, 2, 3, 4, 6])
        starter.runNext()
        #expect(numbers.last == 5 && numbers.count == 6)
        submit(7...9, owner: 9, to: pool)
        #expect(starter.started == 5, "its share is two again")
    }

    @Test func anotherOwnersThreadTakesNoMoreThanTheShare() {
        let pool = pool(threads: 2, queue: 10, share: 1)
        submit(1...3, owner: 9, to: pool)
        submit(4...4, owner: 8, to: pool)
        #expect(starter.started == 2)
        // The first body is the first owner's: all its look-ups, one after the other.
        starter.runNext()
        #expect(numbers == [1, 2, 3])
        starter.runNext()
        #expect(numbers == [1, 2, 3, 4])
    }

    @Test func withoutThreadsLookUpsFail() {
        let pool = pool(threads: 2, queue: 10, share: 1)
        starter.fail(true)
        for number in 1...3 as ClosedRange<UInt64> {
            submit(number...number, owner: 9, to: pool)
            #expect(numbers.last == number && results.last == .failed(.tryAgain))
        }
        #expect(starter.started == 3, "each has tried a thread of its own")
        starter.fail(false)
        submit(4...4, owner: 9, to: pool)
        starter.runNext()
        #expect(numbers.last == 4 && results.last == Self.localhost)
    }

    /// A look-up that came while the only thread was being started.
    @Test func whatWaitsForAThreadThatDoesNotStartFails() {
        let link = Guarded<ResolverPool?>(nil)
        let second = job(2)
        let pool = ResolverPool(threadLimit: 1, queueLimit: 1) { _ throws(LinuxError) in
            link.withLock { $0 }?.submit(second)
            throw LinuxError("pthread_create", .wouldBlock)
        }
        link.withLock { $0 = pool }
        for round in 1...2 {
            submit(1...1, to: pool)
            #expect(numbers == [[1, 2], [1, 2, 1, 2]][round - 1])
        }
        #expect(results.allSatisfy { $0 == .failed(.tryAgain) })
        link.withLock { $0 = nil }
    }

    /// While another thread runs, it will do what waits.
    @Test func whatWaitsIsLeftToTheOtherThread() {
        let pool = pool(threads: 2, queue: 10, share: 1)
        submit(1...2, owner: 9, to: pool)
        starter.fail(true)
        submit(3...3, owner: 8, to: pool)
        #expect(numbers == [3] && results == [.failed(.tryAgain)])
        starter.runNext()
        #expect(numbers == [3, 1, 2] && results.last == Self.localhost)
        starter.fail(false)
        submit(4...5, to: pool)
        #expect(starter.started == 4, "none of the failed threads counts")
    }

    @Test func aCancelledRequestLeavesTheQueue() throws {
        let pool = pool(threads: 1, queue: 1)
        submit(100...100, to: pool)
        let reactor = try Reactor()
        let resolver = NameResolver(reactor: reactor, pool: pool)
        let request = resolver.resolveInThread("127.0.0.2", handler: Nobody(), token: 1)
        submit(101...101, to: pool)
        #expect(numbers == [101], "the queue is full")
        resolver.cancel(request)
        submit(102...102, to: pool)
        #expect(numbers == [101], "there is room again")
        starter.runNext()
        #expect(numbers == [101, 100, 102])
    }

    private final class Nobody: NameResolverHandler {
        func resolved(_ result: NameResolution, token: UInt64) { Issue.record("resolved") }
    }

    @Test func namesAreComparedByLettersOnly() {
        for name in ["LOCALHOST", "localHOST.", "LoCaLhOsT"] {
            #expect(NameLookup.immediate(name) == IPv4Endpoint.loopbackAddress)
        }
        for name in ["localhost\u{0E}", "localhost..", ".localhost", "localhos", "lo\u{03}alhost", "local host"] {
            #expect(NameLookup.immediate(name) == nil)
        }
    }

    @Test func aNameThatIsNoneIsUnknown() {
        #expect(NameLookup.blocking("") == .failed(.unknownName))
        #expect(NameLookup.blocking("127.0.0.1\0") == .failed(.unknownName))
        #expect(NameLookup.blocking("127.0.0.9") == .addresses([0x7F00_0009]))
    }
}
