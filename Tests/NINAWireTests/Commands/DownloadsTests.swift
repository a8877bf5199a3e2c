import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct DownloadsTests {
    @Test func fetches() throws {
        #expect(
            try encoded(DownloadFile(url: "http://h".bytes, name: "f".bytes))
                == Array(hex: "E0 64 02 | 08 'http://h' | 01 'f' | EE"))
        #expect(try encoded(DownloadOTA(url: "http://h".bytes)) == Array(hex: "E0 67 01 | 08 'http://h' | EE"))
        #expect(try encoded(ResultCode(3), to: DownloadOTA.self).hex == "E0E7010103EE")
        #expect(try encoded(ApplyOTA()).hex == "E06500EE")
    }
}
