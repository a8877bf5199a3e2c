import NINALink
import NINAWire
import Testing
import WiFiNINA

/// A program that makes every call in random order. Errors are allowed; each call must end.
final class HostileSession {
    private let link: HostileLink
    private let wifi: WiFi
    private var random: SplitMix64
    private let servers: [WiFiServer]
    private let datagrams: [WiFiUDP]
    private var clients: [WiFiClient]
    private var sockets: [WiFiSocket] = []
    private var file: WiFiStorageFile?
    private var buffer: [UInt8] = []

    init(_ link: HostileLink, _ family: SocketFamily, _ random: SplitMix64) {
        self.link = link
        self.random = random
        let wifi = WiFi(link: link)
        self.wifi = wifi
        wifi.socketFamily = family
        wifi.timeout = .seconds(1)
        servers = (0..<2).map { WiFiServer(wifi, port: 80 + $0) }
        datagrams = (0..<2).map { _ in WiFiUDP(wifi) }
        clients = (0..<4).map { _ in WiFiClient(wifi) } + [WiFiSSLClient(wifi).client]
    }

    private static let bytes = pattern(9000)

    /// Fewer than this many bytes.
    private func some(_ limit: Int) -> [UInt8] { Array(Self.bytes.prefix(below(limit))) }

    private func below(_ limit: Int) -> Int { Int(random.next() >> 16 % UInt64(limit)) }

    /// Makes a call, which may not take much longer than its deadlines.
    func step() throws {
        link.patience = 20_000
        let start = wifi.now
        let choice = below(30)
        do throws(WiFiError) {
            if choice < 22 { try connect(choice) } else { try other(below(24)) }
        } catch {
            // A module like this fails all the time.
        }
        try #require(link.patience > 0, "call \(choice) does not end")
        try #require(wifi.now.nanoseconds(since: start) < 400_000_000_000, "call \(choice) exceeds its time")
    }

    private func connect(_ choice: Int) throws(WiFiError) {
        let server = servers[below(2)]
        let index = below(clients.count)
        let client = clients[index]
        switch choice {
        case 0: try server.begin()
        case 1: if below(4) == 0 { try server.end() }
        case 2, 3: clients[index] = try server.accept() ?? client
        case 4, 5: clients[index] = try server.available() ?? client
        case 6: _ = try server.write(some(9000))
        case 7: _ = try server.status()
        case 8: try clients[index].connect(.address(Host.address), port: 7, timeout: .seconds(1))
        case 9: try clients[index].connect("host", port: 7, timeout: .milliseconds(below(500)))
        case 10, 11: _ = try client.read(below(9000))
        case 12:
            buffer = [UInt8](repeating: 0, count: [300, 4076, 4080, 4086, 9000][below(5)])
            _ = try client.read(into: &buffer)
        case 13: _ = try client.peek()
        case 14: _ = try client.available()
        case 15: _ = try client.waitForBytes(.milliseconds(below(500)))
        case 16: _ = try client.write(some(9000))
        case 17: try client.writeAll(some(9000), timeout: .milliseconds(below(500)))
        case 18: _ = try client.connected()
        case 19: if below(4) == 0 { try client.stop() }
        case 20: _ = try client.remotePort()
        default: _ = try wifi.waitForActivity(.milliseconds(below(500)))
        }
    }

    private func other(_ choice: Int) throws(WiFiError) {
        let udp = datagrams[below(2)]
        switch choice {
        case 0: try udp.begin(7)
        case 1, 2: if try udp.parsePacket() > 0 { _ = udp.read(below(2000)) }
        case 3:
            try udp.beginPacket(.address(Host.address), port: 7)
            try udp.write(some(1473))
            try udp.endPacket()
        case 4: if below(4) == 0 { try udp.stop() }
        case 5: if sockets.count < 4 { sockets.append(try WiFiSocket(wifi, .stream)) }
        case 6...9: if let socket = sockets.randomElement(using: &random) { try use(socket) }
        case 10: _ = try wifi.status()
        case 11: try wifi.begin("lab-net", passphrase: "correct-horse")
        case 12:
            for index in 0..<(try wifi.scanNetworks()) { _ = (try wifi.rssi(index), try wifi.encryptionType(index)) }
        case 13: _ = (try wifi.hostByName("host"), try wifi.ping(.address(Host.address)))
        case 14: _ = (try wifi.macAddress(), try wifi.localIP(), try wifi.ssid(), try wifi.analogRead(1))
        case 15: _ = (try wifi.getTime(), try wifi.firmware(), try wifi.temperature(), try wifi.reasonCode())
        case 16: file = try WiFiStorage(wifi).open("/fs/a")
        case 17: _ = try file?.read(below(1000))
        case 18: _ = try file?.write(some(9000))
        case 19: _ = try Preferences(wifi).getString("key")
        case 20: _ = (try Preferences(wifi).putLong64("key", -1), try Preferences(wifi).getDouble("key"))
        case 21: _ = try BluetoothHCI(wifi).read(below(9000))
        case 22: if below(8) == 0 { try wifi.disconnect() }
        default: if below(8) == 0 { try wifi.reset() }
        }
    }

    private func use(_ socket: WiFiSocket) throws(WiFiError) {
        switch below(9) {
        case 0: _ = try socket.receive(below(5000))
        case 1: _ = try socket.receiveFrom(below(5000))
        case 2: _ = try socket.available()
        case 3: try socket.sendAll(some(9000), timeout: .milliseconds(below(500)))
        case 4: try socket.connect(Host.address, port: 7, timeout: .milliseconds(below(500)))
        case 5: if let found = try socket.accept(), sockets.count < 4 { sockets.append(found.socket) }
        case 6: _ = try socket.option(.error)
        case 7: _ = try socket.remote()
        default:
            sockets.removeAll { $0 == socket }
            try socket.close()
        }
    }
}
