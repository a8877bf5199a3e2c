import NINATrace
import NINAWire
import TestSupport
import Testing

/// A trace of the recordings: drivers and firmware that are not of this package, seen by its decoder.
@Suite(.timeLimit(.minutes(10))) struct TraceVectorTests {
    /// The recorded exchanges as events, one a microsecond.
    private static func records(_ recordings: [Recording], _ firmware: Firmware) -> [TraceRecord] {
        var time: UInt64 = 0
        var records = [
            TraceRecord(
                time: 0, coprocessor: 1,
                .coprocessor(.on(firmware: "\(firmware.name)", family: TraceFamily(firmware.family))))
        ]
        for recording in recordings {
            time += 1000
            records.append(TraceRecord(time: time, coprocessor: 1, .windowOut(recording.command[...])))
            guard let reply = recording.reply else { continue }
            time += 1000
            records.append(TraceRecord(time: time, coprocessor: 1, .windowIn(reply[...])))
        }
        return records
    }

    private static func decoded(_ records: [TraceRecord], _ firmware: Firmware, strict: Bool) -> [Exchange] {
        var options = TraceDecoder.Options()
        options.firmware = firmware
        options.isStrict = strict
        var decoder = TraceDecoder(options)
        let items = records.flatMap { decoder.decode($0) } + decoder.finish()
        return items.compactMap { item in
            guard case .exchange(let exchange) = item else { return nil }
            return exchange
        }
    }

    private static func firmware(of file: Recordings) -> Firmware {
        file == .esp32SPI ? .adafruit330 : .arduino200
    }

    /// Each recorded command is one line, with its command and its reply, whatever the format between.
    @Test(arguments: Recordings.allCases) func everyExchangeIsDecoded(_ file: Recordings) throws {
        let recordings = try file.load()
        let firmware = Self.firmware(of: file)
        let records = Self.records(recordings, firmware)
        let exchanges = Self.decoded(records, firmware, strict: false)
        try #require(exchanges.count == recordings.count)
        for (exchange, recording) in zip(exchanges, recordings) {
            #expect(exchange.opcode == recording.opcode, "\(recording.name)")
            #expect(exchange.out.elementsEqual(recording.command), "\(recording.name)")
            let isError = recording.reply?.first == Frame.error
            #expect(exchange.isRefused == isError, "\(recording.name)")
            guard exchange.opcode != nil else { continue }
            #expect(exchange.fields != nil, "\(recording.name)")
            // A reply that cannot be read is an exception with a reason.
            guard recording.reply != nil, !isError, exchange.replyFields == nil else { continue }
            let command = recording.command.hex
            #expect(
                vectorExceptions.contains { $0.file == file && command.hasPrefix($0.command) }
                    || isNoFrame(exchange, firmware), "\(recording.name): \(exchange)")
        }
        for format in [TraceFormat.jsonLines, .pcapng] {
            var encoder = TraceEncoder(format, program: "nina test", showsSecrets: true)
            var bytes: [UInt8] = []
            for record in records { encoder.append(record, to: &bytes) }
            var read: [TraceRecord] = []
            try TraceSource(of: bytes).read(bytes) { read.append($0) }
            #expect(read == records)
        }
    }

    /// Replies of this firmware that are laid out like no other.
    private func isNoFrame(_ exchange: Exchange, _ firmware: Firmware) -> Bool {
        exchange.opcode == .writeFile && firmware.quirks.contains(.writeReplyEchoesCount)
            || exchange.opcode == .readFile && firmware.quirks.contains(.readsAnswerCount)
    }

    /// The windows come back from the modelled lines, too: those that begin like a command.
    @Test(arguments: Recordings.allCases) func waveformsHaveEveryCommand(_ file: Recordings) throws {
        let recordings = try file.load().prefix(60).filter { $0.command.first == Frame.start && $0.reply != nil }
        var encoder = TraceEncoder(.vcd, program: "nina test", showsSecrets: true)
        var bytes: [UInt8] = []
        for record in Self.records(Array(recordings), Self.firmware(of: file)) { encoder.append(record, to: &bytes) }
        encoder.end(to: &bytes)
        var windows: [[UInt8]] = []
        try TraceSource.vcd.read(bytes) { record in
            switch record.event {
            case .windowOut(let bytes, _), .windowIn(let bytes, _): windows.append(Array(bytes))
            case .lines, .reset, .time, .coprocessor, .gap, .failure: break
            }
        }
        let expected = recordings.flatMap { [$0.command, $0.reply ?? []] }.filter { !$0.isEmpty }
        #expect(windows == expected)
    }

    /// What the lint says of drivers that work: their frames have faults that modules tolerate, and no others.
    @Test(arguments: Recordings.drivers) func driversBreakFewRules(_ file: Recordings) throws {
        let firmware = Self.firmware(of: file)
        let exchanges = Self.decoded(Self.records(try file.load(), firmware), firmware, strict: true)
        var rules: [Finding.Rule: Int] = [:]
        for finding in exchanges.flatMap(\.findings) { rules[finding.rule, default: 0] += 1 }
        print("\(file.rawValue): \(exchanges.count) commands, \(rules)")
        #expect(rules[.handshake] == nil)
        #expect(rules[.lost] == nil)
    }
}
