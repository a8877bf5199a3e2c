/// A page request: the subset of HTTP/1.1 that a browser needs from a small server.
struct HTTPRequest: Equatable {
    var method: String
    var path: String
    /// Whether the browser may send another request on this connection.
    var keepsAlive: Bool

    /// The maximum length of a request head, in bytes.
    static let limit = 8 * 1024

    enum Failure: Error, Equatable {
        case malformed
        case tooLong
    }

    /// Removes a complete request head from `input`; nil when more bytes are needed.
    static func take(from input: inout [UInt8]) throws(Failure) -> HTTPRequest? {
        guard let end = endOfHead(input) else {
            if input.count > limit { throw .tooLong }
            return nil
        }
        let head = String(decoding: input[..<end], as: UTF8.self)
        input.removeSubrange(..<(end + 4))
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw .malformed }
        let connection = lines.dropFirst().lazy
            .map { $0.lowercased() }
            .first { $0.hasPrefix("connection:") }
        let closes = connection?.contains("close") ?? (words[2] == "HTTP/1.0")
        return HTTPRequest(method: String(words[0]), path: String(words[1]), keepsAlive: !closes)
    }

    private static func endOfHead(_ input: [UInt8]) -> Int? {
        guard input.count >= 4 else { return nil }
        return (0...(input.count - 4)).first {
            input[$0] == 13 && input[$0 + 1] == 10 && input[$0 + 2] == 13 && input[$0 + 3] == 10
        }
    }

    /// The head of a response.
    static func answerHead(status: String, type: String, length: Int, keepsAlive: Bool) -> [UInt8] {
        Array(
            """
            HTTP/1.1 \(status)\r
            Content-Type: \(type)\r
            Content-Length: \(length)\r
            Cache-Control: no-store\r
            Connection: \(keepsAlive ? "keep-alive" : "close")\r
            \r

            """.utf8)
    }
}
