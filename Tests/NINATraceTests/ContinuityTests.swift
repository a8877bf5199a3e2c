import NINATrace
import NINAWire
import TestSupport
import Testing

/// What a decoder knows behind a gap, behind a rotation, and of what was said before.
@Suite(.timeLimit(.minutes(10))) struct ContinuityTests {
    private static let status = TraceRecord.Event.windowOut(Array(hex: "E0 20 00 EE")[...])
    private static let connected = TraceRecord.Event.windowIn(Array(hex: "E0 A0 01 01 03 EE 00 00")[...])
    private static let startUDP = TraceRecord.Event.windowOut(
        Array(hex: "E0 28 04 | 04 00000000 | 02 0050 | 01 00 | 01 01 | EE")[...])
    private static let started = TraceRecord.Event.windowIn(Array(hex: "E0 A8 01 01 01 EE 00 00")[...])
    private static let getData = TraceRecord.Event.windowOut(
        Array(hex: "E0 45 02 | 0001 00 | 0002 0001 | EE 00")[...])
    private static let noData = TraceRecord.Event.windowIn(Array(hex: "E0 C5 01 0000 EE 00 00")[...])
    private static let stopUDP = TraceRecord.Event.windowOut(Array(hex: "E0 2E 01 01 00 EE FF FF")[...])
    private static let stopped = TraceRecord.Event.windowIn(Array(hex: "E0 AE 01 01 01 EE 00 00")[...])
    private static let start = TraceRecord.Event.reset(boots: 1, bluetooth: false)
    private static let isOn = TraceRecord.Event.coprocessor(.on(firmware: "arduino-2.0.0", family: .arduino))

    private static func records(_ events: [TraceRecord.Event]) -> [TraceRecord] {
        events.enumerated().map { index, event in
            if case .gap = event { return TraceRecord(time: UInt64(index), coprocessor: 0, event) }
            if case .time = event { return TraceRecord(time: UInt64(index), coprocessor: 0, event) }
            return TraceRecord(time: UInt64(index), coprocessor: 1, event)
        }
    }

    private static func items(
        _ records: [TraceRecord], _ options: TraceDecoder.Options = TraceDecoder.Options()
    ) -> [DecodedItem] {
        var options = options
        options.isStrict = true
        var decoder = TraceDecoder(options)
        var items: [DecodedItem] = []
        for record in records { items += decoder.decode(record) }
        return items + decoder.finish()
    }

    /// The writer knows no coprocessor for what it has left out: a gap of coprocessor 0 is one of each.
    @Test func aCommandBeforeAGapHasNoFault() {
        let items = Self.items(Self.records([Self.start, Self.status, .gap(3), Self.status, Self.connected]))
        #expect(items.flatMap(\.findings).isEmpty, "\(items)")
    }

    @Test func nothingIsPairedAcrossAGap() {
        let items = Self.items(Self.records([Self.start, Self.status, .gap(3), Self.connected]))
        let exchanges = items.compactMap { item -> Exchange? in
            guard case .exchange(let exchange) = item else { return nil }
            return exchange
        }
        #expect(exchanges.map(\.out.isEmpty) == [false, true])
        #expect(exchanges.map { $0.reply == nil } == [true, false])
        #expect(items.flatMap(\.findings).isEmpty)
    }

    /// A slot may have been opened, or closed, in the gap.
    @Test func slotsAreUnknownBehindAGap() {
        let opened = Self.items(Self.records([Self.start, .gap(3), Self.getData, Self.noData]))
        #expect(opened.flatMap(\.findings).isEmpty)
        let closed = Self.items(Self.records([Self.start, Self.startUDP, Self.started, .gap(3)]))
        #expect(closed.flatMap(\.findings).isEmpty)
        let windows = [Self.status, Self.connected, .gap(1), .windowOut(Array(hex: "00 00")[...], .readsReply)]
        #expect(Self.items(Self.records(windows)).flatMap(\.findings).isEmpty)
    }

    /// A trace that is rotated anywhere: its second file, and both, have no fault that the whole has not.
    @Test(arguments: 0...8) func aRotationMakesNoFault(_ place: Int) throws {
        let events = [
            Self.isOn, Self.start, Self.startUDP, Self.started, Self.getData, Self.noData, Self.stopUDP, Self.stopped,
        ]
        let records = Self.records([.time(unix: SampleTrace.unix)] + events)
        try #require(Self.items(records).flatMap(\.findings).isEmpty)
        var encoder = TraceEncoder(.jsonLines, program: "nina test")
        var files: [[UInt8]] = [[], []]
        for record in records.prefix(place + 1) { encoder.append(record, to: &files[0]) }
        encoder.beginNextFile(to: &files[1])
        for record in records.dropFirst(place + 1) { encoder.append(record, to: &files[1]) }
        for file in [files[1], files[0] + files[1]] {
            let findings = Self.items(try SampleTrace.read(file)).flatMap(\.findings)
            #expect(findings.isEmpty, "\(findings)")
        }
    }

    @Test func rulesCanBeChosen() {
        let records = Self.records([
            Self.start, .windowOut(Array(hex: "E0 22 01 01 FF EE 61 62")[...]),
            .windowIn(Array(hex: "E0 A2 01 06 010203040506 EE 00")[...]), Self.startUDP, Self.started,
        ])
        func rules(_ rules: Set<Finding.Rule>) -> [Finding.Rule] {
            var options = TraceDecoder.Options()
            options.rules = rules
            return Self.items(records, options).flatMap(\.findings).map(\.rule)
        }
        #expect(rules(Set(Finding.Rule.allCases)) == [.padding, .leak])
        #expect(rules([.padding]) == [.padding])
        #expect(rules([.leak]) == [.leak])
        #expect(rules([.frame]) == [])
    }

    /// Padding has what an earlier window had: `--bytes` and `--json` hide it as `--to` does.
    @Test func stalePaddingBehindASecretIsHidden() {
        let password = TraceRecord.Event.windowOut(Array(hex: "E0 11 02 | 03 'hub' | 04 'pass' | EE 00 00")[...])
        let stale = TraceRecord.Event.windowOut(Array(hex: "E0 22 01 01 FF EE AA BB")[...])
        // Said again by the next file: what was told before stays a secret.
        let records = Self.records([Self.isOn, password, Self.started, Self.isOn, stale])
        let items = Self.items(records)
        let text = items.map { ItemText(showsBytes: true).lines($0) }.joined()
        #expect(text.contains("> e0 22 01 01 ff ee 2a 2a"), "\(text)")
        #expect(!text.contains("aa bb") && !text.contains("70 61 73 73"))
        var json: [UInt8] = []
        for item in items { ItemJSON().append(item, to: &json) }
        #expect(!String(decoding: json, as: UTF8.self).contains("aabb"))
        var options = TraceDecoder.Options()
        options.showsSecrets = true
        let open = Self.items(records, options).map { ItemText(showsBytes: true).lines($0) }.joined()
        #expect(open.contains("> e0 22 01 01 ff ee aa bb"))
    }

    /// Text is for people: addresses as they are printed elsewhere, numbers with their names, text with line ends.
    @Test(arguments: [
        ("E0 22 01 01 FF EE 00 00", "E0 A2 01 06 030201C40A24 EE 00", "address=24:0A:C4:01:02:03"),
        ("E0 2F 01 01 00 EE 00 00", "E0 AF 01 01 04 EE 00 00", "state=4 (established)"),
        ("E0 20 00 EE", "E0 A0 01 01 2A EE 00 00", "status=42  ("),
        ("E0 33 01 01 00 EE 00 00", "E0 B3 01 01 04 EE 00 00", "type=4 (WPA2)"),
        (
            "E0 44 02 | 0001 00 | 0004 'a' 5C 0D 0A | EE 00 00 00", "E0 C4 01 | 02 0400 | EE 00",
            #"data=4 bytes "a\\\r\n""#
        ),
        ("E0 28 04 | 04 00000000 | 02 0050 | 01 00 | 01 01 | EE", "E0 A8 01 01 01 EE 00 00", "type=1 (UDP)"),
    ]) func textIsForPeople(_ out: String, _ reply: String, _ shown: String) {
        let items = Self.items(
            Self.records([.windowOut(Array(hex: out)[...]), .windowIn(Array(hex: reply)[...])]))
        let text = items.map { ItemText(showsBytes: false).lines($0) }.joined()
        #expect(text.contains(shown), "\(text)")
    }

    /// Adafruit's firmware sends the first octet first.
    @Test func addressesOfAdafruitAreNotReversed() {
        var options = TraceDecoder.Options()
        options.firmware = .adafruit330
        let items = Self.items(
            Self.records([
                .windowOut(Array(hex: "E0 22 01 01 FF EE 00 00")[...]),
                .windowIn(Array(hex: "E0 A2 01 06 240AC4010203 EE 00")[...]),
            ]), options)
        #expect(items.contains { ItemText(showsBytes: false).lines($0).contains("address=24:0A:C4:01:02:03") })
    }
}
