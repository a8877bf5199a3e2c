import NINAWire
import TestSupport
import Testing

/// A message with a field of each kind, in both widths.
private struct AllKinds: Layout, Equatable {
    var byte: UInt8 = 0
    var little: UInt16 = 0
    var big: UInt16 = 0
    var signed: Int32 = 0
    var address = IPv4Address.any
    var hardware = MACAddress.zero
    var wide: UInt64 = 0
    var text: ArraySlice<UInt8> = []
    var data: ArraySlice<UInt8> = []

    mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("byte", &byte)
        try coder.u16("little", .little, &little)
        try coder.u16("big", .big, &big)
        try coder.i32("signed", .little, &signed)
        try coder.address("address", &address)
        try coder.hardwareAddress("hardware", &hardware)
        try coder.number("wide", NumberFormat(8, .little), &wide)
        try coder.text("text", &text)
        coder.width = .word
        try coder.bytes("data", .data, &data)
    }
}

/// The command that carries it, under a number in use: only the layout matters here.
private struct Carrier: Command {
    typealias Reply = AllKinds
    static var opcode: Opcode { .getSocket }
    static var summary: StaticString { "a field of each kind" }
    var fields = AllKinds()

    mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) { try fields.layout(&coder) }
}

@Suite(.timeLimit(.minutes(10))) struct FieldCoderTests {
    private let frame = Array(
        hex: """
            E0 3F 09 | 01 7F | 02 3412 | 02 1234 | 04 FEFFFFFF | 04 C0A80101 | 06 240AC4010203 \
            | 08 0807060504030281 | 02 'ok' | 0003 010203 | EE
            """)

    private var values: AllKinds {
        var values = AllKinds()
        values.byte = 0x7F
        values.little = 0x1234
        values.big = 0x1234
        values.signed = -2
        values.address = IPv4Address(192, 168, 1, 1)
        values.hardware = MACAddress(rawValue: 0x240A_C401_0203)
        values.wide = 0x8102_0304_0506_0708
        values.text = "ok".bytes
        values.data = [1, 2, 3]
        return values
    }

    @Test func everyKindIsWritten() throws {
        #expect(try encoded(Carrier(fields: values)).hex == frame.hex)
    }

    @Test func everyKindIsReadStrictly() throws {
        #expect(try FrameReader.command(Carrier.self, in: frame[...]).fields == values)
    }

    @Test func everyKindIsReadByPosition() throws {
        let header = try CommandHeader(window: frame[...])
        let command = try PositionalReader.command(
            Carrier.self, header: header, in: frame[...], missingBytes: .areRefused)
        #expect(command.fields == values)
    }

    @Test func widthsHaveLimits() {
        #expect(LengthWidth.byte.longestValue == 255)
        #expect(LengthWidth.word.longestValue == 65_535)
        #expect(NumberFormat(2, .big) == NumberFormat(2, .big, .unsigned))
        #expect(NumberFormat(2, .big) != NumberFormat(2, .little))
    }
}
