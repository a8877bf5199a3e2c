import Foundation
import NINATrace
import NINAWire
import TestSupport
import Testing

/// Damaged traces of every format: each is read or refused with an error that says where, and decoded.
@Suite(.timeLimit(.minutes(60))) struct HostileTraceTests {
    private static let captures: [(TraceSource, String)] = [
        (
            .saleae,
            """
            name,type,start_time,duration,"mosi","miso"
            "SPI","enable",0.1,8e-09,,
            "SPI","result",0.11,1e-06,0xE0,0x00
            "SPI","result",0.12,1e-06,0x20,0x00
            "SPI","disable",0.13,8e-09,,

            """
        ),
        (.saleae, "Time [s],Packet ID,MOSI,MISO\n0.1,0,0xE0,0x00\n0.2,0,0x20,0x00\n0.3,1,0x00,0xE0\n"),
        (
            .sigrok,
            """
            100-684 spi-1: miso-transfer: "00 00 00 00"
            100-684 spi-1: mosi-transfer: "E0 20 00 EE"
            1184-1960 spi-1: E0 A0 01 01 03 EE

            """
        ),
        (.hex, "> E0 20 00 EE # status\n< E0 A0 01 01 03 EE 00 00\nE0 11 02 03 68 75 62 02 68 69 EE 00\n"),
    ]

    private static var seeds: [(TraceSource, [UInt8])] {
        let written: [(TraceSource, [UInt8])] = [
            (.jsonLines, SampleTrace.encoded(as: .jsonLines)), (.pcapng, SampleTrace.encoded(as: .pcapng)),
            (.vcd, SampleTrace.encoded(Array(SampleTrace.records.prefix(6)), as: .vcd)),
        ]
        return written + captures.map { ($0.0, Array($0.1.utf8)) }
    }

    /// 100 of each, or NINA_TRACE_ROUNDS of each.
    @Test(arguments: 0..<7) func everyDamagedTraceIsReadOrRefused(_ index: Int) throws {
        let rounds = ProcessInfo.processInfo.environment["NINA_TRACE_ROUNDS"].flatMap { Int($0) } ?? 100
        let (source, seed) = Self.seeds[index]
        var random = RandomSource(seed: testSeed())
        var refused = 0
        var events = 0
        for _ in 0..<rounds {
            let bytes = Self.damaged(seed, &random)
            var options = TraceDecoder.Options()
            options.isStrict = true
            var decoder = TraceDecoder(options)
            var encoders = TraceFormat.allCases.map { TraceEncoder($0, program: "nina test") }
            var output: [UInt8] = []
            let text = ItemText(showsBytes: true)
            let json = ItemJSON()
            do throws(TraceError) {
                try source.read(bytes) { record in
                    events += 1
                    for item in decoder.decode(record) {
                        _ = text.lines(item)
                        json.append(item, to: &output)
                    }
                    for index in encoders.indices { encoders[index].append(record, to: &output) }
                }
            } catch {
                refused += 1
                try #require(!"\(error)".isEmpty && "\(error)".utf8.count < 400)
            }
            for item in decoder.finish() { json.append(item, to: &output) }
        }
        print("\(source): \(rounds) damaged traces, \(refused) refused, \(events) events")
        #expect(rounds < 100 || refused > rounds / 10)
    }

    /// One to four changes: a byte, a digit, a piece cut out, doubled or moved, the end cut off.
    private static func damaged(_ seed: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = seed
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { return bytes }
            let index = random.below(bytes.count)
            let end = min(bytes.count, index + 1 + random.below(24))
            switch random.below(8) {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[index] ^= 1 << UInt8(random.below(8))
            case 2: bytes[index] = [0, 0xFF, 0x7F, 0x80, 0x22, 0x2C, 0x39, 0x2D][random.below(8)]
            case 3: bytes.removeSubrange(index..<end)
            case 4: bytes.insert(contentsOf: bytes[index..<end], at: random.below(bytes.count))
            case 5: bytes.insert(contentsOf: Array(repeating: bytes[index], count: 1 + random.below(40)), at: index)
            case 6: bytes = Array(bytes.prefix(index))
            default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
            }
        }
        return bytes
    }
}
