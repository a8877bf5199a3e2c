import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(5))) struct SerialWorkerTests {
    @Test func doesOneJobAfterAnother() {
        let worker = SerialWorker<[Int]>([])
        for round in 0..<20 {
            for number in 0..<500 {
                #expect(worker.submit { numbers in numbers.append(round * 500 + number) })
            }
            // The idle thread ends, and the next round starts another.
            #expect(worker.drain(deadline: MonotonicClock.deadline(after: 20_000_000_000)))
        }
        let result = Guarded<[Int]>([])
        worker.submit { numbers in
            let numbers = numbers
            result.withLock { $0 = numbers }
        }
        #expect(worker.drain(deadline: MonotonicClock.deadline(after: 20_000_000_000)))
        #expect(result.withLock { $0 } == Array(0..<10_000))
    }

    @Test func drainingEndsInTime() throws {
        let worker = SerialWorker<Int>(0)
        let gate = try UnixSocket.pair(nonblocking: true)
        let number = gate.first.rawValue
        worker.submit { _ in _ = try? DescriptorWait.wait(number, for: .readable, deadline: nil) }
        #expect(!worker.drain(deadline: MonotonicClock.deadline(after: 10_000_000)))
        #expect([1].withUnsafeBytes { UnixSocket.send(gate.second.rawValue, $0) } == .sent(8))
        #expect(worker.drain(deadline: MonotonicClock.deadline(after: 20_000_000_000)))
        withExtendedLifetime(gate.first.rawValue) {}
    }
}
