import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

/// Which lines are written, and how many.
@Suite(.timeLimit(.minutes(10))) struct LogTests {
    /// A reader of the lines, and a clock.
    private final class Reader {
        var text = ""
        var isThere = true
        var waits: [UInt64] = []
        var now: UInt64 = 7_000_000_000

        func log(_ level: LogLevel = .info, _ format: LogFormat = .text, isColored: Bool = false) -> Log {
            let output = LogOutput(
                isColored: isColored,
                hasRoom: { [unowned self] in
                    waits.append($0)
                    return isThere
                }, write: { [unowned self] in text += $0 })
            return Log(level: level, format: format, to: output, now: { [unowned self] in now })
        }

        /// The ends of the lines behind the name of the program, since the last call.
        func take() -> [String] {
            defer { text = "" }
            return text.split(separator: "\n").map { line in
                line.split(separator: " ", maxSplits: 2).last.map(String.init) ?? ""
            }
        }
    }

    @Test func lessImportantLinesAreNotEvenMade() {
        let reader = Reader()
        let log = reader.log(.warning)
        var made = 0
        func text() -> String {
            made += 1
            return "x"
        }
        for level in [.debug, .info, .warning, .error] as [LogLevel] { log.write(level, text()) }
        #expect(reader.take() == ["warning: x", "error: x"])
        #expect(made == 2)
    }

    @Test func aLineNamesItsCoprocessor() {
        let reader = Reader()
        let source = LogSource(coprocessor: 3, address: IPv4Address(127, 1, 2, 1))
        reader.log().write(.info, from: source, "x")
        #expect(reader.take() == ["info: coprocessor 3, 127.1.2.1: x"])
        reader.log(.info, .json).write(.info, from: source, "x")
        #expect(reader.text.hasPrefix("{\"time\":\""))
        #expect(reader.text.hasSuffix("\"coprocessor\":3,\"address\":\"127.1.2.1\",\"text\":\"x\"}\n"))
        reader.text = ""
        reader.log(isColored: true).write(.info, "x")
        #expect(reader.take() == ["\u{1B}[32minfo\u{1B}[0m: x"])
    }

    /// 1000 at once, and from then on 100 a second.
    @Test func aFloodIsLimited() {
        let reader = Reader()
        let log = reader.log()
        for number in 1...1003 { log.write(.info, "\(number)") }
        #expect(reader.take() == (1...1000).map { "info: \($0)" })
        reader.now += 9_999_999
        log.write(.info, "early")
        #expect(reader.take().isEmpty)
        // 15 milliseconds after the first line, and 20.
        reader.now += 5_000_001
        log.write(.info, "next")
        #expect(reader.take() == ["warning: 4 log lines were left out", "info: next"])
        log.write(.info, "early")
        #expect(reader.take().isEmpty)
        reader.now += 5_000_000
        log.write(.info, "next")
        #expect(reader.take() == ["warning: 1 log lines were left out", "info: next"])
    }

    /// However long nothing was written.
    @Test func aPauseAllowsNoMoreThanAtTheStart() {
        let reader = Reader()
        let log = reader.log()
        reader.now += 3_600_000_000_000
        for _ in 0..<1200 { log.write(.error, "x") }
        #expect(reader.take().count == 1000)
        reader.now += 3_600_000_000_000
        for _ in 0..<1200 { log.write(.error, "x") }
        #expect(reader.take().count == 1001, "with the one that counts")
    }

    @Test func whatDebuggingWritesIsNotLimited() {
        let reader = Reader()
        let log = reader.log(.debug)
        for _ in 0..<3000 { log.write(.debug, "x") }
        log.write(.info, "y")
        #expect(reader.take().count == 3001)
    }

    /// All coprocessors wait for a slow reader, but only once.
    @Test func aReaderThatStandsStillCostsLines() {
        let reader = Reader()
        let log = reader.log()
        log.write(.info, "1")
        reader.isThere = false
        for number in 2...4 { log.write(.info, "\(number)") }
        #expect(reader.take() == ["info: 1"])
        reader.isThere = true
        log.write(.info, "5")
        log.write(.info, "6")
        #expect(reader.take() == ["warning: 3 log lines were left out", "info: 5", "info: 6"])
        reader.isThere = false
        log.write(.info, "7")
        #expect(reader.waits == [100_000_000, 100_000_000, 0, 0, 0, 100_000_000, 100_000_000])
    }

    @Test func theLeftOutAreCountedInTheSameFormat() {
        let reader = Reader()
        let log = reader.log(.info, .json)
        reader.isThere = false
        log.write(.info, "x")
        reader.isThere = true
        log.write(.info, "y")
        let lines = reader.text.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        #expect(lines[0].contains("\"level\":\"warning\",\"text\":\"1 log lines were left out\""))
    }
}
