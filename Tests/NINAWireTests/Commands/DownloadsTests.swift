import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DownloadsTests {
    @Test func fetches() throws {
        #expect(
            try encoded(DownloadFile(url: "http://h".bytes, name: "f".bytes))
                == Array(hex: "E0 64 02 | 08 'http://h' | 01 'f' | EE"))
    }
}
