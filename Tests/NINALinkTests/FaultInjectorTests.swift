import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct FaultInjectorTests {
    /// Each fault affects one window in a hundred.
    private let onePercent = FaultInjector.Rates(each: 655)

    private func loopback(_ network: VirtualNetwork = VirtualNetwork()) throws -> MessageLink {
        try MessageLink.loopback(to: Coprocessor(network: network))
    }

    /// The results of 500 commands, one letter each.
    private func outcomes(seed: UInt64) throws -> (String, Int) {
        let injector = FaultInjector(try loopback(), rates: onePercent, seed: seed)
        let wifi = WiFi(link: injector)
        var outcomes = ""
        for _ in 0..<500 {
            do throws(WiFiError) {
                outcomes += try wifi.status() == .idle ? "." : "x"
            } catch {
                switch error {
                case .link(let link, _): outcomes += link.kind == .restarted ? "r" : "t"
                case .badReply: outcomes += "b"
                case .refused: outcomes += "e"
                default: outcomes += "?"
                }
            }
        }
        return (outcomes, injector.faults)
    }

    @Test func sameSeedSameFaults() throws {
        let seed = testSeed()
        let (first, faults) = try outcomes(seed: seed)
        #expect(try outcomes(seed: seed) == (first, faults))
        #expect(try outcomes(seed: seed &+ 1).0 != first)
        #expect(faults > 10)
        #expect(!first.contains("?"))
    }

    @Test func withoutRatesNothingChanges() throws {
        let injector = FaultInjector(try loopback(), seed: testSeed())
        let wifi = WiFi(link: injector)
        for _ in 0..<200 { #expect(try wifi.firmwareVersion() == "3.5.0") }
        #expect(injector.faults == 0)
    }

    @Test func eachFaultDoesWhatItSays() throws {
        func outcome(_ set: (inout FaultInjector.Rates) -> Void) throws -> WiFiError? {
            var rates = FaultInjector.Rates()
            set(&rates)
            let injector = FaultInjector(try loopback(), rates: rates, seed: 1)
            let wifi = WiFi(link: injector)
            do throws(WiFiError) {
                _ = try wifi.rssi()
                return nil
            } catch {
                #expect(injector.faults == 1)
                return error
            }
        }
        #expect(try outcome { $0.hidesReady = .max } == .link(LinkError(.timedOut, .reply), .getCurrRSSI))
        #expect(try outcome { $0.restarts = .max } == .link(LinkError(.restarted, .reply), .getCurrRSSI))
        #expect(try outcome { _ in } == nil)
    }

    /// After it has vanished nothing reaches the inner link, whatever is called.
    @Test func aDeviceThatVanishedIsGone() throws {
        let link = CountingLink()
        var rates = FaultInjector.Rates()
        rates.vanishes = .max
        let injector = FaultInjector(link, rates: rates, seed: 1)
        let end = link.now.advanced(by: .seconds(1))
        for _ in 0..<2 {
            #expect(throws: LinkError(.closed, .readyForCommand)) { try injector.sendCommand([0xE0], until: end) }
        }
        #expect(throws: LinkError(.closed, .reply)) {
            _ = try injector.receiveReply(expecting: .getFwVersion, until: end)
        }
        #expect(throws: LinkError(.closed, .idle)) { _ = try injector.interruptLevel() }
        #expect(throws: LinkError(.closed, .idle)) { _ = try injector.waitForInterrupt(until: end) }
        #expect(throws: LinkError(.closed, .boot)) { try injector.reset(until: end) }
        #expect(link.calls == 0 && link.isClosed)
    }

    @Test func interruptMayBeStuck() throws {
        let injector = FaultInjector(try loopback(), seed: 1)
        injector.stuckInterrupt = true
        #expect(try injector.interruptLevel())
        #expect(try injector.waitForInterrupt(until: injector.now.advanced(by: .seconds(1))))
        injector.stuckInterrupt = false
        let end = injector.now.advanced(by: .seconds(1))
        #expect(try !injector.waitForInterrupt(until: end))
        #expect(injector.now == end)
        #expect(try !injector.interruptLevel())
    }

    /// With IRQ stuck low a host still receives everything: IRQ is only a hint.
    @Test func serverWorksWithoutInterrupts() throws {
        let network = VirtualNetwork()
        let injector = FaultInjector(try loopback(network), seed: 1)
        injector.stuckInterrupt = false
        let wifi = WiFi(link: injector)
        try wifi.begin("open-net")
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let peer = try #require(network.connect(to: 80))
        peer.send(Array("hello".utf8))
        var client: WiFiClient?
        var rounds = Rounds(10)
        while client == nil, rounds.next() {
            client = try server.accept()
            try wifi.delay(.milliseconds(20))
        }
        let accepted = try #require(client)
        #expect(try accepted.waitForBytes(.seconds(1)) == 5)
    }

    /// One device after another, each until it vanishes: no call exceeds its deadline, no wrong byte is accepted, and
    /// work continues.
    @Test func manyCommandsUnderFaults() throws {
        var random = SplitMix64(seed: testSeed())
        let count = testRounds(25_000, long: 100_000)
        var commands = 0
        var faults = 0
        var figures = FaultFigures()
        while commands < count, figures.calls < 5 * count {
            let network = VirtualNetwork()
            let counter = Tracer(try loopback(network)) { event, _ in
                if case .command = event { commands += 1 }
            }
            let injector = FaultInjector(counter, rates: onePercent, seed: random.next())
            injector.rates.vanishes = 4
            let session = FaultySession(injector, network, SplitMix64(seed: random.next()), figures)
            let limit = commands + 20_000
            while !session.isOver, commands < limit { session.step() }
            figures = try session.end()
            faults += injector.faults
        }
        let steps = figures.recoveries
        print(
            """
            \(commands) commands, \(figures.calls) calls, \(faults) faults: \(figures.failures) calls threw; \
            \(steps.resynchronized) resynchronisations, \(steps.softReset) soft and \(steps.hardReset) hard resets, \
            \(figures.vanished) devices gone; \(figures.bytesChecked) bytes right, \(figures.bytesUnchecked) after \
            damage that frames cannot show
            """)
        #expect(commands >= count)
        #expect(figures.overdue.isEmpty)
        #expect(figures.wrong.isEmpty)
        #expect(faults > count / 20)
        #expect(figures.failures > count / 40 && figures.failures < figures.calls / 2)
        #expect(figures.bytesChecked > count / 5)
        #expect(steps.resynchronized > count / 100 && steps.softReset > count / 10_000)
    }
}

/// A link that counts what is asked of it.
private final class CountingLink: Link {
    let now = MonotonicInstant(nanoseconds: 0)
    private(set) var calls = 0
    private(set) var isClosed = false

    func interruptLevel() throws(LinkError) -> Bool {
        calls += 1
        return false
    }

    func reset(until deadline: MonotonicInstant) throws(LinkError) { calls += 1 }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        calls += 1
        return false
    }

    func sleep(until deadline: MonotonicInstant) throws(LinkError) { calls += 1 }
    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) { calls += 1 }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        calls += 1
        return []
    }

    func close() { isClosed = true }
}
