import LinuxIO
import NINATrace
import TestSupport
import Testing

@testable import nina

/// The events of `nina watch --web` over a socket.
@Suite(.timeLimit(.minutes(5))) struct WatchStreamTests {
    private let reactor: Reactor
    private let feed = WatchFeed()
    private let server: WatchServer
    private let path: String

    init() throws {
        reactor = try Reactor()
        server = try WatchServer(IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), feed, reactor)
        path = String(try #require(server.address.firstMatch(of: #/[0-9.]+:[0-9]+(/[0-9a-f]+/)/#)).1)
    }

    private var endpoint: IPv4Endpoint {
        get throws {
            let match = try #require(server.address.firstMatch(of: #/:([0-9]+)//#))
            return IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: try #require(UInt16(match.1)))
        }
    }

    /// A browser that has sent a request.
    private func browser(_ request: String, body: String = "") throws -> FileDescriptor {
        let socket = try TCPSocket.connect(to: try endpoint)
        let head = "\(request) HTTP/1.1\r\nHost: \(try endpoint)\r\n"
        let length = body.isEmpty ? "" : "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        let bytes = Array((head + length + "\r\n" + body).utf8)
        var rounds = Rounds(1000)
        while rounds.next() {
            let result = bytes.withUnsafeBytes { TCPSocket.send(socket.rawValue, $0) }
            if result == .sent(bytes.count) { break }
            _ = try reactor.runOnce(timeoutNanoseconds: 1_000_000)
        }
        return socket
    }

    /// Reads until a text has come, or, without one, until nothing more comes.
    private func read(_ socket: borrowing FileDescriptor, until text: String?) throws -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var rounds = Rounds(10_000)
        var quiet = 0
        while quiet < 2000, rounds.next() {
            _ = try reactor.runOnce(timeoutNanoseconds: 0)
            switch piece.withUnsafeMutableBytes({ TCPSocket.receive(socket.rawValue, into: $0) }) {
            case .received(let count):
                quiet = 0
                bytes += piece[..<count]
                guard let text else { continue }
                // It may have begun in the piece before.
                let tail = String(decoding: bytes.suffix(count + text.utf8.count), as: UTF8.self)
                if tail.contains(text) { return String(decoding: bytes, as: UTF8.self) }
            case .wouldBlock:
                quiet += 1
                if text != nil || quiet < 50 { _ = try reactor.runOnce(timeoutNanoseconds: 1_000_000) }
                if text == nil, quiet > 50 { quiet = 2000 }
            case .endOfFile, .failed: quiet = 2000
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func failure(_ number: Int, _ text: String = "") -> TraceRecord {
        TraceRecord(time: UInt64(number), coprocessor: 1, .failure("failure \(number) \(text)."))
    }

    @Test func whoComesLaterSeesWhatWasBefore() throws {
        feed.take([failure(1)])
        let first = try browser("GET \(path)events")
        #expect(try read(first, until: "failure 1 .").contains("Content-Type: text/event-stream\r\n"))
        feed.take([failure(2)])
        #expect(try read(first, until: "failure 2 .").contains("data: {\"t\":2,\"c\":1,\"event\":\"failure\""))
        let second = try browser("GET \(path)events")
        let seen = try read(second, until: "failure 2 .")
        #expect(seen.contains("failure 1 .") && seen.contains("failure 2 ."))
        feed.finish("it has ended")
        #expect(try read(second, until: "it has ended").contains("event: end\ndata: it has ended\n\n"))
    }

    @Test func whoDoesNotReadMissesLinesAndIsTold() throws {
        let slow = try browser("GET \(path)events")
        let quick = try browser("GET \(path)events")
        _ = try read(slow, until: "\r\n\r\n")
        _ = try read(quick, until: "\r\n\r\n")
        let text = String(repeating: "x", count: 50_000)
        for number in 1...400 {
            feed.take([failure(number, text)])
            #expect(try read(quick, until: "x.").contains("failure \(number) "))
        }
        // Now it reads, as much as there is, and then learns that lines are missing.
        _ = try read(slow, until: nil)
        feed.take([failure(1000)])
        let seen = try read(slow, until: "failure 1000 ")
        #expect(seen.contains("data: {\"t\":0,\"c\":0,\"event\":\"gap\",\"events\":"))
    }

    @Test func thePageComesWithItsPolicy() throws {
        let page = try read(try browser("GET \(path)"), until: "</html>")
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.contains("frame-ancestors 'none'\r\n"))
        #expect(page.contains("Referrer-Policy: no-referrer\r\n") && page.contains("Cache-Control: no-store\r\n"))
    }

    @Test func anOrderWithoutASourceIsAnswered() throws {
        let answer = try read(try browser("POST \(path)do", body: #"{"do":"reset"}"#), until: "changed here")
        #expect(answer.contains("Content-Type: application/json\r\n"))
        #expect(answer.hasSuffix(#"{"error":{"text":"nothing can be changed here"}}"#))
    }

    @Test func strangersAreClosed() throws {
        let answer = try read(try browser("GET /"), until: "printed.")
        #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n") && answer.contains("Connection: close\r\n"))
        let long = try browser("GET /" + String(repeating: "x", count: 9000))
        #expect(try read(long, until: "No request").hasPrefix("HTTP/1.1 431 "))
    }
}
