import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// A link whose replies are scripted by the test.
final class ScriptedLink: Link {
    var now = MonotonicInstant(nanoseconds: 0)
    var replies: [Result<[UInt8], LinkError>] = []
    var windows: [[UInt8]] = []

    func interruptLevel() throws(LinkError) -> Bool { true }
    func reset(until deadline: MonotonicInstant) throws(LinkError) {}
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool { true }
    func sleep(until deadline: MonotonicInstant) throws(LinkError) { now = deadline }
    func close() {}
    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) { windows.append(frame) }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        guard !replies.isEmpty else { throw LinkError(.timedOut, .reply) }
        return try replies.removeFirst().get()[...]
    }
}

@Suite(.timeLimit(.minutes(10))) struct DriverTests {
    @Test func oneCommandIsOneRoundTrip() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        link.replies = [.success([0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE])]
        #expect(try wifi.status() == .connected)
        #expect(link.windows == [[0xE0, 0x20, 0x00, 0xEE]])
        #expect(wifi.commandCount == 1)
    }

    @Test func aWrongReplyIsAnErrorAndNeverData() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        wifi.recoveryLimit = nil
        let wrong: [[UInt8]] = [
            [], [0x00], [0xE0], [0xE0, 0xA0, 0x01, 0x01, 0x03], [0xE0, 0xA1, 0x01, 0x01, 0x03, 0xEE],
            [0xE0, 0x20, 0x01, 0x01, 0x03, 0xEE], [0xE0, 0xA0, 0x02, 0x01, 0x03, 0xEE],
            [0xE0, 0xA0, 0x01, 0x02, 0x03, 0xEE], [0xE0, 0xA0, 0x00, 0xEE], [0xE0, 0xA0, 0x01, 0x01, 0x03, 0x00],
        ]
        for reply in wrong {
            link.replies = [.success(reply)]
            do {
                _ = try wifi.status()
                Issue.record("\(reply) was taken for a status")
            } catch WiFiError.badReply(_, .getConnStatus) {}
        }
        link.replies = [.success([0xEF, 0x00, 0xEE, 0x00])]
        #expect(throws: WiFiError.refused(.getConnStatus)) { try wifi.status() }
        #expect(throws: WiFiError.link(LinkError(.timedOut, .reply), .getConnStatus)) { try wifi.status() }
    }

    /// A reply to another command, with bytes in it: it never becomes part of a stream.
    @Test func aReplyToAnotherCommandIsNeverRead() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        wifi.recoveryLimit = nil
        var client = WiFiClient(wifi)
        let connected: [Result<[UInt8], LinkError>] = [
            .success([0xE0, 0xBF, 0x01, 0x01, 0x02, 0xEE]), .success([0xE0, 0xAD, 0x01, 0x01, 0x01, 0xEE]),
        ]
        for opcode in Opcode.allCases where opcode.replyByte != Opcode.getDatabuf.replyByte {
            // As long as a reply to GET_DATABUF, and as one with short lengths.
            for reply in [
                [0xE0, opcode.replyByte, 0x01, 0x00, 0x01, 0x58, 0xEE],
                [0xE0, opcode.replyByte, 0x01, 0x01, 0x58, 0xEE],
            ] {
                link.replies = connected
                try client.connect(.address(Host.address), port: 7)
                link.replies = [.success(reply)]
                let wrong = FrameError(
                    .opcode, at: 1, expected: Int(Opcode.getDatabuf.replyByte), found: Int(opcode.replyByte))
                #expect(throws: WiFiError.badReply(wrong, .getDatabuf)) { try client.read(10) }
                // The right reply may have carried bytes.
                #expect(throws: WiFiError.bytesLost(SocketNumber(rawValue: 2))) { try client.read(10) }
                link.replies = [.success([0xE0, 0xAE, 0x01, 0x01, 0x01, 0xEE])]
                try client.stop()
            }
        }
        link.replies = connected
        try client.connect(.address(Host.address), port: 7)
        link.replies = [.success([0xE0, 0xC5, 0x01, 0x00, 0x02, 0x6F, 0x6B, 0xEE])]
        #expect(try client.read(10) == Array("ok".utf8))
    }

    @Test func aRestartMakesHandlesStale() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        link.replies = [
            .success([0xE0, 0xBF, 0x01, 0x01, 0x02, 0xEE]), .success([0xE0, 0xAD, 0x01, 0x01, 0x01, 0xEE]),
        ]
        var client = WiFiClient(wifi)
        try client.connect(.address(Host.address), port: 7)
        #expect(client.socket == SocketNumber(rawValue: 2))
        link.replies = [.failure(LinkError(.restarted, .reply))]
        #expect(throws: WiFiError.link(LinkError(.restarted, .reply), .getConnStatus)) { try wifi.status() }
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 2))) { try client.read() }
    }

    /// AVAIL_DATA answers 0 for a free slot, and 0 is also the number of a slot.
    @Test(arguments: SocketFamily.allCases, [0, 1])
    func aServerThatTheChipHasLostHandsOutNobody(_ family: SocketFamily, _ slot: Int) throws {
        let host = try Host(family: family)
        let servers = try (0...slot).map { try host.server(UInt16(80 + $0)) }
        #expect(host.device.boot(bluetooth: false, at: host.wifi.now))
        try host.wifi.delay(.milliseconds(50))
        #expect(throws: WiFiError.serverNotListening) { try servers[slot].accept() }
        #expect(!servers[slot].isListening)
        try servers[slot].begin()
        _ = try host.acceptedClient(servers[slot])
    }

    @Test func aClientMayHaveSlot0() throws {
        let host = try Host()
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var first = WiFiClient(host.wifi)
        try first.connect(.address(Host.address), port: 7)
        let server = try host.server()
        try first.stop()
        let (client, peer) = try host.acceptedClient(server)
        #expect(client.socket == SocketNumber(rawValue: 0))
        #expect(try client.remotePort() == peer.endpoint.port)
    }

    /// No time limit is the longest duration.
    @Test func commandsMayTakeAnyTime() throws {
        let host = try Host()
        host.wifi.commandTimeout = .seconds(Int64.max)
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        try client.connect(.address(Host.address), port: 7)
        #expect(try client.connected())
        _ = try host.wifi.ping(.address(Host.address))
    }

    /// GET_SOCKET returns the slot of a server that a restarted module does not know.
    @Test func aSlotThatIsGivenAwayAgainIsNotItsOldOwners() throws {
        let host = try Host()
        let server = try host.server()
        #expect(host.device.boot(bluetooth: false, at: host.wifi.now))
        let udp = WiFiUDP(host.wifi)
        try udp.begin(7)
        #expect(udp.socket == SocketNumber(rawValue: 0))
        #expect(!server.isListening)
        #expect(throws: WiFiError.serverNotListening) { try server.accept() }
        try server.end()
        #expect(udp.socket == SocketNumber(rawValue: 0))
    }
}
