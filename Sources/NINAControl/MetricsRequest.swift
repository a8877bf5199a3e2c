/// A request of HTTP for metrics: only as much of HTTP as that takes.
package struct MetricsRequest: Sendable {
    /// The most bytes of a request.
    package static let limit = 8192

    package enum Outcome: Equatable, Sendable {
        case incomplete
        case metrics
        /// With this status.
        case refused(String)
    }

    private var bytes: [UInt8] = []
    /// Whether only the head of the answer is wanted.
    package private(set) var isHead = false
    package private(set) var outcome = Outcome.incomplete

    package init() {}

    package mutating func append(_ more: some Collection<UInt8>) {
        guard outcome == .incomplete else { return }
        bytes += more
        guard bytes.count <= Self.limit else {
            outcome = .refused("431 Request Header Fields Too Large")
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            outcome = .refused("400 Bad Request")
            return
        }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        // The head ends with an empty line, behind which the rest begins.
        guard let end = lines.firstIndex(of: ""), end < lines.count - 1 else { return }
        outcome = end == 0 ? .refused("400 Bad Request") : judge(lines[0], lines[1..<end])
    }

    private mutating func judge(_ line: Substring, _ fields: ArraySlice<Substring>) -> Outcome {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return .refused("400 Bad Request") }
        guard words[0] == "GET" || words[0] == "HEAD" else { return .refused("405 Method Not Allowed") }
        isHead = words[0] == "HEAD"
        // A page of another site could ask under a name of its own that leads to this address (DNS rebinding).
        let hosts = fields.filter { $0.lowercased().hasPrefix("host:") }.map { $0.dropFirst(5) }
        guard hosts.allSatisfy(Self.isLoopback) else { return .refused("403 Forbidden") }
        let path = words[1].prefix { $0 != "?" }
        return path == "/metrics" ? .metrics : .refused("404 Not Found")
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        let name = host.split(separator: ":").first.map { $0.filter { $0 != " " } } ?? ""
        return name == "localhost" || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
    }
}
