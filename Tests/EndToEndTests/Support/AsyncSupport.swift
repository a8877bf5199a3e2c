import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

extension EmulatorUnderTest {
    /// A module for tasks that has joined the network.
    func module() async throws -> WiFiModule {
        let module = WiFiModule(on: try transport.openThread())
        try await module.begin("lab-net", passphrase: "correct-horse")
        return module
    }
}

extension WiFiModule {
    /// Waits up to 20 seconds until this many tasks wait for the module.
    func untilWaiting(_ count: Int) async throws {
        let deadline = MonotonicClock.nanoseconds() + 20_000_000_000
        while waitingTasks < count {
            try #require(MonotonicClock.nanoseconds() < deadline, "fewer than \(count) tasks wait")
            await Task.yield()
        }
    }
}
