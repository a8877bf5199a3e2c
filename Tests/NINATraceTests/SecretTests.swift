import NINALink
import NINATrace
import NINAWire
import TestSupport
import Testing

/// Secrets are overwritten before anything is written.
@Suite(.timeLimit(.minutes(10))) struct SecretTests {
    @Test(arguments: [
        ("E0 11 02 | 03 'hub' | 08 'password' | EE 00 00", "E0 11 02 | 03 'hub' | 08 '********' | EE 00 00"),
        ("E0 12 03 | 03 'hub' | 01 00 | 05 'abcde' | EE", "E0 12 03 | 03 'hub' | 01 00 | 05 '*****' | EE"),
        ("E0 19 03 | 02 'ap' | 08 'password' | 01 06 | EE", "E0 19 03 | 02 'ap' | 08 '********' | 01 06 | EE"),
        (
            "E0 40 06 | 0001 00 | 0003 'hub' | 0003 'joe' | 0004 'pass' | 0000 | 0000 | EE",
            "E0 40 06 | 0001 00 | 0003 'hub' | 0003 'joe' | 0004 '****' | 0000 | 0000 | EE"
        ),
        ("E0 10 01 | 04 'open' | EE", "E0 10 01 | 04 'open' | EE"),
        ("E0 44 02 | 0001 00 | 0004 'data' | EE", "E0 44 02 | 0001 00 | 0004 'data' | EE"),
    ]) func hidesThem(_ window: String, _ shown: String) throws {
        #expect(try SampleTrace.hidden(window, family: .arduino) == Array(hex: shown))
    }

    /// Of a frame with a defect nothing behind the header is shown if the command has secrets, else lengths and numbers.
    @Test(arguments: [
        // The window ends inside the passphrase; no end byte.
        ("E0 11 02 | 03 'hub' | 08 'pass'", "E0 11 02 | '*********'"),
        ("E0 11 02 | 03 'hub' | 04 'pass' | 00 00", "E0 11 02 | '*********' | 00 00"),
        // The passphrase's length is too small, the name's is too large, or swallows the rest.
        ("E0 11 02 | 03 'hub' | 07 'correct-horse' | EE", "E0 11 02 | '******************' 2A"),
        ("E0 11 02 | 14 'hub' | 0D 'correct-horse'", "E0 11 02 | '******************'"),
        ("E0 11 02 | 12 'hub' | 0D 'correct-horse' | EE 00 00", "E0 11 02 | '*******************' | 00 00"),
        // Another count; lengths of two bytes.
        ("E0 11 03 | 03 'hub' | 04 'pass' | EE", "E0 11 03 | '**********'"),
        ("E0 11 02 | 0003 'hub' | 0004 'pass' | EE", "E0 11 02 | 00 '****' | 00 '******'"),
        // Two frames in a window; a start byte twice, or behind a byte too many.
        ("E0 20 00 EE E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 20 00 EE 2A2A2A '**********'"),
        (
            "E0 11 02 | 01 'a' | 01 'b' | EE E0 11 02 | 01 'a' | 04 'pass' | EE",
            "E0 11 02 | 01 'a' | 01 2A | EE '***********'"
        ),
        ("E0 E0 11 02 | 03 'hub' | 04 'pass' | EE", "E0 E0 11 | '***********'"),
        ("E0 E0 11", "E0 E0 11"),
        ("E0 00 E0 11 02 | 04 'pass' | EE", "E0 00 E0 | '********'"),
        ("FF E0 11 02 | 03 'hub' | 04 'pass' | EE", "FF E0 11 02 | '**********'"),
        ("00 E0 11 02 | 04 'pass' | EE", "00 E0 11 02 | '******'"),
        // The start byte, or the number, is damaged.
        ("E1 11 02 | 03 'hub' | 04 'pass' | EE", "'*************'"),
        ("E0 13 02 | 03 'hub' | 04 'pass' | EE", "E0 13 02 | '**********'"),
        ("E0 10 02 | 03 'hub' | 04 'pass' | EE", "E0 10 02 | 03 '***' | '******'"),
        ("E0 30 02 | 03 'hub' | 04 'pass' | EE", "E0 30 02 | 03 '*********'"),
        // Without a secret lengths and numbers stay, for those who look for the defect.
        ("E0 44 02 | 0001 00 | 0005 'data' | EE", "E0 44 02 | 0001 00 | 0005 '****' 2A"),
        ("E0 44 02 | 0001 00 | 0009 'data' | EE", "E0 44 02 | 0001 00 | 0009 '****' 2A"),
        ("E0 20 01 EE", "E0 20 01 EE"), ("E0 20 00 AA EE", "E0 20 00 2A 2A"), ("E0 13 00 EE 00", "E0 13 00 EE 00"),
        ("E0 11 00 EE 'a'", "E0 11 00 EE 2A"),
        ("E0", "E0"), ("", ""),
    ]) func hidesTheRestOfADefect(_ window: String, _ shown: String) throws {
        for family in [TraceFamily.arduino, nil] {
            #expect(try SampleTrace.hidden(window, family: family) == Array(hex: shown), "\(window)")
        }
    }

    /// What a host's buffer held before, and the rest of a window that was split.
    @Test(
        arguments: [
            ("E0 20 00 EE 'hub' | 04 'pass' | EE", "E0 20 00 EE '*********'"),
            ("E0 20 00 'hub' | 04 'pass' | EE", "E0 20 00 '*********'"),
            ("FF 'b' 04 'pass' | EE FF", "FF '*******' FF"),
            ("'orse' EE 00 00", "'*****' 00 00"),
        ], [WindowFlags.readsReply, .lost, []])
    func hidesStaleBytes(_ windows: (String, String), _ flags: WindowFlags) throws {
        let record = TraceRecord(time: 1, coprocessor: 1, .windowOut(Array(hex: windows.0)[...], flags))
        let read = try SampleTrace.read(SampleTrace.encoded([record], as: .jsonLines, showsSecrets: false))
        #expect(read.first?.event == .windowOut(Array(hex: windows.1)[...], flags.union(.hidden)))
    }

    /// A damaged window never shows five bytes of its passphrase in a row, in any format. Behind a start byte that is misplaced four of
    /// them can stand as number, count and a length of two bytes, which stay for those who look for the defect.
    @Test func damagedWindowsShowNone() throws {
        var random = SplitMix64(seed: testSeed())
        let secret = Array("correct-hors".utf8)
        let parts = (0...secret.count - 5).map { Array(secret[$0..<$0 + 5]) }
        let frame = [0xE0, 0x11, 0x02, 0x03] + Array("hub".utf8) + [UInt8(secret.count)] + secret + [0xEE, 0, 0, 0]
        for round in 0..<200 {
            let windows = Self.damaged(frame, round, &random)
            let records = windows.enumerated().map { number, window in
                let flags = [[], WindowFlags.lost, .readsReply].randomElement(using: &random) ?? []
                return TraceRecord(time: UInt64(number), coprocessor: 1, .windowOut(window[...], flags))
            }
            for format in TraceFormat.allCases {
                let bytes = SampleTrace.encoded(records, as: format, showsSecrets: false)
                guard let events = try? SampleTrace.read(bytes) else {
                    // A waveform in which nobody has clocked a window has no event.
                    #expect(format == .vcd)
                    continue
                }
                let read = events.compactMap { record -> ArraySlice<UInt8>? in
                    switch record.event {
                    case .windowOut(let bytes, _), .windowIn(let bytes, _): bytes
                    case .lines, .reset, .time, .coprocessor, .gap, .failure: nil
                    }
                }
                // Nor has a waveform a window that nobody clocked.
                if format != .vcd { #expect(read.map(\.count) == windows.map(\.count)) }
                let shown = read.contains { window in parts.contains { Self.has($0, in: window) } }
                try #require(!shown, "\(format): \(windows.map(\.hex)) as \(read.map { Array($0).hex })")
            }
        }
    }

    /// One or two windows with a frame that is damaged in one of five ways.
    private static func damaged(_ frame: [UInt8], _ way: Int, _ random: inout SplitMix64) -> [[UInt8]] {
        var frame = frame
        let place = Int.random(in: 1..<frame.count, using: &random)
        switch way % 5 {
        case 0:
            // Not in the passphrase itself.
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                frame[Int.random(in: 0..<8, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            return [frame]
        case 1: return [Bool.random(using: &random) ? Array(frame[place...]) : Array(frame[..<place])]
        case 2: return [Array(frame[..<place]), Array(frame[place...])]
        case 3:
            let length = Int.random(in: 1...frame.count - place, using: &random)
            frame.insert(contentsOf: frame[place..<place + length], at: Int.random(in: 0...frame.count, using: &random))
            return [frame]
        default:
            let command: [UInt8] =
                Bool.random(using: &random) ? [0xE0, 0x20, 0, 0xEE] : [0xE0, 0x10, 1, 1, 0x61, 0xEE]
            return [frame, command + frame[min(command.count, place)...]]
        }
    }

    private static func has(_ part: [UInt8], in window: ArraySlice<UInt8>) -> Bool {
        window.indices.dropLast(part.count - 1).contains { window[$0..<$0 + part.count].elementsEqual(part) }
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

    /// A password that is not escaped is hidden, too.
    @Test(arguments: [
        ("http://h/a", "http://h/a"), ("http://u:p@h/a", "http://***@h/a"), ("http://h/a#b", "http://h/a#*"),
        ("https://u:se/secret@h/", "https://***********@h/"), ("http://u:secret?x@h/", "http://*************"),
        ("http://u:secret#@h", "http://***********"), ("http:///u:secret@h/", "http:///********@h/"),
        ("http:/u:secret@h/", "http:/********@h/"), ("u:secret@h//a", "********@h//a"),
        ("u:se//cret@h", "**********@h"),
        ("http://u:s@e@h", "http://*****@h"), ("@", "@"), ("http://", "http://"), ("a?", "a?"), ("", ""),
    ]) func hidesUnescapedPasswords(_ url: String, _ shown: String) throws {
        let window = [0xE0, 0x64, 0x02, UInt8(url.utf8.count)] + Array(url.utf8) + [0x01, 0x66, 0xEE]
        let expected = [0xE0, 0x64, 0x02, UInt8(url.utf8.count)] + Array(shown.utf8) + [0x01, 0x66, 0xEE]
        let hidden = try SampleTrace.hidden(window.hex, family: .arduino)
        #expect(String(decoding: hidden, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
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
