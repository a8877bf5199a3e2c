import Foundation
import Testing
import ToolSupport

@testable import nina

/// The parts of `nina bench` that measure nothing: options, percentiles, text and JSON.
@Suite(.timeLimit(.minutes(10))) struct BenchUnitTests {
    private func options(_ words: [String]) throws -> BenchOptions {
        var arguments = Arguments(words)
        return try BenchOptions(&arguments)
    }

    // MARK: Options

    @Test func commandsAreMeasuredUnlessSomethingIsChosen() throws {
        #expect(try options([]).subjects == [.commands])
        #expect(try options(["--seconds", "2", "--bsd", "--pin", "--json"]).subjects == [.commands])
        #expect(try options(["--echo"]).subjects == [.echo])
        #expect(
            try options(["--http", "--slots", "10,64", "--tls", "--commands", "--http"]).subjects
                == [.http, .slots([10, 64]), .tls, .commands])
        #expect(
            try options(["--all"]).subjects
                == [.commands, .slots([10, 64]), .echo, .http, .tls, .storage, .fleet([1, 10, 1000])])
    }

    @Test func optionsSayHow() throws {
        let plain = try options([])
        #expect(!plain.isPinned && !plain.isJSON && plain.seconds == 6 && plain.family == .classic)
        #expect(plain.transport == nil)
        let all = try options(["--pin", "--json", "--seconds=9", "--bsd", "--transport", "unix:/a", "--fleet=3"])
        #expect(all.isPinned && all.isJSON && all.seconds == 9 && all.family == .bsd)
        #expect(all.transport == .unix(path: "/a"))
        #expect(all.subjects == [.fleet([3])])
        #expect(all.slice(9) == 1_000_000_000)
    }

    @Test(arguments: [
        ["--slots"], ["--slots", ""], ["--slots", "10,"], ["--slots", "0"], ["--slots", "65"], ["--slots", "10;64"],
        ["--fleet", "1,5001"], ["--fleet", "0"], ["--seconds", "0"], ["--seconds", "nan"], ["--seconds", "601"],
        ["--echo=1"], ["--https"], ["stray"],
    ])
    func wrongOptionsAreRefused(_ words: [String]) {
        #expect(throws: UsageError.self) { try self.options(words) }
    }

    // MARK: Figures

    @Test func percentilesAreOfTheNearestRank() {
        // 1 to 200 us, shuffled by a step that has no divisor in common with 200.
        let samples = Samples((0..<200 as Range<UInt64>).map { ($0 * 67 % 200 + 1) * 1000 })
        let summary = samples.summary
        #expect(summary.count == 200 && summary.p50 == 100 && summary.p99 == 198 && summary.longest == 200)
        let one = Samples([2500]).summary
        #expect(one.count == 1 && one.p50 == 2.5 && one.p99 == 2.5 && one.longest == 2.5)
        let none = Samples().summary
        #expect(none.count == 0 && none.p50 == 0 && none.p99 == 0 && none.longest == 0)
        var both = Samples([1000])
        both.append(contentsOf: Samples([3000, 2000]))
        #expect(both.summary.p50 == 2 && both.summary.longest == 3)
    }

    @Test func aSpreadHasTheMedianOfRounds() {
        let spread = Spread([5, 1, 9, 3, 7])
        #expect(spread.median == 5 && spread.low == 1 && spread.high == 9)
        #expect(Spread([]).median == 0)
    }

    @Test func aWriteIsAMultipleOfAFrame() {
        #expect(BulkTransfer.bufferLength(.takes) % 4083 == 0)
        #expect(BulkTransfer.bufferLength(.gives) % 4086 == 0)
    }

    @Test func numbersAreReadable() {
        let cases: [(Double, String, String)] = [
            (0, "0.000", "0"), (0.9344, "0.934", "0.934"), (1, "1.000", "1"), (9.0456, "9.046", "9.046"),
            (45.67, "45.7", "45.67"), (100.4, "100", "100"), (1234, "1,234", "1234"),
            (1_234_567.8, "1,234,568", "1234568"), (-12.34, "-12.3", "-12.34"), (.infinity, "-", "null"),
            (.nan, "-", "null"),
        ]
        for (value, text, plain) in cases {
            #expect(Numbers.grouped(value) == text)
            #expect(Numbers.plain(value) == plain)
        }
        #expect(Numbers.grouped(12_345_678) == "12,345,678")
    }

    // MARK: Reports

    private var report: BenchReport {
        var report = BenchReport(name: "sample", title: "A sample")
        report.figures = [
            Figure("rate_per_s", "rate", [300_000_000, 100_000_000, 200_000_000], "MB/s", scale: 1e6),
            Figure("ratio", "  over floor", 0.5),
        ]
        report.table = BenchTable(
            key: "cases",
            columns: [.init(key: "name", title: "name"), .init(key: "count", title: "count", unit: "of all")],
            rows: [[.text("first"), .count(12_345)], [.text("second one"), .none]])
        report.meanings = ["over floor: " + String(repeating: "a meaning ", count: 20)]
        report.leftOut = ["a \"thing\""]
        return report
    }

    @Test func aReportIsNarrowText() {
        let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { #expect(line.count <= 80 && !line.hasSuffix(" "), "\(line)") }
        #expect(lines[0] == "A sample")
        #expect(lines.contains("  rate                                  200 MB/s           100 to 300"))
        #expect(lines.contains("  name         count"))
        #expect(lines.contains("              of all"))
        #expect(lines.contains("  first       12,345"))
        #expect(lines.contains("  second one       -"))
        #expect(lines.contains("  left out: a \"thing\""))
    }

    @Test func aReportIsJSON() throws {
        let text = JSONText.object(report.members).text
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["rate_per_s"] as? Double == 200_000_000 && object["rate_per_s_low"] as? Double == 100_000_000)
        #expect(object["rate_per_s_high"] as? Double == 300_000_000 && object["ratio"] as? Double == 0.5)
        let rows = try #require(object["cases"] as? [[String: Any]])
        #expect(rows.count == 2 && rows[0]["count"] as? Int == 12_345 && rows[1]["count"] == nil)
        #expect(object["left_out"] as? [String] == ["a \"thing\""])
        #expect(object["name"] == nil)
    }

    @Test func theOnlyRowOfAFlatTableIsInTheObject() throws {
        var report = report
        report.isFlatWithOneRow = true
        report.table?.rows.removeLast()
        let text = JSONText.object(report.members).text
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["name"] as? String == "first" && object["count"] as? Int == 12_345)
    }
}
