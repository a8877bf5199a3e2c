import Foundation
import Testing

/// The scripts for contributors: each prints its help, and refuses what it does not know before it starts any work.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ScriptTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The executable files of a folder.
    private static func scripts() throws -> [String] {
        try ["Tools", ".ci"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(package)/\(folder)").map { "\(folder)/\($0)" }
        }
        .filter { name in
            var isFolder: ObjCBool = false
            let path = "\(package)/\(name)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: path)
        }
        .sorted()
    }

    @Test func eachPrintsItsHelp() throws {
        let scripts = try Self.scripts()
        #expect(scripts.contains("Tools/watch-tests") && scripts.contains(".ci/run"))
        for script in scripts {
            for option in ["--help", "-h"] {
                let result = try ProcessTests.run(path: "\(Self.package)/\(script)", [option])
                #expect(result.status == .exited(0), "\(script)")
                #expect(!result.output.isEmpty && result.errors.isEmpty, "\(script): \(result.errors)")
            }
        }
    }

    @Test func eachRefusesAnUnknownOption() throws {
        for script in try Self.scripts() {
            let result = try ProcessTests.run(path: "\(Self.package)/\(script)", ["--no-such-option"])
            #expect(result.status == .exited(2), "\(script)")
            #expect(result.errors.contains("--no-such-option"), "\(script): \(result.errors)")
            #expect(result.output.isEmpty, "\(script)")
        }
    }

    /// A misspelled option would otherwise run every test.
    @Test(arguments: [
        ("Tools/watch-tests", ["--filer", "PinsTests"], "--filer"), ("Tools/watch-tests", ["PinsTests"], "PinsTests"),
        ("Tools/watch-tests", ["--filter"], "--filter needs a value"),
        ("Tools/watch-tests", ["--minutes", "soon"], "--minutes"), ("Tools/watch-tests", ["--minutes"], "--minutes"),
        ("Tools/test", ["--filer", "PinsTests"], "--filer"), ("Tools/test", ["NoSuchTests"], "NoSuchTests"),
        ("Tools/test", ["NINAWireTests", "--filer=x"], "--filer"), ("Tools/test", ["--steps", "none"], "none"),
        ("Tools/guest-test", ["--seconds", "long"], "--seconds"), ("Tools/guest-test", ["--seconds"], "--seconds"),
        ("Tools/check-docs", ["--symbols"], "--symbols needs a value"), ("Tools/check-sources", ["a", "b"], "'b'"),
        ("Tools/lint", ["stray"], "stray"), ("Tools/setup", ["stray"], "stray"), (".ci/run", ["stray"], "stray"),
    ])
    func wrongUsageIsExplained(script: String, arguments: [String], words: String) throws {
        let result = try ProcessTests.run(path: "\(Self.package)/\(script)", arguments)
        #expect(result.status == .exited(2))
        #expect(result.errors.contains(words) && result.errors.contains("--help"), "\(result.errors)")
        #expect(result.output.isEmpty)
    }
}
