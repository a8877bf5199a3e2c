import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// A device with a socket in every kind of slot, so that random commands reach more than free slots.
struct FuzzWorld {
    let host: WindowHost
    private var peers: [VirtualPeer] = []
    private let outside = Endpoint(address: IPv4Address(10, 0, 0, 1), port: 7)

    init() throws {
        host = try WindowHost()
        host.network.capacity = 8 * 1024
        host.network.hosts["example.com"] = outside.address
        _ = host.network.listen(at: outside)
        try furnish()
    }

    /// Joins, listens on slot 0, connects on slot 1 and accepts a client on slot 2.
    mutating func furnish() throws {
        for slot in UInt8(0)..<3 { _ = try host.run(StopClient(socket: SocketNumber(rawValue: slot))) }
        // Random commands open many BSD sockets and close few, which would leave none for the slots.
        try closeBSDSockets()
        try join()
        _ = try host.run(StartServer(port: 80, socket: SocketNumber(rawValue: 0), type: .tcp))
        var command = StartClient()
        command.address = outside.address
        command.port = outside.port
        command.socket = SocketNumber(rawValue: 1)
        _ = try host.run(command)
        let peer = host.network.connect(to: 80)
        try host.update()
        if let peer {
            _ = try host.run(AvailData(socket: SocketNumber(rawValue: 0), accept: true))
            peer.send(Array(repeating: 0x55, count: 100))
            peers.append(peer)
        }
        try host.update()
    }

    private func closeBSDSockets() throws {
        for number in UInt8(54)..<64 { _ = try host.run(BSDClose(socket: SocketNumber(rawValue: number))) }
    }

    private func join() throws {
        _ = try host.run(SetPassphrase(ssid: "lab-net".bytes, passphrase: "correct-horse".bytes))
        try host.pass(.milliseconds(50))
        #expect(try host.run(GetConnStatus()).status == .connected)
    }

    /// A random event outside: connects, sends, reads, ends or resets a connection.
    mutating func stir(_ random: inout SplitMix64) throws {
        if peers.count > 12 { peers.removeFirst(peers.count - 12) }
        let bits = random.next()
        if bits % 4 == 0, let peer = host.network.connect(to: 80) { peers.append(peer) }
        if !peers.isEmpty {
            let peer = peers[Int(bits >> 8) % peers.count]
            switch bits % 8 {
            case 0...3: peer.send(Array(repeating: UInt8(truncatingIfNeeded: bits), count: Int(bits >> 16 & 0x7FF)))
            case 4, 5: _ = peer.read()
            case 6: peer.finish()
            default: peer.reset()
            }
        }
        // Let reservations expire, so that slots become free again.
        try host.pass(.milliseconds(Int64(bits >> 40 & 0x1FF)))
    }

    /// The device's invariants afterwards: nothing is left behind, and a new session works.
    func checkSession() throws {
        for slot in UInt8(0)..<10 { _ = try host.run(StopClient(socket: SocketNumber(rawValue: slot))) }
        try closeBSDSockets()
        #expect(host.network.openSockets == 0)
        #expect(!host.interrupt)
        try join()
        let server = try host.run(GetSocket()).socket
        #expect(server.rawValue == 0)
        #expect(try host.run(StartServer(port: 8080, socket: server, type: .tcp)).value == 1)
        let peer = try #require(host.network.connect(to: 8080))
        try host.update()
        #expect(host.interrupt)
        let client = try host.run(AvailData(socket: server, accept: true)).value
        #expect(client == 1)
        let socket = SocketNumber(rawValue: UInt8(truncatingIfNeeded: client))
        #expect(!host.interrupt)
        peer.send(Array("echo".utf8))
        try host.update()
        #expect(host.interrupt)
        let data = try host.run(GetDatabuf(socket: socket, size: 1500)).data
        #expect(data == "echo".bytes)
        #expect(try host.run(SendData(socket: socket, data: data)).count == 4)
        #expect(peer.read() == Array("echo".utf8))
        #expect(!host.interrupt)
        _ = try host.run(StopClient(socket: socket))
        #expect(peer.isFinished)
        #expect(try host.run(StopServer(socket: server)).value == 1)
        #expect(host.network.openSockets == 0)
        #expect(host.breaches.isEmpty)
    }
}
