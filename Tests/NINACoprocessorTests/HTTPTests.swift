import NINALink
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct HTTPAddressTests {
    private func text(_ url: String) -> String? {
        HTTPAddress(Array(url.utf8)[...]).map(describe)
    }

    private func describe(_ address: HTTPAddress) -> String {
        let host = String(decoding: address.host, as: UTF8.self)
        return
            "\(address.isSecure ? "s" : "-") \(host) \(address.port) \(String(decoding: address.target, as: UTF8.self))"
    }

    @Test func urlsAreTakenApart() {
        #expect(text("http://example.com") == "- example.com 80 /")
        #expect(text("HTTPS://Example.com/a/b?c=d#e") == "s Example.com 443 /a/b?c=d")
        #expect(text("http://127.0.0.1:17009/x") == "- 127.0.0.1 17009 /x")
        #expect(text("http://h?q") == "- h 80 /?q")
    }

    @Test(arguments: [
        "", "http://", "ftp://h/", "http://h:0/", "http://h:70000/", "http://h:1:2/", "http://u@h/", "http:///x",
        "http://h/a b", "http://h/\r\nX: y", "http://h/\u{E9}", "h/x", "http://:80/",
    ])
    func whatIsNoneIsRefused(_ url: String) { #expect(text(url) == nil) }

    @Test func redirectsAreRelativeToWhereTheyStand() throws {
        let base = try #require(HTTPAddress(Array("http://h:81/a/b?c".utf8)[...]))
        func redirected(_ location: String) -> String? { base.redirected(to: Array(location.utf8)[...]).map(describe) }
        #expect(redirected("https://other/x") == "s other 443 /x")
        #expect(redirected("//other:82/x") == "- other 82 /x")
        #expect(redirected("/x?y") == "- h 81 /x?y")
        #expect(redirected("x") == "- h 81 /a/x")
        #expect(redirected("?z") == "- h 81 /a/b?z")
        #expect(redirected("../x?../y") == "- h 81 /x?../y")
        #expect(redirected("./x/./y/..") == "- h 81 /a/x/")
        #expect(redirected("../../../x/.") == "- h 81 /x/")
        for location in ["", "ftp://h/", "file:x", "x y", "http://"] { #expect(redirected(location) == nil) }
    }

    @Test func requestNamesTheHost() throws {
        let address = try #require(HTTPAddress(Array("https://h:444/a?b".utf8)[...]))
        #expect(
            String(decoding: address.request, as: UTF8.self)
                == "GET /a?b HTTP/1.1\r\nHost: h:444\r\nUser-Agent: nina\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
        )
    }

    /// The port is named unless it is the one of the scheme (RFC 9110, 7.2).
    @Test(arguments: [
        ("https://h/", "h"), ("https://h:443/", "h"), ("https://h:80/", "h:80"), ("http://h/", "h"),
        ("http://h:80/", "h"), ("http://h:443/", "h:443"),
    ])
    func theHostHeaderNamesOtherPorts(_ url: String, _ host: String) throws {
        let address = try #require(HTTPAddress(Array(url.utf8)[...]))
        #expect(String(decoding: address.request, as: UTF8.self).contains("\r\nHost: \(host)\r\n"))
    }
}

@Suite(.timeLimit(.minutes(10))) struct HTTPResponseTests {
    /// The result of parsing a response, delivered in pieces of this size.
    private func read(_ text: String, pieces: Int, ends: Bool = true, limit: UInt64 = 100) -> Result<
        String, HTTPFailure
    > {
        var response = HTTPResponse(limit: limit)
        var body: [UInt8] = []
        var rest = Array(text.utf8)[...]
        do throws(HTTPFailure) {
            while !rest.isEmpty {
                try response.read(rest.prefix(pieces)) { body += $0 }
                rest = rest.dropFirst(pieces)
            }
            if ends { try response.end() }
            return .success("\(response.status) \(response.isComplete) \(String(decoding: body, as: UTF8.self))")
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func bodiesAreReadHoweverTheyCome(_ pieces: Int) {
        let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellorest"
        #expect(read(lengths, pieces: pieces) == .success("200 true hello"))
        let chunks =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\nrest"
        #expect(read(chunks, pieces: pieces) == .success("200 true hello"))
        #expect(read("HTTP/1.0 200\nServer: x\n\nhello", pieces: pieces) == .success("200 true hello"))
        #expect(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", pieces: pieces) == .success("204 true "))
        #expect(read("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", pieces: pieces) == .success("404 true "))
    }

    @Test(arguments: [1, 1000]) func brokenOnesAreTold(_ pieces: Int) {
        let header = "HTTP/1.1 200 OK\r\n"
        #expect(read(header + "Content-Length: 6\r\n\r\nhello", pieces: pieces) == .failure(.truncated))
        #expect(
            read(header + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", pieces: pieces) == .failure(.truncated))
        #expect(read("", pieces: pieces) == .failure(.truncated))
        #expect(read(header, pieces: pieces) == .failure(.truncated))
        for text in ["SMTP\r\n", "HTTP/2 200\r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 +20\r\n", header + "x\r\n"] {
            #expect(read(text, pieces: pieces) == .failure(.malformed))
        }
        for field in [
            "Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: 99999999999999999999",
        ] {
            #expect(read(header + field + "\r\n\r\n", pieces: pieces) == .failure(.malformed))
        }
        #expect(read(header + "Transfer-Encoding: chunked\r\n\r\nx\r\n", pieces: pieces) == .failure(.malformed))
        #expect(read(header + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", pieces: pieces) == .failure(.malformed))
        #expect(read(header + "Transfer-Encoding: gzip, chunked\r\n\r\n", pieces: pieces) == .failure(.encoded))
        #expect(read(header + "Content-Encoding: gzip\r\n\r\n", pieces: pieces) == .failure(.encoded))
    }

    @Test func whatIsTooMuchIsNotTaken() {
        let header = "HTTP/1.1 200 OK\r\n"
        #expect(read(header + "Content-Length: 101\r\n\r\n", pieces: 1000, ends: false) == .failure(.tooLarge))
        #expect(read(header + "Content-Length: 1000000000\r\n\r\n", pieces: 1000, ends: false) == .failure(.tooLarge))
        #expect(
            read(header + "Transfer-Encoding: chunked\r\n\r\n65\r\n", pieces: 1000, ends: false) == .failure(.tooLarge))
        let long = String(repeating: "x", count: 101)
        #expect(read(header + "\r\n" + long, pieces: 10, ends: false) == .failure(.tooLarge))
        let manyLines = String(repeating: "a: b\r\n", count: 10_000)
        #expect(read(header + manyLines, pieces: 100, ends: false) == .failure(.headerTooLong))
        #expect(
            read(header + "a: " + String(repeating: "x", count: 20_000), pieces: 100, ends: false)
                == .failure(.headerTooLong))
        // A large Content-Length in a redirect is harmless.
        #expect(
            read("HTTP/1.1 302 Found\r\nContent-Length: 1000\r\n\r\n", pieces: 1000, ends: false)
                == .success("302 false "))
    }

    /// The limit itself is allowed, one byte more is not.
    @Test(arguments: [1, 7, 1000]) func theLimitIsExact(_ pieces: Int) {
        let header = "HTTP/1.1 200 OK\r\n"
        let most = String(repeating: "x", count: 100)
        for (field, body) in [
            ("Content-Length: 100\r\n", most), ("", most),
            ("Transfer-Encoding: chunked\r\n", "64\r\n\(most)\r\n0\r\n\r\n"),
        ] {
            #expect(read(header + field + "\r\n" + body, pieces: pieces) == .success("200 true \(most)"))
        }
        #expect(read(header + "Content-Length: 101\r\n\r\n", pieces: pieces, ends: false) == .failure(.tooLarge))
        #expect(read(header + "\r\n\(most)x", pieces: pieces, ends: false) == .failure(.tooLarge))
    }

    /// Each chunk is below the limit, their sum is what counts.
    @Test(arguments: [1, 7, 1000]) func chunksCountTogether(_ pieces: Int) {
        func response(_ sizes: [Int]) -> String {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + sizes.map { "\(String($0, radix: 16))\r\n\(String(repeating: "x", count: $0))\r\n" }.joined()
                + "0\r\n\r\n"
        }
        let most = "200 true " + String(repeating: "x", count: 100)
        #expect(read(response([60, 40]), pieces: pieces) == .success(most))
        #expect(read(response([60, 41]), pieces: pieces) == .failure(.tooLarge))
        #expect(read(response([100, 1]), pieces: pieces) == .failure(.tooLarge))
        #expect(read(response(Array(repeating: 10, count: 10)), pieces: pieces) == .success(most))
        #expect(read(response(Array(repeating: 10, count: 11)), pieces: pieces) == .failure(.tooLarge))
    }

    /// Interim responses and chunk lines are bounded too.
    @Test func thereIsNoEndlessBeginning() {
        let early = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 2000)
        #expect(read(early, pieces: 1000, ends: false) == .failure(.headerTooLong))
        let chunk = "1;" + String(repeating: "x", count: 300) + "\r\na\r\n"
        #expect(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, pieces: 50, ends: false)
                == .failure(.malformed))
    }

    @Test func randomBytesNeverTrap() {
        var random = SplitMix64(seed: testSeed())
        let whole = Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nLocation: /x\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...(random.next() % 4) {
                let bits = random.next()
                bytes[Int(bits >> 16 & 0xFFFF) % bytes.count] = UInt8(truncatingIfNeeded: bits)
            }
            var response = HTTPResponse(limit: 50)
            var count = 0
            do throws(HTTPFailure) {
                try response.read(bytes[...]) { count += $0.count }
                try response.end()
            } catch {}
            #expect(count <= 50)
        }
    }
}
