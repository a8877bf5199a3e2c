import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// A program that uses the library under faults: calls of one command each, so that each has one deadline.
final class FaultySession {
    private let wifi: WiFi
    private let network: VirtualNetwork
    private var random: SplitMix64
    private let server: WiFiServer
    private var client: WiFiClient?
    private var peer: VirtualPeer?
    private var isLost = false
    private(set) var calls = 0
    private(set) var failures = 0
    private(set) var bytesRead = 0
    /// Calls that took longer than they may.
    private(set) var overdue: [String] = []

    init(_ wifi: WiFi, _ network: VirtualNetwork, _ random: SplitMix64) {
        self.wifi = wifi
        self.network = network
        self.random = random
        server = WiFiServer(wifi, port: 80)
        wifi.commandTimeout = .seconds(1)
        wifi.timeout = .seconds(1)
    }

    /// One call; a link that takes 4 ms for a frame may pass the deadline by so much per command.
    private func call(_ name: String, commands: Int, _ work: () throws(WiFiError) -> Void) {
        let start = wifi.now
        calls += 1
        do throws(WiFiError) {
            try work()
        } catch {
            failures += 1
            // The reply to an earlier START_SERVER was lost: the port is taken by a server nobody knows of.
            if case .serverFailed = error { isLost = true }
        }
        let allowed = UInt64(commands) * 1_010_000_000
        let taken = wifi.now.nanoseconds(since: start)
        if taken > allowed { overdue.append("\(name): \(taken) ns") }
    }

    func step() {
        if isLost {
            isLost = false
            call("reset", commands: 1) { () throws(WiFiError) in try wifi.reset() }
        }
        if !server.isListening, random.next() % 2 == 0 {
            call("rejoin", commands: 4) { () throws(WiFiError) in try wifi.begin("open-net") }
            call("begin server", commands: 2) { () throws(WiFiError) in try self.server.begin() }
        }
        if client?.socket == SocketNumber.unavailable { client = nil }
        let client = client
        switch random.next() % 16 {
        case 0:
            // Begin waits up to its own time-out, in steps of one command each.
            call("begin", commands: 4) { () throws(WiFiError) in try wifi.begin("open-net") }
        case 1: call("begin server", commands: 2) { () throws(WiFiError) in try self.server.begin() }
        case 2:
            if peer == nil || peer?.wasReset == true || peer?.isFinished == true { peer = network.connect(to: 80) }
        case 3, 4:
            var accepted: WiFiClient?
            call("accept", commands: 1) { () throws(WiFiError) in accepted = try server.accept() }
            self.client = accepted ?? client
        case 5: peer?.send(Array(repeating: 0x41, count: 700))
        case 6, 7:
            call("read", commands: 2) { () throws(WiFiError) in self.bytesRead += try client?.read(500).count ?? 0 }
        case 8: call("write", commands: 2) { () throws(WiFiError) in _ = try client?.write([1, 2, 3]) }
        case 9: call("connected", commands: 1) { () throws(WiFiError) in _ = try client?.connected() }
        case 10: call("scan", commands: 2) { () throws(WiFiError) in _ = try wifi.scanNetworks() }
        case 11: call("lookup", commands: 2) { () throws(WiFiError) in _ = try wifi.hostByName("10.1.2.3") }
        case 12: call("available", commands: 1) { () throws(WiFiError) in _ = try server.available() }
        case 13:
            call("stop", commands: 1) { () throws(WiFiError) in try client?.stop() }
            _ = peer?.read()
            peer = nil
        case 14: call("address", commands: 1) { () throws(WiFiError) in _ = try wifi.localIP() }
        default: call("status", commands: 1) { () throws(WiFiError) in _ = try wifi.status() }
        }
    }

    /// Without faults, after a reset, everything works.
    func recover() throws {
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
    }
}
