import TestSupport
import Testing

@testable import NINACoprocessor

/// The bounds of what the parser of downloads takes, and the rarer forms of what it must understand.
@Suite(.timeLimit(.minutes(10))) struct HTTPLimitTests {
    private struct Outcome: Equatable {
        var status: Int
        var isComplete: Bool
        var body: String
    }

    private func read(_ text: String, pieces: Int = .max) -> Result<Outcome, HTTPFailure> {
        var response = HTTPResponse(limit: 100)
        var body: [UInt8] = []
        var rest = Array(text.utf8)[...]
        do throws(HTTPFailure) {
            while !rest.isEmpty {
                try response.read(rest.prefix(pieces)) { body += $0 }
                rest = rest.dropFirst(pieces)
            }
        } catch {
            return .failure(error)
        }
        let text = String(decoding: body, as: UTF8.self)
        return .success(Outcome(status: response.status, isComplete: response.isComplete, body: text))
    }

    private func complete(_ status: Int, _ body: String) -> Result<Outcome, HTTPFailure> {
        .success(Outcome(status: status, isComplete: true, body: body))
    }

    /// A header of as many bytes as are taken, and of one more, however they arrive.
    @Test(arguments: [1, 100, Int.max]) func theLongestHeaderIsTaken(_ pieces: Int) {
        func read(_ response: String) -> Result<Outcome, HTTPFailure> { self.read(response, pieces: pieces) }
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: "
        let end = "\r\n\r\n"
        let room = HTTPResponse.headerLimit - start.utf8.count - end.utf8.count
        #expect(read(start + String(repeating: "x", count: room) + end + "ab") == complete(200, "ab"))
        #expect(read(start + String(repeating: "x", count: room + 1) + end + "ab") == .failure(.headerTooLong))
        // An interim response before it counts too.
        let early = "HTTP/1.1 103 Early\r\n\r\n"
        let rest = room - early.utf8.count
        #expect(read(early + start + String(repeating: "x", count: rest) + end + "ab") == complete(200, "ab"))
        #expect(
            read(early + start + String(repeating: "x", count: rest + 1) + end + "ab") == .failure(.headerTooLong))
    }

    @Test(arguments: [1, 100, Int.max]) func theLongestChunkLineIsTaken(_ pieces: Int) {
        func response(_ length: Int) -> String {
            // The carriage return counts.
            let line = "2;" + String(repeating: "x", count: length - 3)
            return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(line)\r\nab\r\n0\r\n\r\n"
        }
        #expect(read(response(HTTPResponse.chunkLineLimit), pieces: pieces) == complete(200, "ab"))
        #expect(read(response(HTTPResponse.chunkLineLimit + 1), pieces: pieces) == .failure(.malformed))
    }

    /// RFC 9112, 6.3: these have no body, whatever their header says.
    @Test(arguments: [204, 304]) func someResponsesHaveNoBody(_ status: Int) {
        #expect(read("HTTP/1.1 \(status) X\r\nContent-Length: 5\r\n\r\nhello") == complete(status, ""))
        #expect(read("HTTP/1.1 \(status) X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na") == complete(status, ""))
    }

    @Test func theFirstDigitOfAStatusIsNotZero() {
        #expect(read("HTTP/1.1 099 X\r\n") == .failure(.malformed))
        #expect(read("HTTP/1.1 1000 X\r\n") == .failure(.malformed))
        for status in [100, 199] {
            let final = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
            #expect(read("HTTP/1.1 \(status) X\r\nContent-Length: 3\r\n\r\n" + final) == complete(200, "a"))
        }
        #expect(read("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na") == complete(200, "a"))
    }

    /// RFC 9112, 6.1: with both, the chunks count.
    @Test func chunksAreStrongerThanALength() {
        let header = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        #expect(
            read(header + "\r\nA;x\r\n0123456789\r\n1 \r\na\r\n000\r\nX: y\r\nY: z\r\n\r\n")
                == complete(200, "0123456789a"))
    }

    @Test func valuesAreTrimmedAndCompared() {
        for fields in [
            "content-length:2", "CONTENT-LENGTH: \t2\t ", "Content-Length: 2\r\nContent-Length: 02",
            "Content-Length: 2\r\nContent-Encoding: Identity",
            "Content-Length: 2\r\nContent-Encoding:", "Content-Length: 2\r\nContent-Encoding: \t ",
        ] {
            #expect(read("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\nabc") == complete(200, "ab"), "\(fields)")
        }
    }

    @Test func numbersAreDigitsThatFit() {
        #expect(UInt16(ascii: "65535".utf8.map { $0 }) == 65_535)
        #expect(UInt16(ascii: "65536".utf8.map { $0 }) == nil)
        #expect(UInt16(ascii: "655350".utf8.map { $0 }) == nil)
        #expect(UInt16(ascii: "0099".utf8.map { $0 }) == 99)
        for text in ["", "a", "1a", "/", ":", "-1", "+1", " 1"] { #expect(UInt16(ascii: text.utf8.map { $0 }) == nil) }
        #expect(UInt64(ascii: "fFaA09".utf8.map { $0 }, base: 16) == 0xFFAA09)
        #expect(UInt64(ascii: "ffffffffffffffff".utf8.map { $0 }, base: 16) == .max)
        for text in ["10000000000000000", "g", "G", "`", "@"] {
            #expect(UInt64(ascii: text.utf8.map { $0 }, base: 16) == nil)
        }
    }

    @Test func addressesHaveVisibleCharacters() throws {
        func describe(_ address: HTTPAddress?) -> String? {
            address.map {
                "\(String(decoding: $0.host, as: UTF8.self)):\($0.port)\(String(decoding: $0.target, as: UTF8.self))"
            }
        }
        func parse(_ url: String) -> String? { describe(HTTPAddress(Array(url.utf8)[...])) }
        #expect(parse("http://h!/~") == "h!:80/~")
        for url in ["http://h /", "http://h/\u{7F}", "http:/h/", "http", "https:/", "", "http://h:/", "http://h:1x/"] {
            #expect(parse(url) == nil, "\(url)")
        }
        #expect(parse("http://h:65535/") == "h:65535/")
        #expect(parse("https://h:1") == "h:1/")
        #expect(parse("http://h:65536/") == nil)
        // What follows the query belongs to it; a fragment is the browser's.
        #expect(parse("http://h?a/b:c@d") == "h:80/?a/b:c@d")
        #expect(parse("http://h/a:b@c#d?e") == "h:80/a:b@c")
        let base = try #require(HTTPAddress(Array("https://h/a/b/c?d".utf8)[...]))
        func redirected(_ location: String) -> String? { describe(base.redirected(to: Array(location.utf8)[...])) }
        for (location, address) in [
            ("!", "h:443/a/b/!"), ("~", "h:443/a/b/~"), ("/x:y", "h:443/x:y"), ("?x:y", "h:443/a/b/c?x:y"),
            ("x/y:z", "h:443/a/b/x/y:z"), ("//o", "o:443/"), ("/", "h:443/"), (".", "h:443/a/b/"), ("..", "h:443/a/"),
            ("../..", "h:443/"), ("/x/../y", "h:443/y"), ("/x/./y#z", "h:443/x/y"), ("x?y#z", "h:443/a/b/x?y"),
        ] {
            #expect(redirected(location) == address, "\(location)")
        }
        for location in [" ", "x\u{7F}", "x:y", "mailto:x@y"] { #expect(redirected(location) == nil, "\(location)") }
    }
}
