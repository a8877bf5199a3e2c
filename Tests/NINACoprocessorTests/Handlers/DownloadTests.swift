import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Downloads from a server in memory to the storage in memory.
@Suite(.timeLimit(.minutes(10))) struct DownloadTests {
    let storage = MemoryStorage()
    let bench: DeviceHarness
    private let server: VirtualListener
    let lines = Lines()

    final class Lines { var all: [String] = [] }

    init() throws {
        bench = try DeviceHarness(storage: storage)
        server = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
        bench.network.hosts["box"] = DeviceHarness.outside
        bench.device.logLevel = .info
        bench.device.log = { [lines] _, text in lines.all.append(text) }
    }

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }

    func file(_ text: String) throws -> [UInt8]? { storage.files[try name(text)] }

    /// Starts DOWNLOAD_FILE to `page`.
    func download(_ url: String) {
        #expect(bench.start(DeviceHarness.window(0x64, [Array(url.utf8), Array("page".utf8)])) == nil)
    }

    /// Starts DOWNLOAD_OTA.
    func downloadUpdate(_ url: String = "http://10.0.0.1/u") {
        #expect(bench.start(DeviceHarness.window(0x67, [Array(url.utf8)])) == nil)
    }

    /// The next request that the server receives, and its connection.
    func request(_ number: Int = 1) throws -> (text: String, peer: VirtualPeer) {
        var rounds = Rounds(10)
        while server.accepted.count < number || server.accepted[number - 1].received.isEmpty, rounds.next() {
            #expect(bench.finish() == nil)
        }
        let peer = try #require(server.accepted.count >= number ? server.accepted[number - 1] : nil)
        return (String(decoding: peer.read(), as: UTF8.self), peer)
    }

    /// The final reply of the command.
    func result(_ opcode: UInt8) throws -> Int {
        for _ in 0..<10 {
            if let reply = bench.finish() {
                return try DeviceHarness.number(DeviceHarness.parameters(of: reply, opcode))
            }
        }
        bench.pass(.seconds(10))
        for _ in 0..<10 {
            if let reply = bench.finish() {
                return try DeviceHarness.number(DeviceHarness.parameters(of: reply, opcode))
            }
        }
        throw BadReply()
    }

    func answer(_ peer: VirtualPeer, _ body: [UInt8], header: String = "HTTP/1.1 200 OK") {
        peer.send(Array("\(header)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    /// Nothing is left: no connection, no temporary file.
    func checkNothingIsLeft() {
        storage.poll()
        #expect(storage.temporaries.isEmpty)
        #expect(bench.network.openSockets == 0)
        #expect(bench.device.device.downloads.current == nil)
    }

    @Test func aFileGetsItsNameWhenAllOfItIsThere() throws {
        download("http://box/a?b")
        let (text, peer) = try request()
        #expect(text.hasPrefix("GET /a?b HTTP/1.1\r\nHost: box\r\n"))
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let whole = Array("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".utf8) + body
        for start in stride(from: 0, to: whole.count, by: 3001) {
            #expect(try file("page") == nil)
            peer.send(Array(whole[start..<min(start + 3001, whole.count)]))
            if start + 3001 < whole.count { #expect(bench.finish() == nil) }
        }
        #expect(try result(0x64) == 1)
        #expect(try file("page") == body)
        checkNothingIsLeft()
    }

    @Test func redirectsAreFollowedSomeTimes() throws {
        download("http://box/0")
        for number in 1...5 {
            let (text, peer) = try request(number)
            #expect(text.hasPrefix("GET /\(number - 1) "))
            answer(peer, Array("moved".utf8), header: "HTTP/1.1 302 Found\r\nLocation: /\(number)")
        }
        let (_, peer) = try request(6)
        answer(peer, Array("here".utf8))
        #expect(try result(0x64) == 1)
        #expect(try file("page") == Array("here".utf8))
        checkNothingIsLeft()
    }

    @Test func aLoopOfRedirectsEnds() throws {
        download("http://box/loop")
        for number in 1...6 {
            let (_, peer) = try request(number)
            answer(peer, [], header: "HTTP/1.1 301 Moved\r\nLocation: /loop")
        }
        #expect(try result(0x64) == 0)
        #expect(server.accepted.count == 6)
        #expect(lines.all.contains { $0.contains("more than 5 redirects") })
        checkNothingIsLeft()
    }

    @Test func aFailureLeavesTheOldFile() throws {
        storage.files[try name("page")] = [1, 2, 3]
        download("http://box/x")
        answer(try request().peer, Array("no".utf8), header: "HTTP/1.1 404 Not Found")
        #expect(try result(0x64) == 0)
        download("http://box/x")
        let peer = try request(2).peer
        peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n".utf8) + Array(repeating: 7, count: 40_000))
        #expect(bench.finish() == nil)
        #expect(!storage.temporaries.isEmpty)
        peer.finish()
        #expect(try result(0x64) == 0)
        #expect(try file("page") == [1, 2, 3])
        checkNothingIsLeft()
    }

    @Test func nobodyAnswersForEver() throws {
        download("http://box/x")
        _ = try request()
        #expect(try result(0x64) == 0)
        #expect(lines.all.contains { $0.contains("nothing came in time") })
        checkNothingIsLeft()
        // An occasional byte does not prolong the time-out.
        download("http://box/x")
        let peer = try request(2).peer
        peer.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        var seconds = 0
        while bench.device.device.downloads.current != nil, seconds < 300 {
            peer.send([7])
            _ = bench.finish()
            bench.pass(.seconds(1))
            _ = bench.finish()
            seconds += 1
        }
        #expect((115...125).contains(seconds))
        checkNothingIsLeft()
    }

    @Test func whatIsTooLargeIsNotFetched() throws {
        download("http://box/x")
        try request().peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".utf8))
        #expect(try result(0x64) == 0)
        downloadUpdate()
        try request(2).peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".utf8))
        #expect(try result(0x67) == 2)
        checkNothingIsLeft()
    }

    private func update(_ data: [UInt8], length: Int? = nil, checksum: UInt32? = nil) -> [UInt8] {
        let crc = checksum ?? CRC32.of(data)
        let size = UInt32(length ?? data.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) } + data
    }

    @Test func updatesAreChecked() throws {
        let data = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let cases: [(body: [UInt8], code: Int)] = [
            (update(data), 0), (update(data, checksum: 1), 3), (update(data, length: 69_999), 2),
            (update(data, length: 70_001), 2), ([1, 2, 3], 2), ([], 2),
        ]
        for (index, (body, code)) in cases.enumerated() {
            storage.files = [:]
            downloadUpdate()
            answer(try request(index + 1).peer, body)
            #expect(try result(0x67) == code)
            #expect(try file("UPDATE.BIN.LZSS") == (code == 0 ? body : nil))
            checkNothingIsLeft()
        }
    }

    @Test func whatCannotBeStoredIsTold() throws {
        storage.capacity = 20_000
        download("http://box/x")
        answer(try request().peer, Array(repeating: 1, count: 40_000))
        #expect(try result(0x64) == 0)
        storage.capacity = StorageCapacity.bytes
        checkNothingIsLeft()
        downloadUpdate()
        let peer = try request(2).peer
        storage.isHeld = true
        answer(peer, update([1, 2, 3]))
        #expect(bench.finish() == nil)
        storage.failure = .system("the disk is gone")
        storage.isHeld = false
        #expect(try result(0x67) == 1)
    }

    @Test func aFileThatIsMadeTooLateIsThrownAway() throws {
        download("http://box/x")
        let peer = try request().peer
        storage.isHeld = true
        peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123".utf8))
        #expect(bench.finish() == nil)
        peer.reset()
        #expect(try result(0x64) == 0)
        storage.isHeld = false
        storage.poll()
        checkNothingIsLeft()
    }

    @Test func aServerThatOnlyMakesWorkIsReadInTurns() throws {
        download("http://box/x")
        let peer = try request().peer
        let body = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        let line = Array("1;\(String(repeating: "x", count: 200))\r\n".utf8)
        var chunks: [UInt8] = []
        for byte in body { chunks += line + [byte, 13, 10] }
        peer.send(
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + chunks + Array("0\r\n\r\n".utf8))
        var turns = 0
        var reply: [UInt8]?
        while reply == nil, turns < 1000 {
            turns += 1
            reply = bench.finish()
        }
        #expect(reply == [0xE0, 0xE4, 1, 1, 1, 0xEE, 0, 0])
        // One round for the network's events and one for the storage's completion.
        #expect(turns > chunks.count / (3 * Download.readsInQuantum * 4086))
        #expect(try file("page") == body)
        checkNothingIsLeft()
    }

    /// What comes while a full chunk is stored stays with the network.
    @Test func aFullChunkIsStoredFirst() throws {
        download("http://box/x")
        let peer = try request().peer
        peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".utf8))
        #expect(bench.finish() == nil)
        // The last read of the chunk is a full one, and leaves a byte.
        let first = Download.chunkLength % Frame.longestReceive
        for count in [first, Download.chunkLength - first + 1] {
            peer.send(Array(repeating: 7, count: count))
            for _ in 0..<3 { #expect(bench.finish() == nil) }
        }
        #expect(storage.temporaries.values.map(\.count) == [Download.chunkLength])
    }

    @Test func resetEndsADownload() throws {
        download("http://box/x")
        try request().peer.send(Array("HTTP/1.1 200 OK\r\n\r\n123".utf8))
        #expect(bench.finish() == nil)
        bench.reset()
        #expect(storage.temporaries.isEmpty)
        #expect(bench.network.openSockets == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func whatCannotBeginFailsAtOnce() throws {
        for (url, name) in [("ftp://box/", "page"), ("http://box/", "a/b"), ("http://box/", "")] {
            #expect(try bench.byte(0x64, Array(url.utf8), Array(name.utf8)) == 0)
        }
        #expect(try bench.byte(0x64, Array("http://nowhere/".utf8), Array("page".utf8)) == 0)
        #expect(try bench.byte(0x67, Array("http://10.0.0.1:81/".utf8)) == 1)
        let bare = try DeviceHarness()
        #expect(try bare.byte(0x67, Array("http://10.0.0.1/".utf8)) == 1)
        checkNothingIsLeft()
    }

    @Test func httpsDoesNotLeadToHTTP() throws {
        let engine = ScriptedEngine()
        let bench = try DeviceHarness(storage: storage, engine: engine)
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 443))
        let plain = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
        bench.device.log = { [lines] _, text in lines.all.append(text) }
        #expect(bench.start(DeviceHarness.window(0x64, [Array("https://10.0.0.1/".utf8), Array("page".utf8)])) == nil)
        var rounds = Rounds(10)
        while outside.accepted.last?.received != [ScriptedSession.hello], rounds.next() {
            #expect(bench.finish() == nil)
        }
        let peer = try #require(outside.accepted.last)
        peer.send([ScriptedSession.welcome])
        #expect(bench.finish() == nil)
        let text = "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n"
        peer.send(ScriptedEngine.records(Array(text.utf8)))
        var reply: [UInt8]?
        var replies = Rounds(10)
        while reply == nil, replies.next() { reply = bench.finish() }
        #expect(reply == [0xE0, 0xE4, 1, 1, 0, 0xEE, 0, 0])
        #expect(lines.all.contains { $0.contains("from https to http") })
        #expect(plain.accepted.isEmpty)
    }
}
