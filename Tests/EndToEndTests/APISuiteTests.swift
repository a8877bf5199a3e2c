import TestPeers
import APISuite
import Foundation
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing

/// The whole API against the emulator with each firmware profile.
@Suite(.timeLimit(.minutes(10))) struct APISuiteTests {
    private static let profiles = ["arduino-2.0.0", "adafruit-3.3.0", "adafruit-1.7.7", "arduino-1.4.8", "modern"]

    /// Opens the link to a module; the other code does not depend on the kind of link.
    private func open(_ transport: Transport) throws -> any Link { try transport.open() }

    @Test(arguments: profiles) func theWholeAPIPassesOrIsUnsupported(_ profile: String) throws {
        let firmware = try #require(Firmware.all.first { $0.name.description == profile })
        let (secure, downloads) = (try TLSServer.python(), try TLSServer.downloads())
        defer { withExtendedLifetime((secure, downloads)) {} }
        let certificates = try TestCertificates.shared()
        let peers = try SocketPeers(
            world: World(
                securePort: secure.port, greeting: TLSServer.greeting,
                authorityName: try certificates.subject("ca"), authorityKey: try certificates.point("ca"),
                downloadPort: downloads.port))
        let controller = try HCIControllerPeer(path: EmulatorUnderTest.freshSocketPath())
        let emulator = try EmulatorUnderTest(
            ["--firmware", profile, "--ca-file", try TestCertificates.shared().path("ca.pem")]
                + APISuite.emulatorOptions + controller.options)
        let suite = APISuite(link: try open(emulator.transport), firmware: firmware, peers: peers)
        let outcomes = suite.run()
        for outcome in outcomes {
            if case .failed(let why) = outcome.result { Issue.record("\(profile): \(outcome.call): \(why)") }
        }
        let exercised = Set(outcomes.map(\.call))
        let declared = try PublicCalls.all()
        for call in declared.subtracting(exercised).sorted() { Issue.record("\(call) is not exercised") }
        for call in exercised.subtracting(declared).sorted() { Issue.record("\(call) does not exist") }
        let unsupported = outcomes.filter { if case .unsupported = $0.result { true } else { false } }
        print(
            "\(profile): \(outcomes.count) calls of \(exercised.count) methods and properties,",
            "\(unsupported.count) calls of \(Set(unsupported.map(\.call)).count) unsupported,",
            "\(suite.sentOpcodes.count) commands sent")
    }

    /// Each name in the suite must be followed by the call of that name.
    @Test func namesAreThoseOfTheCalls() throws {
        var count = 0
        for text in try PublicCalls.sources("Tests/APISuite") {
            let parts = text.split(separator: /\bcall\(\s*"/).dropFirst()
            for part in parts {
                let name = try #require(part.firstMatch(of: /^[^"]*?\.(\w+|==)/)?.1)
                let body = part.split(separator: "\"", maxSplits: 1).last ?? ""
                count += 1
                switch name {
                case "init":
                    #expect(
                        body.contains("(wifi") || body.contains("wifi.commandCount") || body.contains("try stream()"),
                        "\(part)")
                case "==": #expect(body.contains("=="), "\(part)")
                case "description": #expect(body.contains("\\("), "\(part)")
                default:
                    // Some bodies are a helper of the suite, which joins, opens a file or tries a password.
                    let isThere =
                        body.contains(".\(name)") || body.contains("try join()") || body.contains("try file()")
                        || body.contains("try password(")
                    #expect(isThere, "\(name): \(body)")
                }
            }
        }
        #expect(count > 250)
    }
}

/// The public methods and properties of the library's classes, as its sources declare them.
enum PublicCalls {
    private static let classes: Set<String> = [
        "WiFi", "WiFiServer", "WiFiClient", "WiFiSecureClient", "WiFiSSLClient", "WiFiBearSSLClient", "WiFiUDP",
        "WiFiStorage", "WiFiStorageFile", "Preferences", "BluetoothHCI", "WiFiSocket",
    ]

    static func sources(_ folder: String) throws -> [String] {
        let tests = try #require(#filePath.range(of: "/Tests/EndToEndTests/"))
        let path = #filePath[..<tests.lowerBound] + "/" + folder
        return try FileManager.default.subpathsOfDirectory(atPath: String(path)).filter { $0.hasSuffix(".swift") }
            .sorted().map { try String(contentsOfFile: path + "/" + $0, encoding: .utf8) }
    }

    /// Read once, which takes seconds in a debug build.
    private static let found = Result { try read() }

    /// `WiFiClient.write(_:)-UInt8`: the type of the first argument is added where labels do not distinguish overloads.
    static func all() throws -> Set<String> { try found.get() }

    private static func read() throws -> Set<String> {
        var types: [String: Set<String>] = [:]
        for text in try sources("Sources/WiFiNINA") {
            // Declarations inside a nested type are not calls of the class.
            var owner: (type: String, indent: Int)?
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                let indent = line.prefix { $0 == " " }.count
                if let match = line.firstMatch(
                    of:
                        /^\ *(?:(?:public|final|private|fileprivate|indirect) )*(?:class|struct|enum|protocol|extension) ([\w.]+)/
                ) {
                    if owner == nil || indent <= (owner?.indent ?? 0) { owner = (String(match.1), indent) }
                    continue
                }
                guard let owner, classes.contains(owner.type), indent == owner.indent + 4 else { continue }
                let isRequirement =
                    line.contains(/^\s+(?:static )?var \w+: .*\{ get/) && owner.type == "WiFiSecureClient"
                guard isRequirement || line.trimmingPrefix(/\s+/).hasPrefix("public ") else { continue }
                if let match = line.firstMatch(of: /\b(?:var|let) (\w+)/), !line.contains(/\b(?:func|init)\b/) {
                    types["\(owner.type).\(match.1)", default: []].insert("")
                } else if let match = line.firstMatch(of: /\b(?:func (\w+|==) ?|(init))[(<]/) {
                    let rest = lines[number...].prefix(8).joined(separator: " ")
                    let name = String(match.1 ?? match.2 ?? "")
                    let (labels, first) = try arguments(rest[try #require(rest.firstIndex(of: "("))...])
                    types["\(owner.type).\(name)(\(name == "==" ? "_:_:" : labels))", default: []].insert(first)
                }
            }
        }
        var calls: Set<String> = []
        for (name, firsts) in types {
            for first in firsts { calls.insert(firsts.count > 1 ? "\(name)-\(first)" : name) }
        }
        // Members that the two share exist in both.
        for call in calls where call.hasPrefix("WiFiSecureClient.") {
            calls.remove(call)
            for type in ["WiFiSSLClient", "WiFiBearSSLClient"] { calls.insert(type + call.dropFirst(16)) }
        }
        return calls
    }

    /// The labels of an argument list, and the type of its first argument.
    private static func arguments(_ text: Substring) throws -> (labels: String, first: String) {
        var (depth, list, current) = (0, [String](), "")
        for character in text {
            if ")]>".contains(character) { depth -= 1 }
            if depth == 0, character == ")" { break }
            if character == ",", depth == 1 {
                list.append(current)
                current = ""
            } else if depth > 0 {
                current.append(character)
            }
            if "([<".contains(character) { depth += 1 }
        }
        if !current.allSatisfy(\.isWhitespace) { list.append(current) }
        let labels = try list.map { argument in
            String(try #require(argument.firstMatch(of: /^\s*(\w+)/)?.1)) + ":"
        }
        let first = list.first?.firstMatch(of: /:\s*([^=]+?)\s*(?:=|$)/)?.1 ?? ""
        return (labels.joined(), String(first))
    }
}
