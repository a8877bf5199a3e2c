import NINATrace
import TestSupport
import Testing

/// What logic analyzers export.
@Suite(.timeLimit(.minutes(10))) struct CaptureTests {
    private static let expected: [TraceRecord.Event] = [
        .windowOut(Array(hex: "E0 20 00 EE")[...]), .windowIn(Array(hex: "E0 A0 01 01 03 EE")[...], .clocked),
    ]

    private static let exchange: [(mosi: [UInt8], miso: [UInt8])] = [
        (Array(hex: "E0 20 00 EE"), Array(hex: "00 00 00 00")),
        (Array(hex: "00 00 00 00 00 00"), Array(hex: "E0 A0 01 01 03 EE")),
    ]

    private func events(_ text: String, _ source: TraceSource) throws -> [TraceRecord.Event] {
        let bytes = Array(text.utf8)
        #expect(TraceSource(of: bytes) == source)
        return try SampleTrace.read(bytes, source).map(\.event)
    }

    /// Logic 2: the order of the columns and quotes differ between versions, and there may be a duration.
    @Test func readsTheTableOfLogic2() throws {
        var text = "name,type,start_time,duration,\"mosi\",\"miso\"\n"
        var time = -0.001
        for (mosi, miso) in Self.exchange {
            text += "\"SPI\",\"enable\",\(time),8e-09,,\n"
            for (out, back) in zip(mosi, miso) {
                time += 1e-6
                text += "\"SPI\",\"result\",\(time),1e-06,0x\([out].hex),0x\([back].hex)\n"
            }
            text += "\"SPI\",\"disable\",\(time + 5e-7),8e-09,,\n"
            time += 1e-5
        }
        #expect(try events(text, .saleae) == Self.expected)
        #expect(try SampleTrace.read(Array(text.utf8)).first?.time == 4500)
    }

    @Test func readsTheOlderExport() throws {
        var text = "Time [s],Packet ID,MOSI,MISO\r\n"
        for (packet, window) in Self.exchange.enumerated() {
            for (out, back) in zip(window.mosi, window.miso) {
                text += "\(packet).5e-06,\(packet),0x\([out].hex),0x\([back].hex)\r\n"
            }
        }
        #expect(try events(text, .saleae) == Self.expected)
    }

    /// What sigrok-cli 0.7.2 has printed for such an exchange, with `-l 4` and without, and PulseView's form.
    @Test(arguments: [
        """
        100-684 spi-1: miso-transfer: "00 00 00 00"
        100-684 spi-1: mosi-transfer: "E0 20 00 EE"
        1184-1960 spi-1: miso-transfer: "E0 A0 01 01 03 EE"
        1184-1960 spi-1: mosi-transfer: "00 00 00 00 00 00"
        """,
        """
        100-684 spi-1: 00 00 00 00
        100-684 spi-1: E0 20 00 EE
        1184-1960 spi-1: E0 A0 01 01 03 EE
        1184-1960 spi-1: 00 00 00 00 00 00
        """,
        """
        100-684 SPI: MOSI transfer: E0 20 00 EE
        1184-1960 SPI: MISO transfer: E0 A0 01 01 03 EE
        """,
    ]) func readsSigrok(_ text: String) throws {
        #expect(try events(text, .sigrok) == Self.expected)
        var times: [UInt64] = []
        try TraceSource.sigrok.read(Array(text.utf8), samplesPerSecond: 100_000_000) { times.append($0.time) }
        #expect(times == [6840, 19_600])
    }

    @Test func readsHex() throws {
        let text = """
            # status
            > E0 20 00 EE
            < e0a0010103ee0000   # the reply

            e02000ee
            EF 00 EE 00
            """
        #expect(
            try events(text, .hex) == [
                .windowOut(Array(hex: "E0 20 00 EE")[...]), .windowIn(Array(hex: "E0 A0 01 01 03 EE 00 00")[...]),
                .windowOut(Array(hex: "E0 20 00 EE")[...]), .windowIn(Array(hex: "EF 00 EE 00")[...]),
            ])
    }

    /// Bytes as logs, C, Python and other tools print them.
    @Test(arguments: [
        "E0 20 00 EE", "e02000ee", "0xE0 0x20 0x00 0xEE", "0xE0, 0x20, 0x0, 0xEE,", "E0, 20, 00, EE", "E0:20:00:EE",
        "{ 0xE0, 0x20, 0x00, 0xEE }", "{0xE0,0x20,0x00,0xEE}", "[0xe0, 0x20, 0x00, 0xee]",
        "uint8_t status[] = {0xE0, 0x20, 0x00, 0xEE};", #""\xE0\x20\x00\xEE""#, "> 0XE0 0X20 0X00 0XEE # status",
    ]) func readsHexAsPeopleCopyIt(_ text: String) throws {
        #expect(try events(text, .hex) == [.windowOut(Array(hex: "E0 20 00 EE")[...])])
    }

    @Test(arguments: [
        ("", "byte 0, file: it is empty"), ("# nothing\n\n", "byte 11, file: it ends without an event"),
        ("name,type,start_time,mosi\n", "byte 26, file: it ends without an event"),
        ("name,type,start_time\n", "line 1, mosi: the first line has no column 'mosi' or 'miso'"),
        ("name,type,mosi\n", "line 1, start_time: the first line has no column 'start_time'"),
        ("name,type,start_time,mosi\nSPI,result,1,0xE0\n", "line 2, type: a byte outside of a window"),
        ("name,type,start_time,mosi\nSPI,enable,x,\n", "line 2, start_time: expected seconds, got 'x'"),
        (
            "name,type,start_time,mosi\nSPI,enable,1,\nSPI,result,1,0xE00\n",
            "line 3, mosi: expected a byte such as 0xE0, got '0xE00'"
        ),
        ("name,type,start_time,mosi\nSPI,enable,1,\nSPI,result,0.5,0xE0\n", "line 3, start_time: 0.5 is before"),
        ("Time [s],Packet ID,MOSI,MISO\n1,,0xE0,0x00\n", "line 2, Packet ID: it is empty"),
        ("1-2 spi-1: mosi-bits: E0\n", "line 1, class: expected mosi-transfer or miso-transfer, got ' mosi-bits'"),
        ("1-2 spi-1: mosi-transfer: E0 2\n", "line 1, bytes: expected two hex digits a byte"),
        ("> E0 2\n", "line 1, window: expected > or <"),
        ("$timescale 3 ns $end\n", "line 1, $timescale: expected 1, 10 or 100 and a unit, got '3ns'"),
        ("$enddefinitions $end\n", "line 1, $var: the wires CS, SCK, and MOSI or MISO are needed"),
    ]) func nameLineAndField(_ text: String, _ expected: String) {
        let bytes = Array(text.utf8)
        var found: TraceError?
        do throws(TraceError) {
            try TraceSource(of: bytes).read(bytes) { _ in }
        } catch {
            found = error
        }
        let description = found.map { "\($0)" } ?? "no error"
        #expect(description.hasPrefix(expected), "\(description)")
    }
}
