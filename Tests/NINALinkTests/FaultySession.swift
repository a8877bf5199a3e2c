import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// The results of a run under faults.
struct FaultFigures {
    var calls = 0
    var failures = 0
    /// Devices that vanished for good.
    var vanished = 0
    /// Bytes that must be right because no fault was hidden since the last reset, and those that cannot be judged.
    var bytesChecked = 0
    var bytesUnchecked = 0
    var recoveries = (resynchronized: 0, softReset: 0, hardReset: 0)
    /// Calls that exceeded their time.
    var overdue: [String] = []
    /// Wrong bytes that the library accepted although it could have detected the fault.
    var wrong: [String] = []
}

/// A program that uses the library under faults: calls of a few commands each, so that each has a deadline. Both
/// streams of its connection are known bytes, so that lost, duplicated or foreign bytes are detected.
final class FaultySession {
    private let wifi: WiFi
    private let network: VirtualNetwork
    private let injector: FaultInjector
    private var random: SplitMix64
    private let server: WiFiServer
    private var client: WiFiClient?
    private var peer: VirtualPeer?
    private var isLost = false
    /// A call succeeded although a window was damaged: from now on frames cannot guarantee the content.
    private var isTainted = false
    private var sent = 0
    private var read = 0
    private var written = 0
    private var received = 0
    private var figures: FaultFigures
    /// The device has vanished.
    private(set) var isOver = false

    init(_ injector: FaultInjector, _ network: VirtualNetwork, _ random: SplitMix64, _ figures: FaultFigures) {
        self.injector = injector
        wifi = WiFi(link: injector)
        self.network = network
        self.random = random
        self.figures = figures
        server = WiFiServer(wifi, port: 80)
        wifi.commandTimeout = .seconds(1)
        wifi.timeout = .seconds(1)
        injector.stuckInterrupt = [nil, true, false][Int(self.random.next() % 3)]
    }

