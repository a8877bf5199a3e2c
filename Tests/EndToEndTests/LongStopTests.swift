import Glibc
import LinuxIO
import NINALink
import TestSupport
import Testing
import WiFiNINA

/// An emulator process that stands still while programs poll: for a second, or NINA_STOPPED_SECONDS (`Tools/soak stopped`).
///
/// In 12 minutes a program with the default time limit resets the module more often than the link's boot count can express.
@Suite(.timeLimit(.minutes(60))) struct LongStopTests {
    private struct Figures: Sendable {
        var calls = 0
        var failed = 0
    }

    private static let seconds = Environment.value("NINA_STOPPED_SECONDS").flatMap { UInt64($0) } ?? 1

    /// One program with the default time limit, and one that makes many more calls.
    @Test func theNextCallButOneWorks() async throws {
        let emulator = try EmulatorUnderTest()
        let patient = try await emulator.module()
        let hasty = try await emulator.module()
        await hasty.perform { $0.commandTimeout = .milliseconds(200) }
        let deadline = MonotonicClock.nanoseconds() + Self.seconds * 1_000_000_000
        try emulator.child.terminate(SIGSTOP)
        defer { try? emulator.child.terminate(SIGCONT) }
        let polling = [patient, hasty].map { module in
            Task.onOwnThreads {
                var figures = Figures()
                while MonotonicClock.nanoseconds() < deadline {
                    figures.calls += 1
                    do { _ = try await module.status() } catch { figures.failed += 1 }
                }
                return figures
            }
        }
        try await Task.sleep(for: .seconds(Int64(Self.seconds)))
        try emulator.child.terminate(SIGCONT)
        for (task, module) in zip(polling, [patient, hasty]) {
            let figures = await task.value
            print("stopped for \(Self.seconds) s: \(figures.calls) calls, \(figures.failed) failed")
            await module.perform { $0.commandTimeout = .seconds(60) }
            _ = try? await module.status()
            // A module that was reset has left its network, the other one has not.
            for _ in 0..<10 { #expect([.idle, .connected].contains(try await module.status())) }
            await module.close()
        }
    }
}
