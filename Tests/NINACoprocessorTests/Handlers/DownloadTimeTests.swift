import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// How long a download may be idle, and which answers it follows or stores.
extension DownloadTests {
    private static let failed: [UInt8] = [0xE0, 0xE4, 1, 1, 0, 0xEE, 0, 0]

    /// Ten seconds without a byte end it, on the device's clock; each byte begins them anew.
    @Test func anIdleDownloadEndsAfterItsTime() throws {
        for bytes in 0..<3 {
            download("http://box/x")
            let peer = try request(bytes + 1).peer
            if bytes > 0 { peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".utf8)) }
            for _ in 0..<bytes {
                bench.pass(.milliseconds(9999))
                #expect(bench.finish() == nil)
                peer.send([7])
                for _ in 0..<3 { #expect(bench.finish() == nil) }
            }
            bench.pass(.milliseconds(9999))
            expectEndAfterAMillisecond()
        }
    }

    /// The download has not ended, and fails a millisecond later.
    private func expectEndAfterAMillisecond() {
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        var reply: [UInt8]?
        var rounds = Rounds(5)
        while reply == nil, rounds.next() { reply = bench.finish() }
        #expect(reply == Self.failed)
        checkNothingIsLeft()
    }

    /// Two minutes end any download, on the device's clock.
    @Test func noDownloadTakesLongerThanItsTime() throws {
        let start = bench.now
        download("http://box/x")
        let peer = try request().peer
        peer.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        #expect(bench.finish() == nil)
        for second in 1...119 {
            bench.pass(.milliseconds(1000 * second - Int(bench.milliseconds(since: start))))
            peer.send([7])
            for _ in 0..<3 { #expect(bench.finish() == nil) }
        }
        bench.pass(.milliseconds(119_999 - Int(bench.milliseconds(since: start))))
        expectEndAfterAMillisecond()
    }

    /// RFC 9110, 15.4: these name another address, others with a Location do not.
    @Test func onlyRedirectsAreFollowed() throws {
        var connections = 0
        for status in [301, 302, 303, 307, 308, 201, 300, 304, 305, 306, 309] {
            storage.files = [:]
            download("http://box/x")
            connections += 1
            answer(try request(connections).peer, Array("old".utf8), header: "HTTP/1.1 \(status) X\r\nLocation: /y")
            let isFollowed = [301, 302, 303, 307, 308].contains(status)
            if isFollowed {
                connections += 1
                let (text, peer) = try request(connections)
                #expect(text.hasPrefix("GET /y "))
                answer(peer, Array("new".utf8))
            }
            #expect(try result(0x64) == (isFollowed ? 1 : 0), "\(status)")
            #expect(try file("page") == (isFollowed ? Array("new".utf8) : nil))
            checkNothingIsLeft()
        }
    }

    /// RFC 9110, 15.3: a proxy's changed answer is a whole file, too.
    @Test func onlyWholeFilesAreStored() throws {
        for (index, status) in [200, 203, 201, 202, 204, 205, 206, 207].enumerated() {
            storage.files = [:]
            download("http://box/x")
            answer(try request(index + 1).peer, Array("file".utf8), header: "HTTP/1.1 \(status) X")
            let isStored = status == 200 || status == 203
            #expect(try result(0x64) == (isStored ? 1 : 0), "\(status)")
            #expect(try file("page") == (isStored ? Array("file".utf8) : nil))
            checkNothingIsLeft()
        }
    }

    /// A redirect without an address, or to one that is not supported, leads nowhere; its body is never stored.
    @Test func aRedirectNeedsAnAddress() throws {
        for (index, field) in ["X: y", "Location:", "Location: ftp://box/", "Location: http://"].enumerated() {
            download("http://box/x")
            answer(try request(index + 1).peer, Array("old".utf8), header: "HTTP/1.1 302 Found\r\n\(field)")
            #expect(try result(0x64) == 0)
            #expect(lines.all.last?.hasSuffix("a redirect has no supported address") == true)
            checkNothingIsLeft()
        }
        #expect(storage.files.isEmpty)
    }

    /// The header of a program for the host may come in any pieces, and the body of a redirect before it does not count.
    @Test(arguments: [1, 3, 7, 8, 9]) func updatesMayComeInPieces(_ length: Int) throws {
        let data: [UInt8] = [5, 6, 7, 8, 9]
        let crc = CRC32.of(data)
        let body = [5, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) } + data
        downloadUpdate("http://box/u")
        answer(try request().peer, Array("moved".utf8), header: "HTTP/1.1 302 Found\r\nLocation: /v")
        let peer = try request(2).peer
        peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8))
        for start in stride(from: 0, to: body.count, by: length) {
            #expect(bench.finish() == nil)
            peer.send(Array(body[start..<min(start + length, body.count)]))
        }
        #expect(try result(0x67) == 0)
        #expect(try file("UPDATE.BIN.LZSS") == body)
        checkNothingIsLeft()
    }
}
