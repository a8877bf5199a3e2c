import Foundation
import Testing

/// Each statement of Protocol/dialects.md has a row in Protocol/dialects-tests.md: the tests that hold it, or the reason why
/// there are none.
@Suite(.timeLimit(.minutes(10))) struct DialectTableTests {
    private struct Row {
        /// The section and the letter, as in `SET_KEY (a)`.
        var statement: String
        /// Each as `Suite.test`.
        var tests: [String]
        var reason: String
    }

    private func lines(_ file: String) throws -> [Substring] {
        let url = Recordings.package.appendingPathComponent("Protocol").appendingPathComponent(file)
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The statements, from the section Framing on. Each block of text begins with a letter, but for introductions that end with
    /// a colon or name the commands a section is for.
    private func statements() throws -> [String] {
        var statements: [String] = []
        var section = ""
        var letters = 0
        var startsBlock = true
        for line in try lines("dialects.md").drop(while: { $0 != "## Framing" }) {
            if line.hasPrefix("## ") {
                section = String(line.dropFirst(3))
                (letters, startsBlock) = (0, true)
                continue
            }
            if line.isEmpty || line.hasPrefix("|") {
                startsBlock = true
                continue
            }
            let text = line.hasPrefix("- ") ? line.dropFirst(2) : line
            let isIntroduction = ["For ", "What "].contains { text.hasPrefix($0) }
            if startsBlock || line.hasPrefix("- "), !isIntroduction {
                #expect(text.hasPrefix("("), "\(section): a statement without a letter: \(line)")
            }
            startsBlock = false
            for match in line.matches(of: #/\(([a-z])\) /#) {
                let expected = UnicodeScalar(UInt8(97 + letters))
                #expect(String(match.1) == String(expected), "\(section): letters in their order: \(line)")
                letters += 1
                statements.append("\(section) (\(match.1))")
            }
        }
        return statements
    }

    private func rows() throws -> [Row] {
        try lines("dialects-tests.md").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| statement") }.map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(cells.count == 5, "\(line)")
            let tests = cells[2].matches(of: /`(\w+\.\w+)`/).map { String($0.1) }
            return Row(statement: cells[1], tests: tests, reason: cells[3])
        }
    }

    @Test func everyStatementHasARow() throws {
        let statements = try statements()
        let rows = try rows()
        #expect(Set(statements).count == statements.count)
        #expect(Set(rows.map(\.statement)).count == rows.count)
        for statement in Set(statements).subtracting(rows.map(\.statement)).sorted() {
            Issue.record("dialects-tests.md has no row of \(statement)")
        }
        for statement in Set(rows.map(\.statement)).subtracting(statements).sorted() {
            Issue.record("dialects.md has no statement \(statement)")
        }
        for row in rows where row.tests.isEmpty && row.reason.isEmpty {
            Issue.record("\(row.statement): neither a test nor a reason")
        }
        let held = rows.count { !$0.tests.isEmpty }
        print("\(statements.count) statements of dialects.md: \(held) with a test, \(rows.count - held) with a reason")
    }

    @Test func everyTestExists() throws {
        let folder = Recordings.package.appendingPathComponent("Tests")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var found: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("@Test") else { continue }
            let suites = text.matches(of: /(?:struct|extension|class) (\w+)/).map { String($0.1) }
            for test in text.matches(of: /\bfunc (\w+)\(/) {
                for suite in suites { found.insert("\(suite).\(test.1)") }
            }
        }
        for row in try rows() {
            for test in row.tests where !found.contains(test) { Issue.record("\(row.statement): there is no \(test)") }
        }
    }
}
