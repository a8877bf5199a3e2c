import NINAWire
import WiFiNINA

// Datagrams to and from an external socket, and multicasts.

extension APISuite {
    func datagramCalls() {
        let udp = WiFiUDP(wifi)
        let world = peers.world
        var ownAddress = IPv4Address.any
        call("WiFiUDP.init(_:)") { try equal(WiFiUDP(wifi).available(), 0) }
        call("WiFiUDP.longestDatagram") { try equal(WiFiUDP.longestDatagram, 1472) }
        call("WiFiUDP.parsePacket()", failure: .notConnected) { _ = try udp.parsePacket() }
        call("WiFiUDP.begin(_:)", .startServer) {
            try join()
            ownAddress = try wifi.localIP()
            try udp.begin(5077)
        }
        call("WiFiUDP.socket") { try check(udp.socket != .unavailable, "no socket") }
        call("WiFiUDP.parsePacket()", .availData) {
            try equal(udp.parsePacket(), 0)
            try peers.sendDatagram([1, 2, 3, 4, 5], to: ownAddress, port: 5077)
            try equal(
                eventually("datagram") { () throws -> Int? in
                    let count = try udp.parsePacket()
                    return count > 0 ? count : nil
                }, 5)
        }
        call("WiFiUDP.remoteIP()", .getRemoteData) { try equal(udp.remoteIP(), world.address) }
        call("WiFiUDP.remotePort()", .getRemoteData) { try equal(udp.remotePort(), peers.datagramPort()) }
        call("WiFiUDP.available()") { try equal(udp.available(), 5) }
        call("WiFiUDP.peek()") { try equal(udp.peek(), 1) }
        call("WiFiUDP.read()") { try equal(udp.read(), 1) }
        call("WiFiUDP.read(_:)") {
            try equal(udp.read(3), [2, 3, 4])
            try equal(udp.read(100), [5])
            try equal(udp.read(100), [])
            try equal(udp.read(), nil)
        }
        call("WiFiUDP.write(_:)-[UInt8]", failure: .datagramFailed) { try udp.write([1]) }
        call("WiFiUDP.beginPacket(_:port:)") {
            try udp.beginPacket(.address(world.address), port: peers.datagramPort())
        }
        call("WiFiUDP.write(_:)-UInt8") { try equal(udp.write(65), 1) }
        call("WiFiUDP.write(_:)-[UInt8]") { try equal(udp.write([66, 67]), 2) }
        call("WiFiUDP.write(_:)-ArraySlice<UInt8>") { try equal(udp.write([1, 68, 69][1...]), 2) }
        call("WiFiUDP.print(_:)") { try equal(udp.print("FG"), 2) }
        call("WiFiUDP.flush()") { udp.flush() }
        call("WiFiUDP.endPacket()", .startClient, .insertDatabuf, .sendUDP) {
            try udp.endPacket()
            let datagram = try peers.receiveDatagram()
            try equal(datagram.bytes, bytes("ABCDEFG"))
            try equal(datagram.address, ownAddress)
            try equal(datagram.port, 5077)
        }
        call("WiFiUDP.beginPacket(_:port:)", .reqHostByName) {
            try udp.beginPacket(.name(Self.peerName), port: peers.datagramPort())
            try udp.write(pattern(1472))
            try udp.endPacket()
            // Adafruit's 3.x sends 1460 bytes, and the rest as another datagram.
            let sizes = firmware.quirks.contains(.datagramsAreSplit) ? [1460, 12] : [1472]
            let received = try sizes.map { _ in try peers.receiveDatagram().bytes }
            try equal(received.map(\.count), sizes)
            try equal(received.flatMap { $0 } == pattern(1472), true)
        }
        call("WiFiUDP.write(_:)-[UInt8]", failure: .datagramFailed) {
            try udp.beginPacket(.address(world.address), port: 9)
            try udp.write(pattern(1473))
        }
        call("WiFiUDP.stop()", .stopClient) {
            try udp.stop()
            try equal(udp.socket, .unavailable)
        }
        groupCalls(udp, ownAddress)
    }

    private func groupCalls(_ udp: WiFiUDP, _ ownAddress: IPv4Address) {
        // Other modules of this machine have a different address.
        let group = IPv4Address(rawValue: ownAddress.rawValue & 0x00FF_FFFF | 239 << 24)
        func next() throws -> [UInt8] {
            try eventually("datagram") { try udp.parsePacket() > 0 ? udp.read(2000) : nil }
        }
        call("WiFiUDP.beginMulticast(_:port:)", .startServer) {
            try udp.beginMulticast(group, port: 5377)
            // From a member of the group, from outside, and unicast to the module.
            try udp.beginPacket(.address(group), port: 5377)
            try udp.write([1, 2])
            try udp.endPacket()
            try equal(next(), [1, 2])
            try equal(udp.remoteIP(), ownAddress)
            try peers.sendDatagram([3], to: group, port: 5377)
            try equal(next(), [3])
            try peers.sendDatagram([4], to: ownAddress, port: 5377)
            try equal(next(), [4])
            try udp.stop()
        }
        // An address that is no group: most firmware does not look whether it was joined.
        let isChecked = !firmware.quirks.contains(.groupsAreNotChecked)
        call("WiFiUDP.beginMulticast(_:port:)", failure: isChecked ? .serverFailed(port: 5378) : nil) {
            defer { try? udp.stop() }
            try udp.beginMulticast(IPv4Address(10, 0, 0, 1), port: 5378)
        }
    }
}
