import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiUDPTests {
    private let outside = Endpoint(address: IPv4Address(10, 0, 0, 1), port: 5000)

    @Test func receivesWholeDatagrams() throws {
        let host = try Host()
        let udp = WiFiUDP(host.wifi)
        #expect(throws: WiFiError.notConnected) { try udp.parsePacket() }
        try udp.begin(2390)
        #expect(try udp.parsePacket() == 0)
        #expect(host.network.send([1, 2, 3, 4], toPort: 2390, from: outside))
        let other = Endpoint(address: IPv4Address(10, 0, 0, 2), port: 6000)
        host.network.send(pattern(1472), toPort: 2390, from: other)
        host.network.send([9], toPort: 2390, from: outside)
        #expect(try udp.parsePacket() == 4)
        #expect(udp.remoteIP() == outside.address && udp.remotePort() == outside.port)
        #expect(udp.available() == 4 && udp.peek() == 1 && udp.read() == 1)
        #expect(udp.read(2) == [2, 3])
        // The rest of the first datagram is dropped.
        #expect(try udp.parsePacket() == 1472)
        #expect(udp.remoteIP() == other.address && udp.remotePort() == other.port)
        #expect(udp.read(5000) == pattern(1472))
        #expect(udp.read() == nil && udp.peek() == nil && udp.read(1).isEmpty && udp.read(-1).isEmpty)
        #expect(try udp.parsePacket() == 1)
        #expect(udp.remotePort() == outside.port)
        #expect(try udp.parsePacket() == 0)
        #expect(udp.available() == 0)
    }

    /// After a restart of the module another socket has the number.
    @Test func anOldSocketStopsNoOther() throws {
        let host = try Host()
        let (old, new) = (WiFiUDP(host.wifi), WiFiUDP(host.wifi))
        try old.begin(2390)
        try host.wifi.reset()
        try host.wifi.begin("lab-net", passphrase: "correct-horse")
        try new.begin(2390)
        #expect(try host.commands { try old.stop() } == 0)
        host.network.send([9], toPort: 2390, from: outside)
        #expect(try new.parsePacket() == 1)
    }

    @Test func sendsWholeDatagrams() throws {
        let host = try Host()
        host.network.hosts["box"] = outside.address
        let udp = WiFiUDP(host.wifi)
        // Without `begin`: the module chooses the port.
        try udp.beginPacket(.address(outside.address), port: outside.port)
        #expect(try udp.write([1, 2]) + udp.write(3) + udp.print("four") == 7)
        #expect(host.network.datagrams.isEmpty)
        try udp.endPacket()
        #expect(host.network.datagrams.map(\.bytes) == [[1, 2, 3] + Array("four".utf8)])
        #expect(host.network.datagrams[0].remote == outside)
        try udp.beginPacket("box", port: 7)
        try udp.write(pattern(WiFiUDP.longestDatagram))
        #expect(throws: WiFiError.datagramFailed) { try udp.write(1) }
        #expect(try host.commands { try udp.endPacket() } == 3)
        #expect(host.network.datagrams[1].bytes == pattern(WiFiUDP.longestDatagram))
        #expect(host.network.datagrams[1].remote == Endpoint(address: outside.address, port: 7))
        // Nothing is sent twice, and no byte of one datagram appears in the next.
        #expect(throws: WiFiError.datagramFailed) { try udp.endPacket() }
        #expect(throws: WiFiError.datagramFailed) { try udp.write(1) }
        try udp.beginPacket(.address(outside.address), port: 8)
        #expect(throws: WiFiError.datagramFailed) { try udp.endPacket() }
        try udp.beginPacket(.address(outside.address), port: 8)
        try udp.write(5)
        #expect(throws: WiFiError.hostNotFound) { try udp.beginPacket("nowhere", port: 8) }
        #expect(throws: WiFiError.datagramFailed) { try udp.endPacket() }
        udp.flush()
        #expect(host.network.datagrams.count == 2)
    }

    /// The reply goes to its destination, also when another datagram has arrived meanwhile.
    @Test(arguments: [Firmware.modern, .arduino200, .adafruit330, .adafruit177])
    func answersTheSender(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        let udp = WiFiUDP(host.wifi)
        try udp.begin(7)
        for turn in 0..<20 {
            let sender = Endpoint(address: IPv4Address(10, 0, 0, UInt8(turn)), port: 5000)
            host.network.send([UInt8(turn)], toPort: 7, from: sender)
            _ = try host.wait { try udp.parsePacket() > 0 ? true : nil }
            try udp.beginPacket(.address(udp.remoteIP()), port: udp.remotePort())
            try udp.write(udp.read(100))
            try udp.endPacket()
            #expect(host.network.datagrams.last?.remote == sender)
            #expect(host.network.datagrams.last?.bytes == [UInt8(turn)])
        }
    }

    @Test func opensAndCloses() throws {
        let host = try Host()
        let udp = WiFiUDP(host.wifi)
        try udp.stop()
        try udp.begin(2390)
        #expect(udp.socket == SocketNumber(rawValue: 0))
        let other = WiFiUDP(host.wifi)
        #expect(throws: WiFiError.serverFailed(port: 2390)) { try other.begin(2390) }
        // Another `begin` opens another socket.
        try udp.begin(2391)
        try other.begin(2390)
        #expect(host.network.openSockets == 2)
        try udp.stop()
        try udp.stop()
        #expect(udp.socket == .unavailable)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 0))) { try udp.parsePacket() }
        try host.wifi.reset()
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try other.parsePacket() }
        try host.wifi.begin("open-net")
        try other.begin(2390)
        #expect(host.network.openSockets == 1)
    }

    @Test func hearsItsGroup() throws {
        let host = try Host()
        let udp = WiFiUDP(host.wifi)
        let group = IPv4Address(239, 1, 2, 3)
        try udp.beginMulticast(group, port: 5353)
        #expect(host.network.send([1], toPort: 5353, group: group, from: outside))
        #expect(!host.network.send([2], toPort: 5353, group: IPv4Address(239, 1, 2, 4), from: outside))
        #expect(try udp.parsePacket() == 1)
        #expect(try udp.parsePacket() == 0)
    }

    /// A receiving socket outlives the network, like a server.
    @Test func staysWhenTheNetworkIsLeft() throws {
        let host = try Host()
        let udp = WiFiUDP(host.wifi)
        try udp.begin(7)
        try host.wifi.disconnect()
        try udp.beginPacket(.address(outside.address), port: 7)
        try udp.write(1)
        #expect(throws: WiFiError.datagramFailed) { try udp.endPacket() }
        try host.wifi.begin("open-net")
        host.network.send([1], toPort: 7, from: outside)
        #expect(try udp.parsePacket() == 1)
    }

    /// A lost reply to `begin` leaks neither socket nor port.
    @Test func aLostReplyLosesNoSocket() throws {
        let host = try Host()
        let udp = WiFiUDP(host.wifi)
        let lossy = LossyLink(host.link)
        let wifi = WiFi(link: lossy)
        wifi.recoveryLimit = .resynchronize
        let other = WiFiUDP(wifi)
        for _ in 0..<20 {
            lossy.losesReplyTo = .startServer
            #expect(throws: WiFiError.link(LinkError(.timedOut, .reply), .startServer)) { try other.begin(7) }
        }
        lossy.losesReplyTo = nil
        try other.begin(7)
        #expect(host.network.openSockets == 1)
        try udp.begin(8)
    }
}

/// A link that loses replies to a command.
final class LossyLink: Link {
    private let inner: any Link
    var losesReplyTo: Opcode?
    private var isLost = false

    init(_ inner: any Link) { self.inner = inner }

    var now: MonotonicInstant { inner.now }
    func interruptLevel() throws(LinkError) -> Bool { try inner.interruptLevel() }
    func reset(until deadline: MonotonicInstant) throws(LinkError) { try inner.reset(until: deadline) }
    func sleep(until deadline: MonotonicInstant) throws(LinkError) { try inner.sleep(until: deadline) }
    func close() { inner.close() }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try inner.waitForInterrupt(until: deadline)
    }

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        isLost = frame[1] == losesReplyTo?.byte
        try inner.sendCommand(frame, until: deadline)
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        let reply = try inner.receiveReply(expecting: opcode, until: deadline)
        if isLost { throw LinkError(.timedOut, .reply) }
        return reply
    }
}
