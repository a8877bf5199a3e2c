import APISuite
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import TestPeers

/// The library's whole API over SPI, with peers on the guest's own sockets. The guest has no OpenSSL: calls that need
/// TLS are skipped.
func suiteTest(_ wires: Wires) throws {
    for profile in isLong ? ["modern", "arduino-2.0.0", "adafruit-3.3.0"] : ["modern"] {
        try suite(wires, profile)
    }
}

private func suite(_ wires: Wires, _ profile: String) throws {
    let firmware = try require(Firmware.all.first { $0.name.description == profile }, "no firmware \(profile)")
    let downloads = try DownloadServer()
    let peers = try SocketPeers(
        world: World(
            securePort: 1, greeting: [], authorityName: [0x30, 0], authorityKey: [4] + [UInt8](repeating: 1, count: 64),
            downloadPort: downloads.port))
    let controller = try HCIControllerPeer(path: "/tmp/hci-\(profile).sock")
    let emulator = try AttachedEmulator(
        ["--firmware", profile, "--log-level", "error"] + APISuite.emulatorOptions + controller.options)
    defer { emulator.kill() }
    let bus = try SPIDeviceBus(try wires.wiring)
    let link = try SPIDeviceLink(bus: bus, until: bus.now.advanced(by: .seconds(5)))
    let suite = APISuite(link: link, firmware: firmware, peers: peers, skipping: APISuite.callsOverTLS)
    let outcomes = suite.run()
    var (passed, unsupported, skipped) = (0, 0, Set<String>())
    for outcome in outcomes {
        switch outcome.result {
        case .passed: passed += 1
        case .unsupported: unsupported += 1
        case .skipped: skipped.insert(outcome.call)
        case .failed(let why): expect(false, "\(profile): \(outcome.call): \(why)")
        }
    }
    expect(skipped == APISuite.callsOverTLS, "the list names calls that the suite does not have")
    tell(
        "API suite over spi, \(profile): \(passed) calls passed, \(unsupported) unsupported, \(skipped.count) methods over TLS skipped, \(suite.sentOpcodes.count) commands, \(bus.lostEdges) lost edges"
    )
}

/// An HTTP server at 127.0.0.1 with the paths that the suite requests.
final class DownloadServer {
    let port: UInt16

    init() throws {
        let listener = try TCPSocket.listen(
            on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 8)
        port = try TCPSocket.localEndpoint(listener.rawValue).port
        let number = listener.release()
        try DetachedThread.start {
            let listener = FileDescriptor(adopting: number)
            while true {
                _ = try? DescriptorWait.wait(listener.rawValue, for: .readable, deadline: nil)
                guard let connection = try? TCPSocket.accept(listener.rawValue),
                    let peer = try? TCPPeer(accepted: connection.takeDescriptor())
                else { continue }
                try? Self.serve(peer)
            }
        }
    }

    private static func serve(_ peer: TCPPeer) throws {
        var request: [UInt8] = []
        while !request.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let piece = try peer.read(1)
            guard !piece.isEmpty else { return }
            request += piece
        }
        let path = String(decoding: request, as: UTF8.self).split(separator: " ")[1].split(separator: "/")
        let number = path.count > 1 ? Int(path[1]) ?? 0 : 0
        let content: [UInt8] = (0..<number).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 251) }
        switch path.first {
        case "bytes": try answer(peer, content)
        case "update":
            let checksum = checksum(content) ^ (path.count > 2 ? 1 : 0)
            let head = [UInt32(number), checksum].flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
            }
            try answer(peer, head + content)
        default: try peer.send(Array("HTTP/1.1 404 Answer\r\nContent-Length: 2\r\n\r\nno".utf8))
        }
    }

    private static func answer(_ peer: TCPPeer, _ body: [UInt8]) throws {
        try peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
