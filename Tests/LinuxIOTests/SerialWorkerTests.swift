import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10))) struct SerialWorkerTests {
    /// Counts the threads that a worker starts, or refuses to start them.
    private final class Threads: Sendable {
        private let state = Guarded((started: 0, areRefused: false))

        var started: Int { state.withLock { $0.started } }

        func refuse(_ areRefused: Bool) { state.withLock { $0.areRefused = areRefused } }

        func start(_ body: @escaping @Sendable () -> Void) throws(LinuxError) {
            let isRefused = state.withLock { state in
                if !state.areRefused { state.started += 1 }
                return state.areRefused
            }
            guard !isRefused else { throw LinuxError("pthread_create", .wouldBlock) }
            try DetachedThread.start(body)
        }
    }

    private func soon() -> UInt64 { MonotonicClock.deadline(after: 20_000_000_000) }

    private func worker<State>(
        _ state: sending State, _ threads: Threads, finish: @escaping SerialWorker<State>.Job = { _ in }
    ) -> SerialWorker<State> {
        SerialWorker(state, afterEachBatch: finish) { body throws(LinuxError) in try threads.start(body) }
    }

    @Test func oneThreadDoesOneJobAfterAnother() {
        let threads = Threads()
        let worker = worker([Int](), threads)
        #expect(worker.drain(deadline: soon()))
        // There is nothing to do yet.
        #expect(threads.started == 0)
        for round in 0..<20 {
            for number in 0..<500 {
                #expect(worker.submit { numbers in numbers.append(round * 500 + number) })
            }
            // The thread has nothing to do, and waits.
            #expect(worker.drain(deadline: soon()))
        }
        let result = Guarded<[Int]>([])
        worker.submit { numbers in
            let numbers = numbers
            result.withLock { $0 = numbers }
        }
        #expect(worker.drain(deadline: soon()))
        #expect(result.withLock { $0 } == Array(0..<10_000))
        #expect(threads.started == 1)
    }

    @Test func drainingEndsInTime() throws {
        let worker = SerialWorker<Int>(0)
        let gate = try UnixSocket.pair(nonblocking: true)
        let number = gate.first.rawValue
        worker.submit { _ in _ = try? DescriptorWait.wait(number, for: .readable, deadline: nil) }
        #expect(!worker.drain(deadline: MonotonicClock.deadline(after: 10_000_000)))
        #expect([1].withUnsafeBytes { UnixSocket.send(gate.second.rawValue, $0) } == .sent(8))
        #expect(worker.drain(deadline: soon()))
        withExtendedLifetime(gate.first.rawValue) {}
    }

    /// Jobs that wait while another is done are one batch, and done only when the batch has been finished.
    @Test func waitingJobsAreABatch() throws {
        let gate = try UnixSocket.pair(nonblocking: true)
        let number = gate.first.rawValue
        let batches = Guarded<[[Int]]>([])
        let worker = SerialWorker<[Int]>([]) { jobs in
            let batch = jobs
            jobs = []
            batches.withLock { $0.append(batch) }
        }
        worker.submit { jobs in
            _ = try? DescriptorWait.wait(number, for: .readable, deadline: nil)
            jobs.append(0)
        }
        // Until the first job has been taken.
        #expect(!worker.drain(deadline: MonotonicClock.deadline(after: 10_000_000)))
        for number in 1...5 { worker.submit { jobs in jobs.append(number) } }
        #expect([1].withUnsafeBytes { UnixSocket.send(gate.second.rawValue, $0) } == .sent(8))
        #expect(worker.drain(deadline: soon()))
        let all = batches.withLock { $0 }
        #expect(all.flatMap { $0 } == Array(0...5))
        // The thread may have started after the others came.
        #expect(all.count <= 2)
        withExtendedLifetime(gate.first.rawValue) {}
    }

    @Test func aThreadThatCannotBeStartedIsTold() {
        let threads = Threads()
        let worker = worker([Int](), threads)
        threads.refuse(true)
        #expect(!worker.submit { $0.append(1) })
        #expect(!worker.submit { $0.append(2) })
        // Nothing is left to be waited for.
        #expect(worker.drain(deadline: soon()))
        threads.refuse(false)
        let result = Guarded<[Int]>([])
        #expect(worker.submit { $0.append(3) })
        #expect(
            worker.submit { numbers in
                let numbers = numbers
                result.withLock { $0 = numbers }
            })
        #expect(worker.drain(deadline: soon()))
        #expect(result.withLock { $0 } == [3])
        #expect(threads.started == 1)
    }

    /// Tells when it is released.
    private final class Tracked {
        private let released: Guarded<Bool>
        init(_ released: Guarded<Bool>) { self.released = released }
        deinit { released.withLock { $0 = true } }
    }

    @Test func closingEndsTheThreadAfterItsJobs() {
        let released = Guarded(false)
        let done = Guarded<[Int]>([])
        let worker = SerialWorker<Tracked>(Tracked(released))
        for number in 0..<100 { worker.submit { _ in done.withLock { $0.append(number) } } }
        let isClosed = worker.close(last: { _ in done.withLock { $0.append(100) } }, deadline: soon())
        #expect(isClosed)
        #expect(done.withLock { $0 } == Array(0...100))
        #expect(released.withLock { $0 })
        #expect(!worker.submit { _ in done.withLock { $0.append(101) } })
        let isClosedAgain = worker.close(last: { _ in done.withLock { $0.append(102) } }, deadline: soon())
        #expect(isClosedAgain)
        #expect(done.withLock { $0.count } == 101)
    }

    @Test func closingStartsNoThread() {
        let threads = Threads()
        let released = Guarded(false)
        let worker = worker(Tracked(released), threads)
        let done = Guarded(false)
        let isClosed = worker.close(last: { _ in done.withLock { $0 = true } }, deadline: soon())
        #expect(isClosed)
        #expect(threads.started == 0)
        #expect(released.withLock { $0 })
        #expect(!done.withLock { $0 })
        #expect(!worker.submit { _ in done.withLock { $0 = true } })
    }

    @Test func aReleasedWorkerDoesItsJobsFirst() throws {
        let bell = try UnixSocket.pair(nonblocking: true)
        let number = bell.first.release()
        do {
            let worker = SerialWorker<Int>(0)
            for _ in 0..<100 { worker.submit { $0 += 1 } }
            worker.submit { count in if count == 100 { _ = FileDescriptor(adopting: number) } }
        }
        #expect(try !DescriptorWait.wait(bell.second.rawValue, for: .readable, deadline: soon()).isEmpty)
    }
}
