import NINATrace
import NINAWire
import TestSupport
import Testing

/// Secrets are overwritten before anything is written.
@Suite(.timeLimit(.minutes(5))) struct SecretTests {
    @Test(arguments: [
        ("E0 11 02 | 03 'hub' | 08 'password' | EE 00 00", "E0 11 02 | 03 'hub' | 08 '********' | EE 00 00"),
        ("E0 12 03 | 03 'hub' | 01 00 | 05 'abcde' | EE", "E0 12 03 | 03 'hub' | 01 00 | 05 '*****' | EE"),
        ("E0 19 03 | 02 'ap' | 08 'password' | 01 06 | EE", "E0 19 03 | 02 'ap' | 08 '********' | 01 06 | EE"),
        // The window ends inside the passphrase.
        ("E0 11 02 | 03 'hub' | 08 'pass'", "E0 11 02 | 03 'hub' | 08 '****'"),
        // No end byte, as one driver sends it.
        ("E0 11 02 | 03 'hub' | 04 'pass' | 00 00", "E0 11 02 | 03 'hub' | 04 '****' | 00 00"),
        // A byte too many in front: everything behind the number is hidden.
        ("FF E0 11 02 | 03 'hub' | 04 'pass' | EE", "FF E0 11 02 | '*********' 2A"),
        ("E0 E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 E0 11 02 | '**********'"),
        ("E0 00 E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 00 E0 11 02 | '**********'"),
        ("E0 20 E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 20 E0 11 02 | '**********'"),
        // The number of a reply.
        ("E0 91 02 | 03 'hub' | 04 'pass' | EE", "E0 91 02 | '**********'"),
        // Wrong lengths and counts: everything behind the header is hidden.
        ("E0 11 02 | 03 'hub' | 03 'pass' | EE 00", "E0 11 02 | '***********'"),
        ("E0 11 02 | 02 'hub' | 04 'pass' | EE 00", "E0 11 02 | 02 'hub' | '*******'"),
        ("E0 11 03 | 03 'hub' | 02 'no' | 04 'pass' | EE", "E0 11 03 | '*************'"),
        ("E0 11 02 | 0003 'hub' | 0004 'pass' | EE", "E0 11 02 | '************'"),
        ("E0 11 02 | 14 'hub' | 04 'pass' | EE 00", "E0 11 02 | '***********'"),
        // Two frames in a window.
        ("E0 20 00 EE | E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 20 00 EE | E0 11 02 | '**********'"),
        ("E0 20 00 EE 00 E0 44 01", "E0 20 00 EE 00 E0 44 01"),
        // Data may look like such a frame.
        ("E0 44 02 | 0001 00 | 0004 E0 11 02 00 | EE", "E0 44 02 | 0001 00 | 0004 E0 11 02 00 | EE"),
        (
            "E0 40 06 | 0001 00 | 0003 'hub' | 0003 'joe' | 0004 'pass' | 0000 | 0000 | EE",
            "E0 40 06 | 0001 00 | 0003 'hub' | 0003 'joe' | 0004 '****' | 0000 | 0000 | EE"
        ),
        ("E0 10 01 | 04 'open' | EE", "E0 10 01 | 04 'open' | EE"),
        ("E0 44 02 | 0001 00 | 0004 'data' | EE", "E0 44 02 | 0001 00 | 0004 'data' | EE"),
    ]) func hidesThem(_ window: String, _ shown: String) throws {
        #expect(try SampleTrace.hidden(window, family: .arduino) == Array(hex: shown))
    }

    @Test func hidesThoseOfAdafruit() throws {
        #expect(
            try SampleTrace.hidden("E0 4C 01 | 04 'pass' | EE", family: .adafruit)
                == Array(hex: "E0 4C 01 | 04 '****' | EE"))
        // A family that the trace does not say may be either.
        #expect(try SampleTrace.hidden("E0 4C 01 | 04 'pass' | EE") == Array(hex: "E0 4C 01 | 04 '****' | EE"))
    }

    /// The query and the user of a URL.
    @Test func hidesPartsOfURLs() throws {
        let url = "http://me:pw@host/a?token=1"
        let window = "E0 67 01 | 1B '\(url)' | EE"
        let shown = "E0 67 01 | 1B 'http://*****@host/a?*******' | EE"
        #expect(url.utf8.count == 0x1B)
        #expect(try SampleTrace.hidden(window, family: .arduino) == Array(hex: shown))
    }

    /// A driver that sends its whole buffer sends what it held before, too.
    @Test func hidesTheRestOfTheBuffer() throws {
        let records = [
            TraceRecord(time: 1, coprocessor: 1, .windowOut(Array(hex: "E0 11 02 | 03 'hub' | 04 'word' | EE")[...])),
            TraceRecord(time: 2, coprocessor: 1, .windowOut(Array(hex: "E0 20 00 EE 'hub' 04 'word' EE 00 00")[...])),
            TraceRecord(time: 3, coprocessor: 1, .windowOut(Array(hex: "00 00 02 'hub' 04 'wo'")[...], .readsReply)),
            TraceRecord(time: 4, coprocessor: 1, .windowOut(Array(hex: "00 00 FF FF")[...], .readsReply)),
        ]
        let read = try SampleTrace.read(SampleTrace.encoded(records, as: .jsonLines, showsSecrets: false))
        let windows = read.compactMap { record -> [UInt8]? in
            guard case .windowOut(let bytes, _) = record.event else { return nil }
            return Array(bytes)
        }
        #expect(
            windows.dropFirst() == [
                Array(hex: "E0 20 00 EE '***********'"), Array(hex: "'*********'"), Array(hex: "00 00 FF FF"),
            ])
    }

    /// Some drivers pad with what their buffer held before.
    @Test func hidesStalePadding() throws {
        let records = [
            TraceRecord(time: 1, coprocessor: 1, .windowOut(Array(hex: "E0 20 00 EE 'word'")[...])),
            TraceRecord(time: 2, coprocessor: 1, .windowOut(Array(hex: "E0 11 02 | 01 'a' | 04 'word' | EE")[...])),
            TraceRecord(time: 3, coprocessor: 1, .windowOut(Array(hex: "E0 22 01 | 01 FF | EE 'or'")[...])),
            TraceRecord(time: 4, coprocessor: 2, .windowOut(Array(hex: "E0 22 01 | 01 FF | EE 'or'")[...])),
        ]
        let read = try SampleTrace.read(SampleTrace.encoded(records, as: .pcapng, showsSecrets: false))
        let windows = read.compactMap { record -> [UInt8]? in
            guard case .windowOut(let bytes, _) = record.event else { return nil }
            return Array(bytes)
        }
        #expect(windows[2] == Array(hex: "E0 22 01 | 01 FF | EE '**'"))
        #expect(windows[3] == Array(hex: "E0 22 01 | 01 FF | EE 'or'"))
    }

    @Test(arguments: TraceFormat.allCases) func noFormatHasThem(_ format: TraceFormat) {
        let secret = "correct-horse".bytes
        let window = [0xE0, 0x11, 0x02, 0x03] + Array("hub".utf8) + [UInt8(secret.count)] + secret + [0xEE]
        let record = TraceRecord(time: 1, coprocessor: 1, .windowOut(window[...]))
        let bytes = SampleTrace.encoded([record], as: format, showsSecrets: false)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("correct"))
        #expect(!String(decoding: bytes, as: UTF8.self).contains(secret.hex.lowercased()))
        let open = SampleTrace.encoded([record], as: format)
        #expect(open != bytes)
    }
}
