import Foundation
import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(10))) struct LogLineTests {
    private let source = LogSource(coprocessor: 12, address: IPv4Address(rawValue: 0x7F01_0001))

    private func line(_ text: String, at milliseconds: UInt64 = 0, from source: LogSource? = nil) -> LogLine {
        LogLine(milliseconds: milliseconds, level: .warning, source: source, text: text)
    }

    /// The end of a leap year, its last day of February, the last day of February of a year that is none, as GNU date has them.
    @Test(arguments: [
        (0 as UInt64, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_868_799_007, "2000-02-29T23:59:59.007Z"), (978_307_199_000, "2000-12-31T23:59:59.000Z"),
        (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ])
    func aLineBeginsWithItsTime(milliseconds: UInt64, time: String) {
        #expect(line("on", at: milliseconds).text(isColored: false) == "\(time) nina-emulator: warning: on")
    }

    @Test func aLineNamesItsCoprocessor() {
        let text = line("joined", from: source).text(isColored: false)
        #expect(text.hasSuffix(" nina-emulator: warning: coprocessor 12, 127.1.0.1: joined"))
    }

    @Test func onlyATerminalGetsColors() {
        #expect(line("on").text(isColored: true).contains("\u{1B}[33mwarning\u{1B}[0m"))
        #expect(!line("on").text(isColored: false).contains("\u{1B}"))
    }

    @Test(arguments: [
        "plain", "", "\"quoted\" \\ back\\u0041slash", "a\nb\r\n\tc\0", "\u{1B}[31m\u{7F}\u{85}", "\u{2028}\u{2029}",
        "umlaut \u{FC}, \u{1F600}",
        String(decoding: [0x61, 0xFF, 0xC3, 0xED, 0xA0, 0x80, 0x62] as [UInt8], as: UTF8.self),
    ])
    func everyTextIsOneJSONObjectInOneLine(text: String) throws {
        for source in [nil, source] {
            let json = line(text, from: source).json
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            #expect(object["text"] as? String == text)
            #expect(object["level"] as? String == "warning")
            #expect(object["time"] as? String == "1970-01-01T00:00:00.000Z")
            #expect(object["coprocessor"] as? Int == (source == nil ? nil : 12))
            #expect(object["address"] as? String == (source == nil ? nil : "127.1.0.1"))
            #expect(json.split(omittingEmptySubsequences: false) { $0.isNewline }.count == 1)
        }
    }

    /// Two lines fit into what a pipe takes at once, however long their texts are: plain ones, escaped ones, wide ones.
    @Test(arguments: ["x", "\u{7F}", "\u{1F600}", "\"", "\u{1F469}\u{200D}\u{1F680}"])
    func aLineIsBounded(_ piece: String) throws {
        let text = String(repeating: piece, count: 10_000)
        let most = LogSource(coprocessor: .max, address: IPv4Address(rawValue: .max))
        let long = LogLine(milliseconds: 253_402_300_799_999, level: .warning, source: most, text: text)
        for line in [long.text(isColored: true), long.text(isColored: false), long.json] {
            #expect(line.utf8.count + 1 <= LogLine.longestText + 240)
            #expect(line.contains(" bytes were left out"))
        }
        let leftOut = LogLine(
            milliseconds: 253_402_300_799_999, level: .warning, source: nil, text: "\(Int.max) log lines were left out")
        #expect(LogLine.longestText + 240 + max(leftOut.text(isColored: true), leftOut.json).utf8.count + 1 <= 4096)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(long.json.utf8)) as? [String: Any])
        let words = try #require((object["text"] as? String)?.split(separator: " "))
        try #require(words.count == 7 && words[1] == "...")
        // Whole characters are left out, and counted as they came.
        let kept = String(words[0])
        #expect(text.unicodeScalars.starts(with: kept.unicodeScalars))
        #expect(Int(words[2]) == text.utf8.count - kept.utf8.count)
    }

    /// The longest text is whole, one byte more is not.
    @Test func theLongestTextIsWhole() {
        let most = String(repeating: "x", count: LogLine.longestText)
        #expect(line(most).text(isColored: false).hasSuffix(": \(most)"))
        #expect(line(most + "y").text(isColored: false).hasSuffix("x ... 1 bytes were left out"))
    }

    @Test func aTextCannotFakeALine() {
        let text = line("a\nnina-emulator: error: b\u{1B}[2J").text(isColored: false)
        #expect(text.hasSuffix("a\\u000Anina-emulator: error: b\\u001B[2J"))
    }
}
