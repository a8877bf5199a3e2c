import NINATrace
import TestSupport
import Testing

/// Malformed traces: an error names the line or byte and the field.
@Suite(.timeLimit(.minutes(10))) struct ErrorTests {
    private static let head = #"{"t":0,"c":0,"event":"time","format":1,"unix":"1.000000000"}"# + "\n"

    @Test(arguments: [
        (#"{"t":1,"c":1,"event":"out","bytes":"e02"}"#, "line 2, bytes: expected hex digits, two a byte, got 'e02'"),
        (#"{"t":1,"c":1,"event":"out"}"#, "line 2, bytes: the key is missing"),
        (#"{"t":-1,"c":1,"event":"out","bytes":""}"#, "line 2, 't': expected a string, a whole number"),
        (#"{"t":1.5,"c":1,"event":"out","bytes":""}"#, "line 2, 't': expected a whole number (column 7)"),
        (#"{"t":99999999999999999999,"c":1}"#, "line 2, 't': the number is too large"),
        (#"{"t":4611686018427387904,"c":1,"event":"gap","events":1}"#, "line 2, t: expected a whole number, at most"),
        (
            #"{"t":1,"c":0,"event":"time","format":1,"unix":"9223372036.854775808"}"#,
            "line 2, unix: 9223372036854775808 ns since 1970 is after the year 2262"
        ),
        (
            #"{"t":9,"c":0,"event":"time","format":1,"unix":"0.000000008"}"#,
            "line 2, unix: the trace began before 1970"
        ),
        (#"{"t":1,"c":4294967296,"event":"gap","events":1}"#, "line 2, c: expected a whole number, at most 4294967295"),
        (#"{"t":1,"c":1,"event":"nonsense"}"#, "line 2, event: no event is called 'nonsense'"),
        (#"{"t":1,"c":1,"event":"gap","events":1,"extra":2}"#, "line 2, 'extra': an event 'gap' has no such key"),
        (#"{"t":1,"t":1,"c":1,"event":"gap","events":1}"#, "line 2, 't': the key stands there twice"),
        (#"{"t":1,"c":1,"event":"lines","irq":2}"#, "line 2, irq: expected a whole number, at most 1"),
        (#"{"t":1,"c":1,"event":"reset","boots":1,"mode":"x"}"#, "line 2, mode: expected spi or bluetooth, got 'x'"),
        (#"{"t":1,"c":1,"event":"out","bytes":"","cut":1}"#, "line 2, cut: expected true or false"),
        (
            #"{"t":1,"c":0,"event":"time","format":2,"unix":"1.000000000"}"#,
            "line 2, format: this program reads format 1"
        ),
        (#"{"t":1,"c":0,"event":"time","format":1,"unix":"1.5"}"#, "line 2, unix: expected seconds with nine decimals"),
        (#"{"t":1,"c":1,"event":"failure","text":"\ud800"}"#, "line 2, 'text': half of a surrogate pair"),
        (#"{"t":1,"c":1,"event":"failure","text":"\q"}"#, #"line 2, 'text': '\q' is no escape"#),
        (#"{"t":1,"c":1,"event":"failure","text":"x"#, "line 2, 'text': the string has no end"),
        (#"{"t":1} x"#, "line 2, 'object': something follows it: 'x'"),
        ("", "line 2, object: the line is empty"),
        ("[1]", "line 2, 'object': expected {, got '[1]'"),
        (
            #"{"t":1,"c":1,"event":"coprocessor","state":"on","family":"other"}"#,
            "line 2, family: expected arduino or adafruit, got 'other'"
        ),
    ]) func nameLineAndKey(_ line: String, _ expected: String) {
        let bytes = Array((Self.head + line + "\n").utf8)
        #expect("\(error(bytes))".hasPrefix(expected), "\(error(bytes))")
    }

    @Test func timesMayNotDecrease() {
        let lines = [2, 1].map { #"{"t":\#($0),"c":1,"event":"gap","events":1}"# + "\n" }
        #expect("\(error(Array(lines.joined().utf8)))" == "line 2, t: 1 is before the event in front of it, 2")
    }

    /// A file that ends anywhere is an error that says where, and what is in front of it is read.
    @Test(arguments: TraceFormat.allCases) func everyPrefixIsSafe(_ format: TraceFormat) throws {
        let bytes = SampleTrace.encoded(as: format)
        let source = TraceSource(of: bytes)
        // A VCD is long, and alike throughout.
        for count in stride(from: 0, to: bytes.count, by: format == .vcd ? 41 : 1) {
            do throws(TraceError) {
                try source.read(Array(bytes.prefix(count))) { _ in }
            } catch {
                #expect(!error.field.isEmpty && !error.problem.isEmpty)
            }
        }
    }

    /// Each field of pcapng, changed in a good file.
    @Test(arguments: [
        ("1A2B3C4D", "1A2B3C4E", "byte 8, byte-order magic"), ("0001 0000 FF", "0002 0000 FF", "byte 12, version"),
        ("00000014 0093", "00000015 0093", "byte 32, block length"), ("0093 0000", "0001 0000", "byte 56, link type"),
        ("0000002C 00000000 0000", "0000002C 00000001 0000", "byte 56, interface"),
        ("0000000C 0000000C", "0000001C 0000001C", "byte 68, captured length"),
        ("0000000C 0000000C", "0000000C 0000000D", "byte 68, captured length"),
        ("01020002", "02020002", "byte 76, version"), ("01020002", "01090002", "byte 76, kind"),
        ("01020002", "01022002", "byte 76, flags"), ("01020002", "01020003", "byte 76, family"),
        ("EE00 0000002C", "EE00 0000002D", "byte 88, block length"),
    ]) func nameByteAndField(_ good: String, _ bad: String, _ expected: String) {
        let text =
            "0A0D0D0A 0000001C 1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF 0000001C "
            + "00000001 00000014 0093 0000 00000000 00000014 "
            + "00000006 0000002C 00000000 00000000 00000005 0000000C 0000000C 01020002 00000007 EF00EE00 0000002C"
        let changed = Array(hex: text.replacing(good, with: bad, maxReplacements: 1))
        #expect("\(error(changed))".hasPrefix(expected), "\(error(changed))")
    }

    private func error(_ bytes: [UInt8]) -> TraceError {
        do throws(TraceError) {
            try TraceSource(of: bytes).read(bytes) { _ in }
        } catch {
            return error
        }
        return TraceError(.line(0), "none", "no error")
    }
}
