import Foundation
import Testing

/// The documentation's table of methods against the recording and the sources.
@Suite(.timeLimit(.minutes(10))) struct MethodTableTests {
    /// A method by class, name and number of arguments: `WiFi.begin/2`.
    private struct Row {
        var methods: [String]
        /// The names in this library.
        var names: [String]
        var line: String
    }

    private static let folder = Recordings.package.appendingPathComponent("Sources/WiFiNINA")

    /// The objects of the recorded sketch.
    private static let classes = [
        "client": "WiFiClient", "c": "WiFiClient", "d": "WiFiClient", "e": "WiFiClient", "a": "WiFiClient",
        "ssl": "WiFiSSLClient", "b": "WiFiBearSSLClient", "server": "WiFiServer", "dflt": "WiFiServer",
        "s": "WiFiServer", "udp": "WiFiUDP", "f": "WiFiStorageFile", "p": "Preferences",
    ]

    private func rows() throws -> [Row] {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("WiFiNINA.docc/Methods.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            return Row(
                methods: codeSpans(cells[1]).compactMap { method(in: $0) },
                names: codeSpans(cells[2]).compactMap { name(in: $0) }, line: String(line))
        }
    }

    private func codeSpans(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The last call of a text, by its class: `WiFiStorageFile f = WiFiStorage.open("...")`, `(bool)client`.
    private func method(in call: String) -> String? {
        if let object = call.wholeMatch(of: /\(bool\)(\w+)/)?.1 {
            return (Self.classes[String(object)] ?? String(object)) + ".operator bool/0"
        }
        guard let match = call.matches(of: /(\w+)(?:\.|::)((?:operator )?\w+)\(/).last else { return nil }
        let object = String(match.1)
        var (depth, commas, isEmpty, isQuoted) = (0, 0, true, false)
        for character in call[match.range.upperBound...] {
            if character == "\"" { isQuoted.toggle() }
            if isQuoted {
                isEmpty = false
                continue
            }
            if character == ")", depth == 0 { break }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { commas += 1 }
            isEmpty = false
        }
        return "\(Self.classes[object] ?? object).\(match.2)/\(isEmpty ? 0 : commas + 1)"
    }

    /// `begin` of `wifi.begin("ssid")`, `timeout` of `wifi.timeout`.
    private func name(in ours: String) -> String? {
        ours.prefixMatch(of: /\w+\.(\w+)/).map { String($0.1) }
    }

    @Test func everyRecordedMethodHasARow() throws {
        let methods = Set(try rows().flatMap(\.methods))
        var recorded: Set<String> = []
        for call in try Recordings.wifiNINACalls() {
            guard let found = method(in: call.api) else {
                Issue.record("\(call.api) is not a call")
                continue
            }
            #expect(methods.contains(found), "\(call.api): no row of \(found)")
            recorded.insert(found)
        }
        print(
            "\(recorded.count) methods of WiFiNINA 2.1.0 by class and number of arguments, \(methods.count) in the table"
        )
        for method in methods { #expect(recorded.contains(method), "\(method) is in no recording") }
    }

    @Test func everyNameOfOursExists() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
        let sources = try files.filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: Self.folder.appendingPathComponent($0), encoding: .utf8) }.joined()
        let declared = Set(
            sources.matches(of: /public (?:mutating |private\(set\) )?(?:func|var) (\w+)/).map { String($0.1) })
        for row in try rows() {
            #expect(!row.names.isEmpty, "\(row.line)")
            for name in row.names { #expect(declared.contains(name), "\(name): \(row.line)") }
        }
    }
}
