import LinuxIO
import NINAWire
import WiFiNINA

/// Measures one direction of data through a client of the library.
struct BulkTransfer {
    private let wifi: WiFi
    private let peer: BulkPeer
    private let direction: BulkPeer.Direction
    private var client: WiFiClient
    private var buffer: [UInt8]
    private var bytes = 0
    private var commands = 0

    init(_ wifi: WiFi, _ direction: BulkPeer.Direction) throws {
        self.wifi = wifi
        self.direction = direction
        buffer = [UInt8](repeating: 0xA5, count: Self.bufferLength(direction))
        peer = try BulkPeer(direction)
        client = WiFiClient(wifi)
        try client.connect(.address(IPv4Address.loopback), port: peer.port)
    }

    /// A multiple of what a frame carries: the last frame of a write is as long as the others.
    static func bufferLength(_ direction: BulkPeer.Direction) -> Int {
        16 * (direction == .takes ? Frame.longestSend : Frame.longestReceive)
    }

    var commandsPerKB: Double { bytes == 0 ? 0 : Double(commands) * 1000 / Double(bytes) }

    /// Bytes per second.
    mutating func run(during nanoseconds: UInt64) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        let firstCommand = wifi.commandCount
        var count = 0
        var now = start
        while now - start < nanoseconds {
            switch direction {
            case .takes:
                try client.writeAll(buffer)
                count += buffer.count
            case .gives:
                let got = try client.read(into: &buffer)
                count += got
                if got == 0 { try wifi.waitForActivity(.milliseconds(10)) }
            case .returns: preconditionFailure("an echo is no bulk transfer")
            }
            now = MonotonicClock.nanoseconds()
        }
        bytes += count
        commands += wifi.commandCount - firstCommand
        return Double(count) * 1e9 / Double(now - start)
    }

    func end() throws { try client.stop() }
}
