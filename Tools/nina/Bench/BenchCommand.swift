import LinuxIO
import NINATransport
import NINAWire
import ToolSupport
import WiFiNINA

/// `nina bench`: the rates of commands and bytes through library, link and emulator, as ratios to the floor of the same
/// run.
struct BenchCommand {
    private static let rounds = 9
    private var isPinned = false
    private var isJSON = false
    private var seconds = 6
    private var fleet: Int?
    private var isOfStorage = false
    private var family = SocketFamily.classic

    init(_ arguments: inout Arguments) throws {
        while let option = try arguments.next() {
            switch option {
            case "--pin": isPinned = true
            case "--json": isJSON = true
            case "--bsd": family = .bsd
            case "--fleet": fleet = try arguments.number(1...5000)
            case "--storage": isOfStorage = true
            case "--seconds": seconds = try arguments.number(1...600)
            default: throw arguments.unknown()
            }
        }
    }

    func run() throws {
        if isPinned { try CPUAffinity.pin(to: try CPUAffinity.current()) }
        if let fleet {
            let figures = try FleetBench(count: fleet).run()
            StandardOutput.write(isJSON ? figures.json : figures.table)
            return
        }
        if isOfStorage {
            let figures = try StorageBench(seconds: seconds).run()
            StandardOutput.write(isJSON ? figures.json : figures.table)
            return
        }
        let floor = try Floor()
        let emulator = try EmulatorProcess(["--log-level", "error"])
        defer { emulator.stop() }
        let wifi = WiFi(link: try emulator.transport.open())
        defer { wifi.end() }
        wifi.socketFamily = family
        try wifi.begin("lab-net", passphrase: "correct-horse")
        let figures = try measure(floor, wifi)
        StandardOutput.write(isJSON ? figures.json : figures.table)
    }

    /// Alternates between floor, commands and bytes, so that changes of the machine's speed affect all of them equally.
    private func measure(_ floor: Floor, _ wifi: WiFi) throws -> BenchFigures {
        let slice = UInt64(seconds) * 1_000_000_000 / UInt64(4 * Self.rounds)
        var upload = try BulkTransfer(wifi, .takes)
        var download = try BulkTransfer(wifi, .gives)
        var figures = BenchFigures()
        for _ in 0..<Self.rounds {
            var round = BenchRound()
            round.floor = try rate(during: slice) { try floor.roundTrip() }
            round.commands = try rate(during: slice, latencies: &figures.latencies) { _ = try wifi.status() }
            round.written = try upload.run(during: slice)
            round.read = try download.run(during: slice)
            figures.rounds.append(round)
        }
        figures.commandsPerKBWritten = upload.commandsPerKB
        figures.commandsPerKBRead = download.commandsPerKB
        try upload.end()
        try download.end()
        return figures
    }

    private func rate(during nanoseconds: UInt64, _ body: () throws -> Void) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        var count = 0
        var now = start
        while now - start < nanoseconds {
            for _ in 0..<64 { try body() }
            count += 64
            now = MonotonicClock.nanoseconds()
        }
        return Double(count) * 1e9 / Double(now - start)
    }

    private func rate(
        during nanoseconds: UInt64, latencies: inout [UInt32], _ body: () throws -> Void
    ) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        let first = latencies.count
        var before = start
        while before - start < nanoseconds {
            try body()
            let now = MonotonicClock.nanoseconds()
            latencies.append(UInt32(clamping: now - before))
            before = now
        }
        return Double(latencies.count - first) * 1e9 / Double(before - start)
    }
}

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
        let frame = direction == .takes ? Frame.longestSend : Frame.longestReceive
        buffer = [UInt8](repeating: 0xA5, count: 16 * frame)
        peer = try BulkPeer(direction)
        client = WiFiClient(wifi)
        try client.connect(.address(IPv4Address.loopback), port: peer.port)
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
                if try client.read(into: &buffer, count: &count) == 0 { try wifi.waitForActivity(.milliseconds(10)) }
            }
            now = MonotonicClock.nanoseconds()
        }
        bytes += count
        commands += wifi.commandCount - firstCommand
        return Double(count) * 1e9 / Double(now - start)
    }

    func end() throws { try client.stop() }
}

extension WiFiClient {
    /// Reads, and adds the number of bytes to a sum.
    fileprivate func read(into buffer: inout [UInt8], count: inout Int) throws(WiFiError) -> Int {
        let got = try read(into: &buffer)
        count += got
        return got
    }
}
