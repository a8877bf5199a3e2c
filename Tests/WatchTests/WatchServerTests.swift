import LinuxIO
import Testing

@testable import nina

/// Who may ask `nina watch --web`, and for what.
@Suite(.timeLimit(.minutes(5))) struct WatchServerTests {
    private func request(_ head: String) throws -> HTTPRequest {
        var input = Array((head.replacing("\n", with: "\r\n") + "\r\n\r\n").utf8)
        return try #require(try HTTPRequest.take(from: &input))
    }

    /// The routes of requests; HOST and PATH stand for the right ones.
    private func routes(_ heads: [String]) throws -> [WatchServer.Route] {
        let reactor = try Reactor()
        let endpoint = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0)
        let server = try WatchServer(endpoint, WatchFeed(), reactor)
        defer { server.stop() }
        let match = try #require(server.address.wholeMatch(of: #/http://([0-9.:]+)(/[0-9a-f]{32}/)/#))
        return try heads.map { head in
            let filled = head.replacing("HOST", with: match.1).replacing("PATH/", with: match.2)
            return server.route(try request(filled))
        }
    }

    private func isRefused(_ route: WatchServer.Route, _ status: String) -> Bool {
        guard case .refused(let text, _) = route else { return false }
        return text.hasPrefix(status)
    }

    @Test func theAddressThatItPrints() throws {
        let routes = try routes([
            "GET PATH/ HTTP/1.1\nHost: HOST", "GET PATH/events HTTP/1.1\nHost: HOST\nOrigin: http://HOST",
            "POST PATH/do HTTP/1.1\nHost: HOST\nContent-Type: application/json\nContent-Length: 14",
        ])
        #expect(routes == [.page, .events, .order(length: 14)])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: HOST", "GET /x/ HTTP/1.1\nHost: HOST",
        "GET /00000000000000000000000000000000/ HTTP/1.1\nHost: HOST", "GET PATH/ HTTP/1.1",
        "GET PATH HTTP/1.1\nHost: HOST",
        "GET PATH/ HTTP/1.1\nHost: evil.example", "GET PATH/ HTTP/1.1\nHost: HOST.evil.example",
        "GET PATH/ HTTP/1.1\nHost: HOST\nOrigin: http://evil.example", "GET PATH/ HTTP/1.1\nHost: HOST\nOrigin: null",
    ])
    func othersAreRefused(_ head: String) throws {
        #expect(try routes([head]).allSatisfy { isRefused($0, "403") })
    }

    @Test(arguments: [
        "POST PATH/do HTTP/1.1\nHost: HOST", "POST PATH/do HTTP/1.1\nHost: HOST\nContent-Length: 2",
        "POST PATH/do HTTP/1.1\nHost: HOST\nContent-Type: text/plain\nContent-Length: 2",
        "POST PATH/do HTTP/1.1\nHost: HOST\nContent-Type: application/json\nContent-Length: -1",
        "POST PATH/do HTTP/1.1\nHost: HOST\nContent-Type: application/json\nContent-Length: 5000",
    ])
    func ordersAreShortObjects(_ head: String) throws {
        #expect(try routes([head]).allSatisfy { isRefused($0, "400") })
    }

    @Test func otherPagesAreNotThere() throws {
        let routes = try routes([
            "GET PATH/x HTTP/1.1\nHost: HOST", "GET PATH/do HTTP/1.1\nHost: HOST", "DELETE PATH/ HTTP/1.1\nHost: HOST",
        ])
        #expect(routes.allSatisfy { isRefused($0, "404") || isRefused($0, "403") })
    }

    @Test func twoHostsAreNoRequest() throws {
        var input = Array("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".utf8)
        #expect(throws: HTTPRequest.Failure.malformed) { try HTTPRequest.take(from: &input) }
    }
}
