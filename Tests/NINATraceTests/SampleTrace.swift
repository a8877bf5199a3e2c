import NINATrace
import NINAWire
import TestSupport

/// A trace with every kind of event.
enum SampleTrace {
    static let firmware = "arduino-2.0.0"
    static let unix: UInt64 = 1_790_000_000_123_456_789

    static let records: [TraceRecord] = [
        TraceRecord(time: 0, coprocessor: 0, .time(unix: unix)),
        TraceRecord(
            time: 0, coprocessor: 1,
            .coprocessor(.on(firmware: firmware, family: .arduino, slots: 10, address: "127.1.0.1"))),
        TraceRecord(time: 10, coprocessor: 1, .reset(boots: 1, bluetooth: false)),
        TraceRecord(time: 20, coprocessor: 1, .lines(LineLevels(known: [.interrupt, .reset], high: .reset))),
        TraceRecord(time: 5100, coprocessor: 1, .windowOut(Array(hex: "E0 20 00 EE")[...])),
        TraceRecord(time: 9730, coprocessor: 1, .windowIn(Array(hex: "E0 A0 01 01 03 EE 00 00")[...])),
        TraceRecord(time: 9800, coprocessor: 1, .windowOut(Array(hex: "00 00 00 00 00 00")[...], .readsReply)),
        TraceRecord(time: 10_000, coprocessor: 2, .coprocessor(.on(firmware: "adafruit-3.3.0", family: .adafruit))),
        TraceRecord(time: 20_000, coprocessor: 2, .windowOut(Array(hex: "E0 41 01 03 'key' EE")[...], .lost)),
        TraceRecord(time: 30_000, coprocessor: 0, .gap(12)),
        TraceRecord(time: 40_000, coprocessor: 2, .failure("a \"text\" with\na line end and ü")),
        TraceRecord(time: 50_000, coprocessor: 1, .reset(boots: 2, bluetooth: true)),
        TraceRecord(time: 60_000, coprocessor: 1, .windowIn([], .clocked)),
        TraceRecord(time: 70_000, coprocessor: 1, .coprocessor(.off)),
    ]

    static func encoded(
        _ records: [TraceRecord] = records, as format: TraceFormat, showsSecrets: Bool = true
    ) -> [UInt8] {
        var encoder = TraceEncoder(format, program: "nina test", showsSecrets: showsSecrets)
        var output: [UInt8] = []
        for record in records { encoder.append(record, to: &output) }
        encoder.end(to: &output)
        return output
    }

    static func read(_ bytes: [UInt8], _ source: TraceSource? = nil) throws -> [TraceRecord] {
        var records: [TraceRecord] = []
        try (source ?? TraceSource(of: bytes)).read(bytes) { records.append($0) }
        return records
    }

    /// The trace of a window as JSON lines, hidden. Its bytes are a part of an array, as those of a batch are.
    static func hidden(_ window: String, family: TraceFamily? = nil) throws -> [UInt8] {
        let records = [
            TraceRecord(time: 0, coprocessor: 1, .coprocessor(.on(family: family))),
            TraceRecord(time: 1, coprocessor: 1, .windowOut(([7, 7, 7] + Array(hex: window))[3...])),
        ]
        let read = try read(encoded(records, as: .jsonLines, showsSecrets: false))
        guard case .windowOut(let bytes, _) = read.last?.event else { return [] }
        return Array(bytes)
    }
}
