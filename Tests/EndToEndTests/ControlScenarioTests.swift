import TestPeers
import LinuxIO
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// The controls: what users saw appears again when the coprocessor or its options are as theirs were.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ControlScenarioTests {
    /// S0's control: the firmware and the library of the report print the lines of the report.
    @Test func theFirmwareOf2019PrintsTheLinesOfTheQuestion() throws {
        let emulator = try EmulatorUnderTest(["--firmware", "adafruit-1.2.2"])
        let browser = try Browser(emulator)
        #expect(try browser.library.firmwareVersion() == "1.2.2")
        try browser.first.send(request)
        let sketch = Sketch(browser.library)
        let client = try sketch.untilData()
        let place = "IP 127.0.0.1 port \(browser.first.port)"
        #expect(
            sketch.lines == [
                "client 1: \(place)", "client 2: \(place)", "client 3:none", "client 1 data read: 47", "client 4:none",
            ])

        // The second connection is established and stays out of reach, also after the first has ended, until it sends
        // bytes.
        #expect(try browser.library.flush(client) == request.count - 1)
        try browser.library.stop(client)
        #expect(try browser.first.read() == [])
        #expect(try browser.library.available() == nil)
        sketch.lines = []
        try browser.second.send(request)
        _ = try sketch.untilData()
        #expect(sketch.lines.first == "client 1: IP 127.0.0.1 port \(browser.second.port)")
    }

    /// Both connections send at once: the first hides the second until its bytes have left the module.
    @Test func theFirstOfTwoBusyConnectionsHidesTheSecond() throws {
        let emulator = try EmulatorUnderTest(["--firmware", "adafruit-1.2.2"])
        let browser = try Browser(emulator)
        try browser.first.send(request)
        let one = try browser.library.untilAvailable()
        try browser.second.send(request)
        for _ in 0..<20 { #expect(try browser.library.available() == one) }
        // This reads ahead all bytes of the first connection.
        #expect(try browser.library.bufferedBytes(one) == request.count)
        let two = try browser.library.untilAvailable()
        #expect(two != one)
        #expect(try browser.library.remote(two).port == browser.second.port)
        #expect(try browser.library.remote(one).port == browser.first.port)
    }

    /// The same host with firmware 2.0.0, which takes a frame's padding for its accept flag: each client once.
    @Test func laterFirmwareTakesThePaddingForAFlag() throws {
        let emulator = try EmulatorUnderTest(["--firmware", "arduino-2.0.0"])
        let browser = try Browser(emulator)
        try browser.first.send(request)
        let sketch = Sketch(browser.library)
        _ = try sketch.untilData()
        #expect(
            sketch.lines == [
                "client 1: IP 127.0.0.1 port \(browser.first.port)",
                "client 2: IP 127.0.0.1 port \(browser.second.port)",
                "client 3:none", "client 1 data read: 47", "client 4:none",
            ])
    }

    /// S2's control: one slot for clients, a page of 13 files fetched by 8 and then by 5 clients at once, none of
    /// which retries. With the policy `reset` one of each wave gets the slot; with `queue` all do.
    @Test(arguments: [("reset", 2), ("queue", 13)])
    func theOverflowPolicyDecidesWhoIsReset(_ policy: String, _ expected: Int) throws {
        let emulator = try EmulatorUnderTest(["--max-sockets", "2", "--overflow", policy])
        let wifi = try emulator.host()
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        var whole = 0
        var resetPorts: [UInt16] = []
        for wave in [0..<8, 8..<13] {
            let fetchers = try wave.map { try Fetcher(file: $0, address) }
            // No client is accepted before all have connected and sent their request.
            for fetcher in fetchers { try fetcher.waitUntilAsked() }
            func left() -> Int { fetchers.count { !$0.isDone } }
            // Under `reset` the accepted one keeps its slot until all others are reset.
            try serve(server, wifi, while: { left() > 0 }, after: { policy == "queue" || left() == 1 })
            for fetcher in fetchers {
                switch try fetcher.result() {
                case .whole: whole += 1
                case .reset(let port): resetPorts.append(port)
                case .other(let what): Issue.record("file \(fetcher.file): \(what)")
                }
            }
        }
        #expect(whole == expected)
        #expect(resetPorts.count == 13 - expected)
        for port in resetPorts { #expect(try emulator.logs("port \(port) is reset")) }
        // One after another no client is reset: no slot has leaked.
        for file in 0..<13 {
            let fetcher = try Fetcher(file: file, address)
            try serve(server, wifi, while: { !fetcher.isDone })
            guard case .whole = try fetcher.result() else {
                Issue.record("file \(file) failed although the slot was free")
                continue
            }
        }
    }

    /// Serves clients as long as there is something to do; replies wait for a condition.
    private func serve(
        _ server: WiFiServer, _ wifi: WiFi, while isGoingOn: () -> Bool, after mayAnswer: () -> Bool = { true }
    ) throws {
        let deadline = MonotonicClock.nanoseconds() + 30_000_000_000
        while isGoingOn() {
            try #require(MonotonicClock.nanoseconds() < deadline, "the fetchers do not end")
            guard let client = try server.accept() else {
                try wifi.waitForActivity(.milliseconds(20))
                continue
            }
            while !mayAnswer() {
                try #require(MonotonicClock.nanoseconds() < deadline, "the others are not reset")
                try pause(milliseconds: 1)
            }
            try #require(try client.waitForBytes(.seconds(10)) > 0)
            try client.writeAll(content(Int(try #require(try client.read()))))
            try client.stop()
        }
    }
}

/// A browser's request, as long as the one of the report.
private let request: [UInt8] = Array("GET / HTTP/1.1\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 418)

private func content(_ file: Int) -> [UInt8] { pattern(file, count: 3000 + file * 5000) }

/// A server of the 2019 library, and a browser that has opened two connections and sent nothing yet.
private final class Browser {
    let library: Library2019
    let first: TCPPeer
    let second: TCPPeer

    init(_ emulator: EmulatorUnderTest) throws {
        let host = try emulator.commandHost()
        library = Library2019(host.link)
        try library.begin(80)
        let address = try host.address
        first = try TCPPeer(address, port: 80)
        second = try TCPPeer(address, port: 80)
    }
}

/// The library of 2019 before its release 1.4.0, without an IRQ pin: `available()` is one AVAIL_DATA without a flag,
/// padded with FF, and 1500 bytes are read ahead.
private final class Library2019 {
    private let link: any Link
    private var writer = FrameWriter()
    private var server = SocketNumber.unavailable
    private var buffers: [SocketNumber: ArraySlice<UInt8>] = [:]

    init(_ link: any Link) { self.link = link }

    private func deadline() -> MonotonicInstant { link.now.advanced(byNanoseconds: 20_000_000_000) }

    private func run<C: Command>(_ command: C) throws -> C.Reply {
        try writer.write(command, padding: 0xFF)
        try link.sendCommand(writer.frame, until: deadline())
        return try FrameReader.reply(to: C.self, in: try link.receiveReply(expecting: C.opcode, until: deadline()))
    }

    func firmwareVersion() throws -> String {
        String(decoding: try run(GetFwVersion()).version.prefix { $0 != 0 }, as: UTF8.self)
    }

    func begin(_ port: UInt16) throws {
        server = try run(GetSocket()).socket
        try #require(server != .unavailable)
        let isUp = try run(StartServer(port: port, socket: server, type: .tcp)).value
        try #require(isUp == 1)
    }

    /// A client that has unread bytes on the module; bytes read ahead do not count.
    func available() throws -> SocketNumber? {
        let value = try run(AvailData(socket: server)).value
        return value == 255 ? nil : SocketNumber(rawValue: UInt8(truncatingIfNeeded: value))
    }

    func untilAvailable() throws -> SocketNumber { try poll(available) }

    /// Without IRQ it polls, for up to 20 seconds.
    @discardableResult
    private func poll<Value>(_ question: () throws -> Value?) throws -> Value {
        let end = deadline()
        while link.now < end {
            if let value = try question() { return value }
            try link.sleep(until: link.now.advanced(byNanoseconds: 1_000_000))
        }
        throw LinkError(.timedOut, .idle)
    }

    /// Waits until a client has bytes, in the host or on the module.
    func untilBytes(_ client: SocketNumber) throws { try poll { try bufferedBytes(client) > 0 ? true : nil } }

    /// The bytes in the host's buffer, which is refilled when it is empty.
    func bufferedBytes(_ client: SocketNumber) throws -> Int {
        if let buffer = buffers[client], !buffer.isEmpty { return buffer.count }
        let data = try run(GetDatabuf(socket: client, size: 1500)).data
        buffers[client] = ArraySlice(Array(data))
        return data.count
    }

    func read(_ client: SocketNumber) throws -> UInt8? {
        try bufferedBytes(client) > 0 ? buffers[client]?.removeFirst() : nil
    }

    /// Reads everything available, and returns its length.
    func flush(_ client: SocketNumber) throws -> Int {
        var count = 0
        while try read(client) != nil { count += 1 }
        return count
    }

    func remote(_ client: SocketNumber) throws -> GetRemoteData.Reply { try run(GetRemoteData(socket: client)) }

    func stop(_ client: SocketNumber) throws {
        _ = try run(StopClient(socket: client))
        #expect(try run(GetClientState(socket: client)).state == .closed)
        buffers[client] = nil
    }
}

/// The sketch of the report.
private final class Sketch {
    private let library: Library2019
    /// Its output, without the time.
    var lines: [String] = []

    init(_ library: Library2019) { self.library = library }

    /// Its loop, up to the point where it drains the connection and stops it.
    func untilData() throws -> SocketNumber {
        let client = try library.untilAvailable()
        try show("client 1", client)
        try checkForAnotherClient("client 2")
        try library.untilBytes(client)
        try checkForAnotherClient("client 3")
        let byte = try #require(try library.read(client))
        lines.append("client 1 data read: " + String(byte, radix: 16, uppercase: true))
        try checkForAnotherClient("client 4")
        return client
    }

    private func show(_ message: String, _ client: SocketNumber?) throws {
        guard let client else { return lines.append("\(message):none") }
        let remote = try library.remote(client)
        lines.append("\(message): IP \(remote.address) port \(remote.port)")
    }

    private func checkForAnotherClient(_ message: String) throws { try show(message, try library.available()) }
}

/// Requests one file, once, in a thread of its own.
private final class Fetcher: Sendable {
    enum Outcome {
        case whole
        case reset(port: UInt16)
        case other(String)
    }

    let file: Int
    private let asked = SharedResults<UInt16>(1)
    private let body = SharedResults<[UInt8]>(1)

    init(file: Int, _ address: IPv4Address) throws {
        self.file = file
        let (asked, body) = (asked, body)
        try DetachedThread.start(stackBytes: 1 << 20) {
            do {
                let peer = try TCPPeer(address, port: 80)
                try peer.send([UInt8(file)])
                asked.set(0, .success(peer.port))
                body.set(0, Result { try peer.read() })
            } catch {
                asked.set(0, .failure(error))
                body.set(0, .failure(error))
            }
        }
    }

    var isDone: Bool { !body.isUnset(0) }

    func waitUntilAsked() throws { _ = try asked.wait()[0].get() }

    func result() throws -> Outcome {
        let port = try asked.wait()[0].get()
        switch try body.wait()[0] {
        case .success(let bytes): return bytes == content(file) ? .whole : .other("\(bytes.count) bytes came")
        case .failure(let error as LinuxError) where error.errno == .connectionReset: return .reset(port: port)
        case .failure(let error): return .other("\(error)")
        }
    }
}
