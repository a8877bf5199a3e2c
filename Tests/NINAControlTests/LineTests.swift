import NINAControl
import Testing

/// Lines of clients, and requests for metrics.
@Suite(.timeLimit(.minutes(10))) struct LineTests {
    private func all(_ lines: inout RequestLines) -> [String] {
        var found: [String] = []
        while let line = lines.next() {
            switch line {
            case .whole(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: found.append("too long")
            }
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 100]) func linesComeInPiecesOfAnySize(_ size: Int) {
        var lines = RequestLines()
        var found: [String] = []
        let bytes = Array("one\r\n\ntwo\nthree".utf8)
        var start = 0
        while start < bytes.count {
            lines.append(bytes[start..<min(start + size, bytes.count)])
            start += size
            found += all(&lines)
        }
        #expect(found == ["one", "", "two"])
        #expect(lines.count == 3)
    }

    @Test(arguments: [1000, 65_536, 200_000]) func aLineThatIsTooLongIsOneErrorAndNoMemory(_ size: Int) {
        var lines = RequestLines()
        let piece = Array(repeating: UInt8(ascii: "x"), count: size)
        var found: [String] = []
        for _ in 0..<(1_000_000 / size) {
            lines.append(piece)
            found += all(&lines)
        }
        lines.append(Array("\nnext\n".utf8))
        found += all(&lines)
        #expect(found == ["too long", "next"])
        #expect(lines.count == 2)
    }

    @Test func theLongestLineIsTaken() {
        var lines = RequestLines()
        lines.append(Array(repeating: UInt8(ascii: "x"), count: ControlCoding.longestLine) + [10])
        #expect(all(&lines).map(\.count) == [ControlCoding.longestLine])
        lines.append(Array(repeating: UInt8(ascii: "x"), count: ControlCoding.longestLine + 1) + [10])
        #expect(all(&lines) == ["too long"])
    }

    @Test(arguments: [
        ("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9100\r\n\r\n", MetricsRequest.Outcome.metrics),
        ("GET /metrics?x=1 HTTP/1.0\r\n\r\n", .metrics),
        ("HEAD /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n", .metrics),
        ("GET /metrics HTTP/1.1\r\nHost: localhost", .incomplete), ("", .incomplete),
        ("GET / HTTP/1.1\r\n\r\n", .refused("404 Not Found")),
        ("POST /metrics HTTP/1.1\r\n\r\n", .refused("405 Method Not Allowed")),
        ("GET /metrics\r\n\r\n", .refused("400 Bad Request")),
        ("\r\n\r\n", .refused("400 Bad Request")),
        ("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", .refused("403 Forbidden")),
        ("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", .refused("403 Forbidden")),
        (
            "GET /metrics HTTP/1.1\r\nX: " + String(repeating: "x", count: 9000),
            .refused("431 Request Header Fields Too Large")
        ),
    ])
    func onlyRequestsForMetricsGetThem(request: String, outcome: MetricsRequest.Outcome) {
        var whole = MetricsRequest()
        whole.append(Array(request.utf8))
        #expect(whole.outcome == outcome)
        var pieces = MetricsRequest()
        for byte in request.utf8 { pieces.append([byte]) }
        #expect(pieces.outcome == outcome)
    }
}