    private func stream(_ range: Range<Int>) -> [UInt8] {
        range.map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 253) }
    }

    /// One call. A link that takes 4 ms for a frame may exceed the deadline by that per command, and a reset may exceed
    /// it.
    private func call(_ name: String, commands: Int, _ work: () throws(WiFiError) -> Void) {
        let start = wifi.now
        let before = (faults: injector.faults, damaged: injector.damagedCommands)
        figures.calls += 1
        do throws(WiFiError) {
            try work()
            if injector.faults != before.faults { isTainted = true }
        } catch {
            figures.failures += 1
            // One of several faults may be hidden behind the reported one, and a device that took a damaged
            // command for another one may have run it.
            if injector.faults > before.faults + 1 || injector.damagedCommands != before.damaged { isTainted = true }
            switch error {
            // The reply to an earlier START_SERVER was lost: an unknown server holds the port.
            case .serverFailed: isLost = true
            case .link(let fault, _) where fault.kind == .closed: isOver = true
            default: break
            }
        }
        let allowed = UInt64(commands) * 1_010_000_000 + 2_100_000_000
        let taken = wifi.now.nanoseconds(since: start)
        if taken > allowed { figures.overdue.append("\(name): \(taken) ns") }
    }

    func step() {
        if isLost || isTainted && random.next() % 4 == 0 {
            call("reset", commands: 1) { () throws(WiFiError) in
                try wifi.reset()
                (isLost, isTainted) = (false, false)
                (client, peer) = (nil, nil)
            }
        }
        if !server.isListening, random.next() % 2 == 0 {
            call("rejoin", commands: 4) { () throws(WiFiError) in try wifi.begin("open-net") }
            call("begin server", commands: 2) { () throws(WiFiError) in try self.server.begin() }
        }
        if client?.socket == SocketNumber.unavailable { client = nil }
        use(client)
    }

    private func use(_ client: WiFiClient?) {
        switch random.next() % 16 {
        case 0:
            // `begin` waits up to its own time-out, in steps of one command each.
            call("begin", commands: 4) { () throws(WiFiError) in try wifi.begin("open-net") }
        case 1: call("begin server", commands: 2) { () throws(WiFiError) in try self.server.begin() }
        case 2: if peer == nil || peer?.wasReset == true || peer?.isFinished == true { connect() }
        case 3, 4:
            call("accept", commands: 2) { () throws(WiFiError) in
                guard let accepted = try server.accept() else { return }
                self.client = nil
                // A client of an earlier peer, whose streams are not checked.
                guard try accepted.remotePort() == peer?.endpoint.port else { return try accepted.stop() }
                self.client = accepted
            }
        case 5:
            guard let peer else { break }
            peer.send(stream(sent..<sent + 700))
            sent += 700
        case 6, 7: readSome(client)
        case 8: writeSome(client)
        case 9: call("connected", commands: 1) { () throws(WiFiError) in _ = try client?.connected() }
        case 10: call("scan", commands: 2) { () throws(WiFiError) in _ = try wifi.scanNetworks() }
        case 11: call("lookup", commands: 2) { () throws(WiFiError) in _ = try wifi.hostByName("10.1.2.3") }
        case 12: call("available", commands: 1) { () throws(WiFiError) in _ = try server.available() }
        case 13:
            call("stop", commands: 1) { () throws(WiFiError) in try client?.stop() }
            check()
            peer = nil
        case 14: call("address", commands: 1) { () throws(WiFiError) in _ = try wifi.localIP() }
        default: call("status", commands: 1) { () throws(WiFiError) in _ = try wifi.status() }
        }
    }

    private func connect() {
        client = nil
        peer = network.connect(to: 80)
        (sent, read, written, received) = (0, 0, 0, 0)
    }

    private func readSome(_ client: WiFiClient?) {
        var bytes: [UInt8] = []
        call("read", commands: 2) { () throws(WiFiError) in bytes = try client?.read(500) ?? [] }
        guard peer != nil, !isTainted else { return figures.bytesUnchecked += bytes.count }
        figures.bytesChecked += bytes.count
        if bytes != stream(read..<read + bytes.count) { figures.wrong.append("read \(bytes.count) bytes at \(read)") }
        read += bytes.count
    }

    private func writeSome(_ client: WiFiClient?) {
        guard let client, peer != nil else { return }
        let bytes = stream(written..<written + 300)
        call("write", commands: 2) { () throws(WiFiError) in written += try client.write(bytes) }
        check()
    }

    /// The peer has received the stream so far; the last frame may have arrived although its reply was lost.
    private func check() {
        guard let bytes = peer?.read(), !bytes.isEmpty else { return }
        defer { received += bytes.count }
        guard !isTainted else { return figures.bytesUnchecked += bytes.count }
        figures.bytesChecked += bytes.count
        if bytes != stream(received..<received + bytes.count) {
            figures.wrong.append("the peer received \(bytes.count) bytes at \(received)")
        }
    }

    /// After a reset without faults everything works.
    /// - Returns: the figures so far.
    func end() throws -> FaultFigures {
        let recoveries = wifi.recoveries
        figures.recoveries.resynchronized += recoveries.resynchronized
        figures.recoveries.softReset += recoveries.softReset
        figures.recoveries.hardReset += recoveries.hardReset
        guard !isOver else {
            figures.vanished += 1
            return figures
        }
        injector.rates = FaultInjector.Rates()
        injector.stuckInterrupt = nil
        try wifi.reset()
        #expect(network.openSockets == 0)
        try wifi.begin("lab-net", passphrase: "correct-horse")
        try server.begin()
        let peer = try #require(network.connect(to: 80))
        let client = try #require(try server.accept())
        peer.send(Array("echo".utf8))
        let bytes = try client.read(100)
        #expect(bytes == Array("echo".utf8))
        try client.writeAll(bytes)
        #expect(peer.read() == bytes)
        try client.stop()
        #expect(peer.isFinished)
        #expect(try wifi.scanNetworks() == 2)
        return figures
    }
}
