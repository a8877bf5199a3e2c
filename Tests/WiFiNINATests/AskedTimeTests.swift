import NINACoprocessor
import NINALink
import NINAWire
import Testing

@testable import WiFiNINA

/// Calls that wait for the same silent module fail together: the time of each counts from when the program asked.
@Suite(.timeLimit(.minutes(10))) struct AskedTimeTests {
    private let injector: FaultInjector
    private let wifi: WiFi

    init() throws {
        injector = FaultInjector(try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork())), seed: 1)
        wifi = WiFi(link: injector)
        wifi.recoveryLimit = .resynchronize
        injector.rates.holdsReady = .max
    }

    /// How many milliseconds a command takes to fail.
    private func failing() -> UInt64 {
        let start = wifi.now
        #expect(throws: WiFiError.self) { try wifi.status() }
        return wifi.now.nanoseconds(since: start) / 1_000_000
    }

    private func ask(before milliseconds: UInt64) {
        let time = MonotonicInstant(nanoseconds: wifi.now.nanoseconds - milliseconds * 1_000_000)
        wifi.driver.askedAt = { time }
    }

    @Test func aCallThatHasWaitedFailsSooner() {
        ask(before: 0)
        #expect(failing() == 10_000)
        ask(before: 4000)
        #expect(failing() == 6000)
        // Further commands of the same call have their whole time.
        #expect(failing() == 10_000)
        // One whose time is over fails at once.
        for late in [10_000, 12_000] as [UInt64] {
            ask(before: late)
            #expect(failing() == 0)
        }
        ask(before: 9999)
        #expect(failing() == 1)
    }

    /// While the module answers, nothing counts from earlier.
    @Test func anAnswerEndsIt() throws {
        #expect(failing() == 10_000)
        injector.rates = FaultInjector.Rates()
        #expect(try wifi.status() == .idle)
        injector.rates.holdsReady = .max
        ask(before: 4000)
        #expect(failing() == 10_000)
    }

    /// Without a time of asking each call has its own.
    @Test func callsWithoutATimeHaveTheirOwn() {
        for _ in 0..<3 { #expect(failing() == 10_000) }
        wifi.driver.askedAt = { nil }
        #expect(failing() == 10_000)
    }
}
