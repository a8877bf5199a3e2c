import NINATrace
import Testing

@testable import nina

/// The document of `nina report` and `nina watch`, whatever is in a trace.
@Suite(.timeLimit(.minutes(5))) struct WatchPageTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func everythingIsInOneDocument() {
        let page = WatchPage(nonce: "0123")
        for document in [text(page.live()), text(page.report([Array("{}\n".utf8)]))] {
            #expect(document.hasPrefix("<!doctype html>") && document.hasSuffix("</html>\n"))
            #expect(!document.contains(" src=\"") && !document.contains("rel=\"stylesheet\""))
            #expect(!document.contains("http:") && !document.contains("https:"))
            let scripts = document.matches(of: #/<script( [^>]*)>/#).map { String($0.1) }
            #expect(scripts.count > 5)
            #expect(scripts.allSatisfy { $0 == " nonce=\"0123\"" || $0.hasPrefix(" type=\"text/plain\"") })
            #expect(document.contains("<style nonce=\"0123\">"))
            #expect(document.firstMatch(of: #/ on[a-z]+=/#) == nil)
        }
        #expect(!page.policy.contains("unsafe") && page.policy.hasPrefix("default-src 'none'"))
    }

    @Test func aReportBringsItsPolicyAndItsLines() {
        let page = WatchPage(nonce: "0123")
        let document = text(page.report([Array("{\"name\":\"a\"}\n".utf8), Array("{\"t\":1}\n".utf8)]))
        #expect(document.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"\(page.policy)\">"))
        #expect(document.contains("id=\"trace\">{\"name\":\"a\"}\n{\"t\":1}\n</script>"))
        #expect(!text(page.live()).contains("Content-Security-Policy"))
    }

    @Test func textOfATraceCannotEndTheScript() {
        let hostile = #"{"text":"</script><script>alert(1)</script><!--<script>"}"# + "\n"
        let document = text(WatchPage(nonce: "0123").report([Array(hostile.utf8)]))
        #expect(document.contains(#"{"text":"\u003c/script>\u003cscript>alert(1)"#))
        #expect(!document.contains("<script>") && !document.contains("<!--"))
    }

    @Test func eachDocumentHasANumberOfItsOwn() {
        let words = (0..<100).map { _ in WatchPage.randomWord() }
        #expect(Set(words).count == 100)
        #expect(words.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    // MARK: What is left out

    private func line(_ text: String, isCommand: Bool = true, isLasting: Bool = false) -> WatchLines.Line {
        WatchLines.Line(bytes: Array(text.utf8), isCommand: isCommand, isLasting: isLasting)
    }

    @Test func theNewestLinesStayAndWhatTheyNeed() {
        var window = LineWindow(longest: 3, largest: 1000)
        window.append(line("on", isCommand: false, isLasting: true))
        for number in 1...5 { window.append(line("\(number)")) }
        #expect(window.lines.map(text) == ["on", "3", "4", "5"])
        #expect(window.commands == 5 && window.droppedCommands == 2)
    }

    @Test func bytesAreBounded() {
        var window = LineWindow(longest: 1000, largest: 10)
        for _ in 1...5 { window.append(line("four")) }
        #expect(window.lines.map(text) == ["four", "four"] && window.droppedCommands == 3)
        window.append(line("a line that is longer than all"))
        #expect(window.lines.count == 1)
    }

    @Test func manyLinesAreDroppedInLittleTime() {
        var window = LineWindow(longest: 10, largest: 1000)
        for number in 0..<20_000 { window.append(line("\(number)")) }
        #expect(window.lines.map(text).last == "19999" && window.lines.count == 10)
        #expect(window.droppedCommands == 19_990)
    }
}
