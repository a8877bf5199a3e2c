import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct LoopbackTests {
    private let network = VirtualNetwork()
    private let link: MessageLink
    private let wifi: WiFi

    init() throws {
        link = try MessageLink.loopback(to: Coprocessor(network: network))
        wifi = WiFi(link: link)
    }

    @Test func sleepEndsWhenItIsDue() throws {
        let start = link.now
        try wifi.delay(.milliseconds(1500))
        #expect(link.now == start.advanced(by: .milliseconds(1500)))
    }

    @Test func scanTakesItsVirtualTime() throws {
        let start = link.now
        #expect(try wifi.scanNetworks() == 2)
        let taken = link.now.nanoseconds(since: start)
        #expect((30_000_000..<31_000_000).contains(taken))
    }

    @Test func waitForInterruptEndsWithItsDeadline() throws {
        let start = link.now
        #expect(try !wifi.waitForActivity(.seconds(3)))
        #expect(link.now.nanoseconds(since: start) >= 3_000_000_000)
        #expect(link.now.nanoseconds(since: start) < 3_001_000_000)
    }

    @Test func endlessWaitIsRefused() {
        #expect(throws: LinkError(.timedOut, .idle)) { try link.waitForInterrupt(until: .distantFuture) }
    }

    @Test func loopsThatOnlyLookComeToAnEnd() throws {
        let end = link.now.advanced(by: .milliseconds(1))
        var looks = 0
        while link.now < end, looks < 10_000 {
            looks += 1
            #expect(try !link.interruptLevel())
        }
        #expect(looks < 10_000)
    }

    @Test func closingPowersTheDeviceOff() throws {
        try wifi.begin("open-net")
        try WiFiServer(wifi, port: 80).begin()
        #expect(network.openSockets == 1)
        wifi.end()
        #expect(network.openSockets == 0)
        #expect(throws: WiFiError.self) { try wifi.status() }
    }
}
