import NINATrace
import NINAWire
import TestSupport
import Testing

/// What is written is read again, unchanged.
@Suite(.timeLimit(.minutes(10))) struct FormatTests {
    @Test(arguments: [TraceFormat.jsonLines, .pcapng]) func returnsEveryEvent(_ format: TraceFormat) throws {
        #expect(try SampleTrace.read(SampleTrace.encoded(as: format)) == SampleTrace.records)
    }

    @Test func batchesKeepEveryEvent() {
        var batch = TraceBatch()
        for record in SampleTrace.records { batch.append(record) }
        var records: [TraceRecord] = []
        batch.forEach { records.append($0) }
        #expect(records == SampleTrace.records)
        #expect(batch.count == records.count)
        batch.removeAll()
        #expect(batch.isEmpty)
    }

    /// The latest times that a reader takes can be written in each format, and read again.
    @Test(arguments: TraceFormat.allCases) func writesTheLatestTimes(_ format: TraceFormat) throws {
        let last: UInt64 = 1 << 62 - 1
        let records = [
            TraceRecord(time: 0, coprocessor: 0, .time(unix: 1 << 63 - 1)),
            TraceRecord(time: last, coprocessor: 1, .windowOut(Array(hex: "E0 20 00 EE")[...])),
            TraceRecord(time: last, coprocessor: 1, .windowIn(Array(hex: "E0 A0 01 01 03 EE 00 00")[...])),
        ]
        for input in [records, Array(records.dropFirst())] {
            let read = try SampleTrace.read(SampleTrace.encoded(input, as: format))
            #expect(Self.windows(read) == Self.windows(records))
        }
    }

    private static func windows(_ records: [TraceRecord]) -> [[UInt8]] {
        records.compactMap { record in
            switch record.event {
            case .windowOut(let bytes, _), .windowIn(let bytes, _): Array(bytes)
            case .lines, .reset, .time, .coprocessor, .gap, .failure: nil
            }
        }
    }

    /// The lines of Protocol/trace.md.
    @Test func writesJSONAsDocumented() {
        let text = String(decoding: SampleTrace.encoded(as: .jsonLines), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == #"{"t":0,"c":0,"event":"time","format":1,"unix":"1790000000.123456789"}"#)
        #expect(
            lines[1]
                == #"{"t":0,"c":1,"event":"coprocessor","state":"on","firmware":"arduino-2.0.0","family":"arduino","slots":10,"address":"127.1.0.1"}"#
        )
        #expect(lines[2] == #"{"t":10,"c":1,"event":"reset","boots":1,"mode":"spi"}"#)
        #expect(lines[3] == #"{"t":20,"c":1,"event":"lines","irq":0,"reset":1}"#)
        #expect(lines[4] == #"{"t":5100,"c":1,"event":"out","bytes":"e02000ee"}"#)
        #expect(lines[6] == #"{"t":9800,"c":1,"event":"out","bytes":"000000000000","reads_reply":true}"#)
        #expect(lines[9] == #"{"t":30000,"c":0,"event":"gap","events":12}"#)
    }

    /// The bytes of Protocol/trace.md, written by hand.
    @Test func writesPacketsAsDocumented() {
        let bytes = SampleTrace.encoded(as: .pcapng)
        let packet = Array(hex: "01 01 00 01 00000001 E02000EE")
        #expect(bytes.indices.contains { bytes[$0...].starts(with: packet) })
        // Interface Description: type 1, length 72, link type 147, if_name of 13 bytes.
        let interface = Array(hex: "01000000 48000000 9300 0000 00000000 0200 0D00 'coprocessor 1' 000000 0300 0D00")
        #expect(bytes.indices.contains { bytes[$0...].starts(with: interface) })
        let lines = Array(hex: "01 03 00 01 00000001 06 04")
        #expect(bytes.indices.contains { bytes[$0...].starts(with: lines) })
    }

    /// A section in the other byte order, by hand: one interface with microseconds, one packet.
    @Test func readsTheOtherByteOrder() throws {
        let bytes = Array(
            hex: "0A0D0D0A 0000001C 1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF 0000001C"
                + "00000001 00000014 0093 0000 00000000 00000014"
                + "00000006 0000002C 00000000 00000000 00000005 0000000C 0000000C 01020002 00000007 EF00EE00 0000002C")
        #expect(
            try SampleTrace.read(bytes) == [
                TraceRecord(time: 0, coprocessor: 7, .windowIn(Array(hex: "EF 00 EE 00")[...]))
            ])
    }

    /// As many interfaces as a trace has coprocessors.
    @Test func readsEveryInterfaceThatIsWritten() throws {
        let records = (1...100_001).map { TraceRecord(time: 0, coprocessor: $0, .reset(boots: 1, bluetooth: false)) }
        #expect(try SampleTrace.read(SampleTrace.encoded(records, as: .pcapng)) == records)
    }

    /// The next file of a rotated trace can be read alone.
    @Test(arguments: [TraceFormat.jsonLines, .pcapng]) func nextFilesStandAlone(_ format: TraceFormat) throws {
        var encoder = TraceEncoder(format, program: "nina test", showsSecrets: true)
        var first: [UInt8] = []
        for record in SampleTrace.records.prefix(8) { encoder.append(record, to: &first) }
        var second: [UInt8] = []
        encoder.beginNextFile(to: &second)
        for record in SampleTrace.records.dropFirst(8) { encoder.append(record, to: &second) }
        let records = try SampleTrace.read(second)
        #expect(records.first == TraceRecord(time: 10_000, coprocessor: 0, .time(unix: SampleTrace.unix + 10_000)))
        #expect(records[1].coprocessor == 1)
        #expect(records[2].coprocessor == 2)
        #expect(Array(records.dropFirst(3)) == Array(SampleTrace.records.dropFirst(8)))
    }

    @Test func endingsChooseTheFormat() {
        #expect(TraceFormat(path: "a/b.jsonl") == .jsonLines)
        #expect(TraceFormat(path: "a.b.PCAPNG") == .pcapng)
        #expect(TraceFormat(path: "x.vcd") == .vcd)
        #expect(TraceFormat(path: "x.txt") == nil)
        #expect(TraceFormat(path: "vcd") == nil)
    }

    /// Windows come back from the modelled lines with their bytes.
    @Test func waveformsHaveTheWindows() throws {
        let bytes = SampleTrace.encoded(as: .vcd)
        let windows = try SampleTrace.read(bytes).compactMap { record -> [UInt8]? in
            switch record.event {
            case .windowOut(let bytes, _), .windowIn(let bytes, _): Array(bytes)
            default: nil
            }
        }
        #expect(windows == [Array(hex: "E0 20 00 EE"), Array(hex: "E0 A0 01 01 03 EE 00 00")])
    }
}
