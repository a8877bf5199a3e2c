import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import Testing

/// Downloads by an emulator process from a real server to a real directory.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DownloadEndToEndTests {
    private let directory = StorageDirectory()

    private func emulator() throws -> EmulatorUnderTest { try .withAuthority(directory.options) }

    private func download(_ host: CommandHost, _ url: String, as name: String = "page") throws -> Bool {
        try host.acknowledge(DownloadFile(url: ArraySlice(url.utf8), name: ArraySlice(name.utf8)))
    }

    private func downloadUpdate(_ host: CommandHost, _ url: String) throws -> UInt8 {
        try host.run(DownloadOTA(url: ArraySlice(url.utf8))).value
    }

    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 251) }
    }

    /// No temporary file is left beside the files.
    private func checkFiles(_ names: Set<String>) throws {
        #expect(try directory.names("1/files") == names)
    }

    @Test func filesComeHoweverTheyAreSent() throws {
        let server = try TLSServer.downloads()
        let emulator = try emulator()
        let host = try emulator.commandHost()
        for (index, kind) in ["bytes", "chunked", "close", "redirect"].enumerated() {
            let count = 60_000 + index
            #expect(try download(host, "http://good.example:\(server.port)/\(kind)/\(count)", as: kind))
            #expect(try host.file(kind) == pattern(count))
        }
        try checkFiles(["bytes", "chunked", "close", "redirect"])
        // It replaces an existing file.
        #expect(try download(host, "http://127.0.0.1:\(server.port)/bytes/10", as: "bytes"))
        #expect(try host.file("bytes") == pattern(10))
    }

    @Test func httpsIsVerified() throws {
        let server = try TLSServer.downloads("good")
        let emulator = try emulator()
        let host = try emulator.commandHost()
        #expect(try download(host, "https://good.example:\(server.port)/bytes/50000"))
        #expect(try host.file("page") == pattern(50_000))
        #expect(try !download(host, "https://other.example:\(server.port)/bytes/10"))
        #expect(try emulator.logs("the certificate is for another host"))
        // A redirect to an address connects at once; a name is looked up first.
        #expect(try download(host, "https://127.0.0.1:\(server.port)/redirect/50000"))
        // The end of the stream ends a file only if the response says so.
        #expect(try download(host, "https://good.example:\(server.port)/close/50000"))
        #expect(try !download(host, "https://good.example:\(server.port)/cut/60000"))
        #expect(try emulator.logs("without a close_notify"))
        #expect(try host.file("page") == pattern(50_000))
        try checkFiles(["page"])
    }

    @Test func updatesAreCheckedBeforeTheyHaveAName() throws {
        let server = try TLSServer.downloads()
        let emulator = try emulator()
        let host = try emulator.commandHost()
        let base = "http://good.example:\(server.port)"
        #expect(try downloadUpdate(host, "\(base)/update/80000/checksum") == 3)
        #expect(try downloadUpdate(host, "\(base)/update/80000/length") == 2)
        #expect(try downloadUpdate(host, "\(base)/drop/80000") == 2)
        #expect(try downloadUpdate(host, "\(base)/loop") == 1)
        #expect(try downloadUpdate(host, "\(base)/status/404") == 1)
        #expect(try downloadUpdate(host, "http://127.0.0.1:1/") == 1)
        try checkFiles([])
        #expect(try downloadUpdate(host, "\(base)/update/80000") == 0)
        #expect(try host.file("UPDATE.BIN.LZSS")?.dropFirst(8) == pattern(80_000)[...])
        try checkFiles(["UPDATE.BIN.LZSS"])
    }

    @Test func whatHasNoEndTakesNoMemory() throws {
        let server = try TLSServer.downloads()
        let emulator = try emulator()
        let host = try emulator.commandHost()
        let base = "http://good.example:\(server.port)"
        #expect(try download(host, "\(base)/bytes/900000"))
        let pid = emulator.child.pid
        let before = try #require(ProcessTimes.residentBytes(pid: pid))
        for _ in 0..<3 {
            #expect(try downloadUpdate(host, "\(base)/huge") == 2)
            // Its length is unknown until no room is left for it.
            #expect(try downloadUpdate(host, "\(base)/endless") == 1)
            #expect(try !download(host, "\(base)/huge", as: "huge"))
            #expect(try !download(host, "\(base)/endless", as: "endless"))
        }
        let grown = try #require(ProcessTimes.residentBytes(pid: pid)) - before
        print("12 endless downloads refused: \(before >> 20) MiB resident before, grown by \(grown / 1024) KiB")
        #expect(grown < 8 << 20)
        try checkFiles(["page"])
    }

    @Test func aResetLeavesNothingOfADownload() throws {
        let server = try TLSServer.downloads()
        let emulator = try emulator()
        var host: CommandHost? = try emulator.commandHost()
        try host?.start(DownloadOTA(url: ArraySlice("http://good.example:\(server.port)/silent".utf8)))
        #expect(try server.waits(for: "asked /silent"))
        // Power off: another host finds the storage unchanged.
        host = nil
        let next = try emulator.commandHost()
        #expect(try next.file("UPDATE.BIN.LZSS") == nil)
        try checkFiles([])
    }
}

extension TLSServer {
    /// The HTTP server of Tests/Peers; HTTPS if given a certificate.
    static func downloads(_ certificate: String? = nil) throws -> TLSServer {
        var command = ["python3", "-B", try Peers.path("download_server.py")]
        if let certificate {
            let certificates = try TestCertificates.shared()
            command += [
                "--cert", certificates.path("\(certificate).pem"), "--key", certificates.path("\(certificate).key"),
            ]
        }
        return try TLSServer(command, prefix: "port ")
    }
}
