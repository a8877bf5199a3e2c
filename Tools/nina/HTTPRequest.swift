/// A request: the subset of HTTP/1.1 that a browser needs from a small server.
struct HTTPRequest: Equatable {
    var method: String
    var path: String
    /// Whether the browser may send another request on this connection.
    var keepsAlive: Bool
    /// The lines of the head, by names in small letters.
    private var fields: [String: String] = [:]

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
        guard end <= limit else { throw .tooLong }
        let head = String(decoding: input[..<end], as: UTF8.self)
        input.removeSubrange(..<(end + 4))
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw .malformed }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            // Of two, such as Host, nobody can say which one counts.
            let old = fields.updateValue(String(value), forKey: line[..<colon].lowercased())
            guard old == nil || old == String(value) else { throw .malformed }
        }
        let closes = fields["connection"]?.lowercased().contains("close") ?? (words[2] == "HTTP/1.0")
        return HTTPRequest(
            method: String(words[0]), path: String(words[1]), keepsAlive: !closes, fields: fields)
    }

    /// The value of a line of the head, by its name in small letters.
    subscript(name: String) -> String? { fields[name] }

    private static func endOfHead(_ input: [UInt8]) -> Int? {
        guard input.count >= 4 else { return nil }
        return (0...(input.count - 4)).first {
            input[$0] == 13 && input[$0 + 1] == 10 && input[$0 + 2] == 13 && input[$0 + 3] == 10
        }
    }

    /// The head of a response.
    /// - Parameters:
    ///   - length: of its body; nil for one that goes on until the connection ends.
    ///   - lines: more lines, without their ends.
    static func answerHead(
        status: String, type: String, length: Int?, keepsAlive: Bool, lines: [String] = []
    ) -> [UInt8] {
        var head = ["HTTP/1.1 \(status)", "Content-Type: \(type)"]
        if let length { head.append("Content-Length: \(length)") }
        head += ["Cache-Control: no-store", "Connection: \(keepsAlive ? "keep-alive" : "close")"] + lines
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
