import CWatchPage

/// The page of `nina report` and `nina watch`: one document with style, script and, for a report, the trace in it.
///
/// Only what carries the nonce is run or applied, and nothing is loaded from elsewhere: text of a trace cannot become script.
struct WatchPage {
    private let nonce: String

    /// - Parameter nonce: a number that nobody can guess, for one document.
    init(nonce: String = Self.randomWord()) { self.nonce = nonce }

    /// 128 random bits, in hex.
    static func randomWord() -> String {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { (number: UInt64) in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// What the browser may do with the page.
    var policy: String {
        "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; img-src data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'"
    }

    /// The document of a trace.
    /// - Parameter lines: what the page reads, one object a line.
    func report(_ lines: [[UInt8]]) -> [UInt8] {
        let meta = "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">\n"
        return document(head: meta, lines)
    }

    /// The document that asks for lines itself; the policy is a header of the answer.
    func live() -> [UInt8] { document(head: "", []) }

    private func document(head: String, _ lines: [[UInt8]]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(lines.reduce(1 << 16) { $0 + $1.count })
        for line in Self.file("page.html").split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            if let name = Self.name(in: text, between: "<link rel=\"stylesheet\" href=\"", "\">") {
                output += "<style nonce=\"\(nonce)\">\n".utf8
                output += Self.file(name)
                output += "</style>\n".utf8
            } else if let name = Self.name(in: text, between: "<script src=\"", "\"></script>") {
                output += "<script nonce=\"\(nonce)\">\n".utf8
                output += Self.file(name)
                output += "</script>\n".utf8
            } else if text.hasPrefix("<script type=\"text/plain\"") {
                output += text.dropLast("</script>".count).utf8
                for line in lines { Self.append(line, to: &output) }
                output += "</script>\n".utf8
            } else {
                output += line
                output.append(UInt8(ascii: "\n"))
                if text.hasPrefix("<meta charset") { output += head.utf8 }
            }
        }
        return output
    }

    /// In a document `<` could begin the end of the script. In JSON it stands in strings only, where it can be written as a number.
    private static func append(_ line: [UInt8], to output: inout [UInt8]) {
        guard line.contains(UInt8(ascii: "<")) else { return output += line }
        for byte in line {
            if byte == UInt8(ascii: "<") { output += "\\u003c".utf8 } else { output.append(byte) }
        }
    }

    private static func name(in line: String, between start: String, _ end: String) -> String? {
        guard line.hasPrefix(start), line.hasSuffix(end) else { return nil }
        return String(line.dropFirst(start.count).dropLast(end.count))
    }

    private static func file(_ name: String) -> UnsafeBufferPointer<UInt8> {
        var count = 0
        guard let bytes = cwatchpage_file(name, &count) else { preconditionFailure("the page has no file \(name)") }
        return UnsafeBufferPointer(start: bytes, count: count)
    }
}
