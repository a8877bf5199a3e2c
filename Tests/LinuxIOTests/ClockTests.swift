import Glibc
import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10))) struct ClockTests {
    @Test func timeOfDay() {
        // Later than the writing of this test, and before the year 2200.
        #expect((1_750_000_000...7_258_118_400).contains(TimeOfDay.seconds()))
        let before = TimeOfDay.seconds()
        let milliseconds = TimeOfDay.milliseconds()
        #expect((before...TimeOfDay.seconds()).contains(milliseconds / 1000))
    }

    @Test func fractionsOfASecondAreCut() {
        for (seconds, nanoseconds, milliseconds) in [
            (0, 0, 0), (0, 999_999, 0), (0, 1_000_000, 1), (0, 999_999_999, 999), (7, 0, 7000), (7, 500_000_000, 7500),
            (-1, 0, 0), (-1, 999_999_999, 0), (.min / 2000, 0, 0),
        ] as [(Int, Int, UInt64)] {
            #expect(TimeOfDay.milliseconds(timespec(tv_sec: seconds, tv_nsec: nanoseconds)) == milliseconds)
        }
    }

    @Test func aDeadlineIsNeverEarly() {
        MonotonicClock.sleep(until: 0)
        let deadline = MonotonicClock.deadline(after: 3_000_001)
        #expect(MonotonicClock.remaining(until: deadline) <= 3_000_001)
        MonotonicClock.sleep(until: deadline)
        #expect(MonotonicClock.nanoseconds() >= deadline)
        #expect(MonotonicClock.remaining(until: deadline) == 0)
        #expect(MonotonicClock.remaining(until: 0) == 0)
        #expect(MonotonicClock.remaining(until: .max) == .max)
        #expect(MonotonicClock.deadline(after: .max - 1) == .max)
    }

    /// A failed call is repeated as long as a signal is the cause.
    @Test func onlyInterruptedCallsAreRepeated() {
        func calls(_ results: [(Int, Int32)]) -> (result: Int, count: Int) {
            var count = 0
            let result = retrying { () -> Int in
                Glibc.errno = results[count].1
                count += 1
                return results[count - 1].0
            }
            return (result, count)
        }
        #expect(calls([(0, 0), (9, 0)]) == (0, 1))
        #expect(calls([(5, EINTR), (9, 0)]) == (5, 1), "the number of an earlier error means nothing")
        #expect(calls([(-1, EINTR), (-1, EINTR), (5, EINTR), (9, 0)]) == (5, 3))
        #expect(calls([(-1, EINTR), (-1, EBADF), (9, 0)]) == (-1, 2))
        #expect(calls([(-1, EAGAIN), (9, 0)]) == (-1, 1))
    }

    @Test func temporaryFilesArePutWhereTheUserWants() {
        #expect(Environment.temporaryDirectory(nil) == "/tmp")
        #expect(Environment.temporaryDirectory("") == "/tmp")
        #expect(Environment.temporaryDirectory("/var/tmp") == "/var/tmp")
        #expect(Environment.temporaryDirectory == Environment.temporaryDirectory(Environment.value("TMPDIR")))
        #expect(Environment.processID == getpid())
    }
}
