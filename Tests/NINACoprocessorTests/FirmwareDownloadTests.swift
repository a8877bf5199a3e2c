import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Downloads as in firmware: any response is stored, whatever its status. Protocol/dialects.md, DOWNLOAD_FILE and
/// DOWNLOAD_OTA.
@Suite(.timeLimit(.minutes(10))) struct FirmwareDownloadTests {
    private let storage = MemoryStorage()
    private static let firmwares = Firmware.all.filter { $0.serves(.downloadFile) && "\($0.name)" != "modern" }
    private static let updaters = firmwares.filter { $0.serves(.downloadOTA) }
    private static let old: [UInt8] = [1, 2, 3]
    private static let errorFrame: [UInt8] = [0xEF, 0, 0xEE, 0]

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }
    private func file(_ text: String) throws -> [UInt8]? { storage.files[try name(text)] }

    private func bench(_ firmware: Firmware, joined: Bool = true) throws -> DeviceHarness {
        storage.files = [try name("page"): Self.old]
        let bench = try DeviceHarness(joined: joined, storage: storage) { $0.firmware = firmware }
        bench.network.hosts["box"] = DeviceHarness.outside
        return bench
    }

    /// The reply to a download from a server that sends these bytes and optionally closes.
    private func reply(
        _ bench: DeviceHarness, _ window: [UInt8], _ response: [UInt8], hangsUp: Bool = false
    ) throws -> [UInt8] {
        let server = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
        var reply = bench.start(window)
        var isAnswered = false
        var turns = 0
        var rounds = Rounds(50)
        while reply == nil, rounds.next() {
            if !isAnswered, let peer = server.accepted.first, !peer.received.isEmpty {
                isAnswered = true
                peer.send(response)
                if hangsUp { peer.finish() }
            }
            reply = bench.finish()
            turns += 1
            // A server that sends nothing more.
            if reply == nil, isAnswered, turns > 20 { bench.pass(.seconds(10)) }
        }
        let final = try #require(reply)
        storage.poll()
        #expect(storage.temporaries.isEmpty)
        #expect(bench.network.openSockets == 0)
        return final
    }

    private func download(_ bench: DeviceHarness, _ response: String, hangsUp: Bool = false) throws {
        let window = DeviceHarness.window(0x64, [Array("http://box/x".utf8), Array("page".utf8)])
        #expect(try reply(bench, window, Array(response.utf8), hangsUp: hangsUp) == Self.errorFrame)
    }

    /// Responses of a server, and the resulting file.
    @Test(arguments: [
        ("200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"), ("206 Partial Content\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("404 Not Found\r\nContent-Length: 4\r\n\r\nnone", "none"),
        ("302 Found\r\nLocation: /y\r\nContent-Length: 5\r\n\r\nmoved", "moved"),
        ("204 No Content\r\n\r\n", ""), ("200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", ""), ("200 OK\r\n\r\nhi", ""),
    ])
    func whateverComesIsTheFile(_ response: String, _ content: String) throws {
        for firmware in Self.firmwares {
            let bench = try bench(firmware)
            try download(bench, "HTTP/1.1 \(response)")
            #expect(try file("page") == Array(content.utf8))
        }
    }

    @Test func aBrokenConnectionLeavesWhatCame() throws {
        for firmware in Self.firmwares {
            try download(bench(firmware), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", hangsUp: true)
            #expect(try file("page") == Array("half".utf8))
            // Nor does a server that sends nothing more.
            try download(bench(firmware), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal")
            #expect(try file("page") == Array("hal".utf8))
            try download(bench(firmware), "nonsense\r\n")
            #expect(try file("page") == [])
        }
    }

    @Test func aDownloadThatCannotBeginEmptiesTheFile() throws {
        for firmware in Self.firmwares {
            for url in ["http://nowhere/", "http://10.0.0.1:81/", "https://10.0.0.1/", "ftp://10.0.0.1/"] {
                let bench = try bench(firmware)
                let window = DeviceHarness.window(0x64, [Array(url.utf8), Array("page".utf8)])
                #expect(try bench.exchange(window) == Self.errorFrame)
                #expect(try file("page") == [])
            }
            let offline = try bench(firmware, joined: false)
            let window = DeviceHarness.window(0x64, [Array("http://box/".utf8), Array("page".utf8)])
            #expect(try offline.exchange(window) == Self.errorFrame)
            #expect(try file("page") == [])
        }
    }

    /// The file is there and empty, also where there was none before.
    @Test func aRefusedDownloadMakesAnEmptyFile() throws {
        for firmware in Self.firmwares {
            for url in ["http://nowhere/", "http://10.0.0.1:81/", "ftp://10.0.0.1/"] {
                let bench = try bench(firmware)
                storage.files = [:]
                let window = DeviceHarness.window(0x64, [Array(url.utf8), Array("page".utf8)])
                #expect(try bench.exchange(window) == Self.errorFrame)
                #expect(storage.files == [try name("page"): []])
                #expect(storage.temporaries.isEmpty)
            }
        }
    }

    // MARK: Programs for the host

    private func update(_ data: [UInt8], length: Int? = nil, checksum: UInt32? = nil) -> [UInt8] {
        let words = [UInt32(length ?? data.count), checksum ?? CRC32.of(data)]
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + data
    }

    private func downloadUpdate(_ bench: DeviceHarness, _ body: [UInt8], status: String = "200 OK") throws -> Int {
        let response = Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        let window = DeviceHarness.window(0x67, [Array("http://box/u".utf8)])
        return try DeviceHarness.number(DeviceHarness.parameters(of: reply(bench, window, response), 0x67))
    }

    @Test func aProgramIsStoredWithItsHeader() throws {
        let data = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        for firmware in Self.updaters {
            let bench = try bench(firmware)
            #expect(try downloadUpdate(bench, update(data)) == 0)
            #expect(try file("UPDATE.BIN.LZSS") == update(data))
            #expect(try file("UPDATE.BIN") == nil)
            // The file system does not rename over an existing file.
            #expect(try downloadUpdate(self.bench(firmware, keeping: "UPDATE.BIN.LZSS"), update(data)) == 4)
            #expect(try file("UPDATE.BIN.LZSS") == Self.old)
        }
    }

    private func bench(_ firmware: Firmware, keeping text: String) throws -> DeviceHarness {
        let bench = try bench(firmware)
        storage.files[try name(text)] = Self.old
        return bench
    }

    @Test func aProgramThatIsWrongLeavesNothing() throws {
        let data: [UInt8] = Array(repeating: 9, count: 100)
        let cases: [(body: [UInt8], status: String, code: Int)] = [
            (update(data, length: 99), "200 OK", 2), (update(data, checksum: 1), "200 OK", 3), ([], "200 OK", 2),
            (Array("none".utf8), "404 Not Found", 2), (update(data), "206 Partial Content", 0),
        ]
        for firmware in Self.updaters {
            for (body, status, code) in cases {
                let bench = try bench(firmware, keeping: "UPDATE.BIN.LZSS.TMP")
                #expect(try downloadUpdate(bench, body, status: status) == code)
                #expect(try file("UPDATE.BIN.LZSS") == (code == 0 ? body : nil))
                #expect(try file("UPDATE.BIN.LZSS.TMP") == nil)
            }
        }
    }

    /// The file is empty, which is the wrong length.
    @Test func anUnreachableServerIsAWrongLength() throws {
        for firmware in Self.updaters {
            for url in ["http://nowhere/", "http://10.0.0.1:81/", "https://10.0.0.1/"] {
                #expect(try bench(firmware).byte(0x67, Array(url.utf8)) == 2)
            }
            #expect(try bench(firmware, joined: false).byte(0x67, Array("http://10.0.0.1/".utf8)) == 2)
            #expect(storage.files.count == 1)
            // Only a file that cannot be opened is reported as 1.
            let bench = try bench(firmware)
            storage.failure = .system("the disk is gone")
            #expect(try bench.byte(0x67, Array("http://10.0.0.1/".utf8)) == 1)
            storage.failure = nil
        }
    }

    // MARK: modern

    /// Only 200, and 203 from a proxy, carry the whole file (RFC 9110).
    @Test(arguments: [200, 201, 202, 203, 204, 205, 206, 299, 300, 304, 400, 404, 416, 500])
    func modernStoresOnlyWholeFiles(_ status: Int) throws {
        let bench = try bench(.modern)
        let isBare = [204, 304].contains(status)
        let body = isBare ? "" : "Content-Length: 2\r\n\r\nhi"
        let window = DeviceHarness.window(0x64, [Array("http://box/x".utf8), Array("page".utf8)])
        let reply = try reply(bench, window, Array("HTTP/1.1 \(status) X\r\n\(body)\(isBare ? "\r\n" : "")".utf8))
        let isWhole = [200, 203].contains(status)
        #expect(reply == [0xE0, 0xE4, 1, 1, isWhole ? 1 : 0, 0xEE, 0, 0])
        #expect(try file("page") == (isWhole ? Array("hi".utf8) : Self.old))
    }

    @Test func modernReplacesAProgram() throws {
        let bench = try bench(.modern, keeping: "UPDATE.BIN.LZSS")
        #expect(try downloadUpdate(bench, update([7, 8])) == 0)
        #expect(try file("UPDATE.BIN.LZSS") == update([7, 8]))
        #expect(try self.bench(.modern).byte(0x67, Array("http://10.0.0.1:81/".utf8)) == 1)
    }
}
