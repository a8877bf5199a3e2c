import LinuxIO
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct MailboxTests {
    private final class Log {
        var entries: [[Int]] = [[], [], [], []]
        var total: Int { entries.map(\.count).reduce(0, +) }
    }

    @Test func runsWorkOfOtherThreadsInOrder() throws {
        let reactor = try Reactor()
        let log = Log()
        let bound = ReactorBound(log, to: reactor)
        let mailbox = reactor.mailbox
        let each = 5000
        for thread in 0..<4 {
            try DetachedThread.start {
                for number in 0..<each {
                    mailbox.postWithReactor { reactor in
                        let log = bound.value(on: reactor)
                        log.entries[thread].append(number)
                        if log.total == 4 * each { reactor.stop() }
                    }
                }
            }
        }
        try reactor.run()
        #expect(log.entries.allSatisfy { $0 == Array(0..<each) })
    }

    @Test func wakesASleepingReactor() throws {
        let reactor = try Reactor()
        let mailbox = reactor.mailbox
        let count = Atomic(0)
        // Each item is posted by a thread that the previous one started: the reactor sleeps in between.
        for _ in 0..<100 {
            try DetachedThread.start { mailbox.post {} }
            let calls = try reactor.runOnce(timeoutNanoseconds: nil)
            count.add(calls, ordering: .relaxed)
        }
        #expect(count.load(ordering: .relaxed) == 100)
        try DetachedThread.start { mailbox.postStop() }
        try reactor.run()
    }

    @Test func workPostedByWorkRunsInTheNextRound() throws {
        let reactor = try Reactor()
        let mailbox = reactor.mailbox
        #expect(mailbox.post { mailbox.post {} })
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
    }

    @Test func refusesWorkWhenTheReactorIsGone() throws {
        var reactor: Reactor? = try Reactor()
        let mailbox = try #require(reactor?.mailbox)
        #expect(mailbox.post {})
        reactor = nil
        #expect(reactor == nil)
        #expect(!mailbox.post {})
        #expect(!mailbox.postStop())
    }
}
