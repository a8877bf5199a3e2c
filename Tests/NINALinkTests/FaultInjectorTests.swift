import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite struct FaultInjectorTests {
    /// One window in a hundred meets each of the faults.
    private var onePercent: FaultInjector.Rates {
        var rates = FaultInjector.Rates()
        rates.dropsCommandByte = 655
        rates.flipsCommandBit = 655
        rates.dropsReplyByte = 655
        rates.duplicatesReplyByte = 655
        rates.flipsReplyBit = 655
        rates.hidesReady = 655
        rates.restarts = 655
        return rates
    }

    private func loopback(_ network: VirtualNetwork = VirtualNetwork()) throws -> MessageLink {
        try MessageLink.loopback(to: Coprocessor(network: network))
    }

    /// What 500 commands came to, one letter each.
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

    /// With IRQ stuck low a host still gets everything: IRQ is only a hint.
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
        for _ in 0..<10 where client == nil {
            client = try server.accept()
            try wifi.delay(.milliseconds(20))
        }
        let accepted = try #require(client)
        #expect(try accepted.waitForBytes(.seconds(1)) == 5)
    }

    @Test func twentyThousandCommandsUnderFaults() throws {
        let seed = testSeed()
        let network = VirtualNetwork()
        var commands = 0
        let counter = Tracer(try loopback(network)) { event, _ in
            if case .command = event { commands += 1 }
        }
        let injector = FaultInjector(counter, rates: onePercent, seed: seed)
        let session = FaultySession(WiFi(link: injector), network, SplitMix64(seed: seed))
        while commands < 20_000, session.calls < 100_000 { session.step() }
        print(
            "\(commands) commands, \(session.calls) calls, \(injector.faults) faults: \(session.failures) calls threw")
        #expect(commands >= 20_000)
        #expect(session.overdue.isEmpty)
        #expect(injector.faults > 500)
        #expect(session.failures > 500 && session.failures < session.calls / 2)
        #expect(session.bytesRead > 1000)
        injector.rates = FaultInjector.Rates()
        try session.recover()
    }
}
