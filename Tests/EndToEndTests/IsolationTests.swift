import TestPeers
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

/// Many coprocessors in one process: one does not affect another.
@Suite(.serialized, .timeLimit(.minutes(10))) struct IsolationTests {
    @Test func eachHasAnAddressOfItsOwn() throws {
        let emulator = try EmulatorUnderTest()
        let hosts = try (0..<5).map { _ in try emulator.host() }
        let addresses = try hosts.map { try $0.localIP() }
        #expect(Set(addresses).count == 5)
        #expect(Set(try hosts.map { try $0.macAddress() }).count == 5)
        // All serve the same port.
        for (index, wifi) in hosts.enumerated() {
            let server = WiFiServer(wifi, port: 8080)
            try server.begin()
            let peer = try TCPPeer(addresses[index], port: 8080)
            #expect(try wifi.waitForActivity(.seconds(10)))
            #expect(try server.accept()?.remotePort() == peer.port)
        }
    }

    @Test func twoEmulatorsDoNotShareAnAddress() throws {
        let one = try EmulatorUnderTest()
        let two = try EmulatorUnderTest()
        let hosts = [try one.host(), try two.host()]
        #expect(try hosts[0].localIP() != hosts[1].localIP())
    }

    /// One coprocessor waits for a connection that is never answered; another runs its commands meanwhile.
    @Test func aSlowConnectHoldsUpNobodyElse() throws {
        let emulator = try EmulatorUnderTest()
        let silent = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 1)
        try TCPSocket.dropNewConnections(silent.rawValue, true)
        let port = try TCPSocket.localEndpoint(silent.rawValue).port
        let transport = emulator.transport
        let waiting = SharedResults<WiFiError?>(1)
        let started = SharedText()
        try DetachedThread.start(stackBytes: 1 << 20) {
            waiting.set(
                0,
                Result {
                    let wifi = WiFi(link: try transport.open())
                    try wifi.begin("lab-net", passphrase: "correct-horse")
                    var client = WiFiClient(wifi)
                    started.append("started")
                    do throws(WiFiError) {
                        try client.connect(.loopback, port: port, timeout: .seconds(3))
                        return nil
                    } catch {
                        return error
                    }
                })
        }
        let wifi = try emulator.host()
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while started.text.isEmpty, MonotonicClock.nanoseconds() < deadline { _ = try wifi.status() }
        for _ in 0..<2000 { #expect(try wifi.status() == .connected) }
        #expect(waiting.isUnset(0), "the slow connect has ended before 2000 commands of another coprocessor")
        #expect(try waiting.wait()[0].get() == .connectFailed)
    }

    @Test func twoCoprocessorsTalkToEachOther() throws {
        let emulator = try EmulatorUnderTest(["--port-offset", "12000"])
        let hosts = [try emulator.host(), try emulator.host()]
        let server = WiFiServer(hosts[0], port: 80)
        try server.begin()
        var client = WiFiClient(hosts[1])
        // The server is at port 12080 of this machine; the other coprocessor does not use it.
        try client.connect(.address(try hosts[0].localIP()), port: 80)
        #expect(try hosts[0].waitForActivity(.seconds(10)))
        let accepted = try #require(try server.accept())
        #expect(try accepted.remoteIP() == hosts[1].localIP())
        try client.writeAll(Array("over there".utf8))
        #expect(try accepted.waitForBytes(.seconds(10)) == 10)
    }

    @Test func idleHostsCostNoProcessorTime() throws {
        let emulator = try EmulatorUnderTest()
        let hosts = try (0..<100).map { _ in try emulator.host() }
        for (index, wifi) in hosts.enumerated() where index % 10 == 0 { try WiFiServer(wifi, port: 80).begin() }
        try pause(1)
        let before = try #require(emulator.child.cpuTimeTicks)
        try pause(5)
        #expect(emulator.child.cpuTimeTicks == before)
        #expect(try hosts[99].status() == .connected)
    }

    @Test func aHostThatIsKilledLeavesNothingBehind() throws {
        // Not an address of the pool, which another emulator may take as soon as it is free, nor a port on which others of
        // this machine listen at all addresses.
        let emulator = try EmulatorUnderTest(["--address", "127.77.0.1"])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 8177)
        try server.begin()
        let address = try wifi.localIP()
        let peer = try TCPPeer(address, port: 8177)
        // The link is cut in the middle of a served connection: the emulator may notice it when it reports the connection.
        wifi.end()
        #expect(try emulator.logs("is off"))
        #expect(throws: LinuxError.self) { try TCPPeer(address, port: 8177) }
        #expect((try? peer.read()) ?? [] == [])
    }
}
