import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// What is too much, and what is refused.
extension DownloadTests {
    /// None of the chunks is too large, all together are.
    @Test func chunksThatAreTooMuchTogetherAreNotStored() throws {
        let size = StorageCapacity.bytes / 4
        let chunk = Array("\(String(size, radix: 16))\r\n".utf8) + Array(repeating: 7, count: size) + [13, 10]
        let header = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        for (number, opcode) in [(1, 0x64), (2, 0x67)] as [(Int, UInt8)] {
            if opcode == 0x64 { download("http://box/x") } else { downloadUpdate() }
            let peer = try request(number).peer
            peer.send(header)
            var reply: [UInt8]?
            for _ in 0..<5 {
                if reply == nil { peer.send(chunk) }
                var rounds = Rounds(200)
                while reply == nil, !peer.sent.isEmpty, rounds.next() { reply = bench.finish() }
            }
            var rounds = Rounds(20)
            while reply == nil, rounds.next() { reply = bench.finish() }
            #expect(try DeviceHarness.parameters(of: try #require(reply), opcode) == [[opcode == 0x64 ? 0 : 2]])
            #expect(lines.all.last?.contains("tooLarge") == true)
            checkNothingIsLeft()
        }
        #expect(storage.files.isEmpty)
    }

    /// The storage takes a file of all its room, and none of a byte more.
    @Test(arguments: [0, 1]) func theLargestFileIsStored(_ excess: Int) throws {
        storage.capacity = 64 * StorageCapacity.page
        let body = [UInt8](repeating: 7, count: 63 * StorageCapacity.page + excess)
        download("http://box/x")
        answer(try request().peer, body)
        #expect(try result(0x64) == 1 - excess)
        #expect(try file("page") == (excess == 0 ? body : nil))
        checkNothingIsLeft()
    }

    /// What is refused makes no file, not even an empty one.
    @Test func aRefusedDownloadMakesNoFile() throws {
        for (index, header) in [
            "404 Not Found", "403 Forbidden", "500 Error", "206 Partial Content", "302 Found", "HTTP/0.9",
        ].enumerated() {
            download("http://box/x")
            answer(try request(index + 1).peer, [], header: "HTTP/1.1 \(header)")
            #expect(try result(0x64) == 0)
            checkNothingIsLeft()
        }
        for url in ["http://nowhere/", "http://10.0.0.1:81/", "ftp://box/"] {
            #expect(try bench.byte(0x64, Array(url.utf8), Array("page".utf8)) == 0)
        }
        #expect(storage.files.isEmpty)
        // A file without bytes that was there is another thing.
        download("http://box/x")
        answer(try request(7).peer, [])
        #expect(try result(0x64) == 1)
        #expect(try file("page") == [])
    }
}
