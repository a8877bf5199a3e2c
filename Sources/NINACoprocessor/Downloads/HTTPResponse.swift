/// Why a download failed.
enum HTTPFailure: Error, Equatable {
    /// The response is not HTTP.
    case malformed
    /// The header is longer than ``HTTPResponse/headerLimit``.
    case headerTooLong
    /// The body is compressed although that was not requested.
    case encoded
    /// The body is longer than the limit.
    case tooLarge
    /// The connection ended before the end of the response.
    case truncated
}

/// An incremental parser of HTTP responses: RFC 9112, with Content-Length, chunked, or until the end of the connection.
struct HTTPResponse {
    /// The maximum length of the header in bytes, including interim responses.
    static let headerLimit = 16 * 1024
    /// The maximum length of a chunk-size line.
    static let chunkLineLimit = 256

    /// The part to be parsed next.
    private enum Phase: Equatable {
        case statusLine
        case header
        /// This many bytes of the body; nil when the end of the connection ends it.
        case body(UInt64?)
        case chunkSize
        case chunk(UInt64)
        case chunkEnd
        case trailer
        case complete
    }

    /// The status code; 0 until it is known.
    private(set) var status = 0
    /// The Location header.
    private(set) var location: [UInt8]?
    /// The announced length.
    private(set) var contentLength: UInt64?
    /// The maximum length of the body.
    let limit: UInt64
    /// The number of bytes of the body so far.
    private(set) var received: UInt64 = 0
    private(set) var isChunked = false
    private var phase = Phase.statusLine
    private var line: [UInt8] = []
    private var headerLength = 0

    /// Makes a parser for a response with a body up to this length.
    init(limit: UInt64) { self.limit = limit }

    /// The response is complete.
    var isComplete: Bool { phase == .complete }
    /// The header is complete.
    var hasHeader: Bool {
        switch phase {
        case .statusLine, .header: false
        case .body, .chunkSize, .chunk, .chunkEnd, .trailer, .complete: true
        }
    }
    /// Whether the body is the whole file (RFC 9110, 15.3): 200, or 203 after a proxy has changed it. Others have no
    /// content (204, 205), an unrequested part (206), or an error page.
    var isWholeFile: Bool { status == 200 || status == 203 }
    /// Whether the status is a redirect.
    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Parses received bytes; ignores bytes after the end.
    /// - Parameter body: receives the bytes of the body, piece by piece.
    mutating func read(_ bytes: ArraySlice<UInt8>, body: (ArraySlice<UInt8>) -> Void) throws(HTTPFailure) {
        var rest = bytes
        while !rest.isEmpty {
            switch phase {
            case .complete: return
            case .body(nil):
                try take(rest, body)
                return
            case .body(let left?), .chunk(let left):
                let piece = rest.prefix(Int(min(left, UInt64(rest.count))))
                rest = rest.dropFirst(piece.count)
                try take(piece, body)
                let more = left - UInt64(piece.count)
                if case .chunk = phase {
                    phase = more == 0 ? .chunkEnd : .chunk(more)
                } else {
                    phase = more == 0 ? .complete : .body(more)
                }
            case .statusLine, .header, .chunkSize, .chunkEnd, .trailer:
                guard let end = rest.firstIndex(of: 0x0A) else {
                    try append(rest, isWholeLine: false)
                    return
                }
                try append(rest[..<end], isWholeLine: true)
                rest = rest[(end + 1)...]
                if line.last == 0x0D { line.removeLast() }
                try readLine()
                line.removeAll(keepingCapacity: true)
            }
        }
    }

    /// The connection has ended: the response must be complete.
    mutating func end() throws(HTTPFailure) {
        if phase == .body(nil) { phase = .complete }
        guard isComplete else { throw .truncated }
    }

    /// Appends to the current line.
    /// - Parameter isWholeLine: its LF follows, which counts in a header.
    private mutating func append(_ bytes: ArraySlice<UInt8>, isWholeLine: Bool) throws(HTTPFailure) {
        if phase == .chunkSize || phase == .chunkEnd {
            guard line.count + bytes.count <= Self.chunkLineLimit else { throw .malformed }
        } else {
            headerLength += bytes.count + (isWholeLine ? 1 : 0)
            guard headerLength <= Self.headerLimit else { throw .headerTooLong }
        }
        line.append(contentsOf: bytes)
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) throws(HTTPFailure) {
        received += UInt64(bytes.count)
        guard received <= limit else { throw .tooLarge }
        body(bytes)
    }

    private mutating func readLine() throws(HTTPFailure) {
        switch phase {
        case .statusLine:
            // "HTTP/1.1 200 OK"
            let parts = line.split(separator: 0x20, maxSplits: 2)
            guard parts.count >= 2, parts[0].starts(with: Array("HTTP/1.".utf8)), parts[1].count == 3,
                let number = UInt16(ascii: parts[1]), number >= 100
            else { throw .malformed }
            status = Int(number)
            phase = .header
        case .header where line.isEmpty: try beginBody()
        case .header: try readField()
        case .chunkSize:
            guard let size = UInt64(ascii: line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }, base: 16) else {
                throw .malformed
            }
            guard size <= limit else { throw .tooLarge }
            phase = size == 0 ? .trailer : .chunk(size)
        case .chunkEnd:
            guard line.isEmpty else { throw .malformed }
            phase = .chunkSize
        case .trailer: if line.isEmpty { phase = .complete }
        case .body, .chunk, .complete: break
        }
    }

    private mutating func readField() throws(HTTPFailure) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
        let value = line[(colon + 1)...].trimmed
        switch String(decoding: line[..<colon].map(\.lowercased), as: UTF8.self) {
        case "content-length":
            guard let number = UInt64(ascii: value), contentLength == nil || contentLength == number else {
                throw .malformed
            }
            contentLength = number
        case "transfer-encoding":
            guard String(decoding: value.map(\.lowercased), as: UTF8.self) == "chunked" else { throw .encoded }
            isChunked = true
        case "content-encoding":
            guard value.isEmpty || String(decoding: value.map(\.lowercased), as: UTF8.self) == "identity" else {
                throw .encoded
            }
        case "location": location = Array(value)
        default: break
        }
    }

    private mutating func beginBody() throws(HTTPFailure) {
        if (100...199).contains(status) {
            // An interim response; the final one follows.
            let length = headerLength
            self = HTTPResponse(limit: limit)
            headerLength = length
            return
        }
        if status == 204 || status == 304 {
            phase = .complete
        } else if isChunked {
            phase = .chunkSize
        } else if let contentLength {
            if !isRedirect, contentLength > limit { throw .tooLarge }
            phase = contentLength == 0 ? .complete : .body(contentLength)
        } else {
            phase = .body(nil)
        }
    }
}

extension ArraySlice<UInt8> {
    /// The slice without spaces and tabs at both ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let start = firstIndex { !isBlank($0) } ?? endIndex
        let end = lastIndex { !isBlank($0) } ?? start
        return start == endIndex ? [] : self[start...end]
    }
}
