import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct CertificatesTests {
    private func certificate(_ window: [UInt8], _ missingBytes: MissingBytes = .areRefused) throws -> [UInt8] {
        let header = try CommandHeader(window: window[...], family: .adafruit)
        #expect(header.opcode == .setCliCert)
        let command = try PositionalReader.command(
            SetCliCert.self, header: header, in: window[...], missingBytes: missingBytes)
        return Array(command.certificate)
    }

    @Test(arguments: [0, 1, 255, 256, 257, 1300, 1700, 4087]) func anyLengthSurvives(_ length: Int) throws {
        let text = [UInt8](repeating: 0x41, count: length)
        let frame = try encoded(SetCliCert(certificate: text[...]))
        #expect(frame[3] == UInt8(truncatingIfNeeded: length))
        #expect(frame.count == 5 + length)
        #expect(try FrameReader.command(SetCliCert.self, in: frame[...]).certificate == text[...])
        for padding in [[], [0xFF, 0xFF], [0xEE, 0x41, 0xEE], [UInt8](repeating: 0xEE, count: 600)] {
            #expect(try certificate(frame + padding) == text)
        }
    }

    @Test func longerThanAFrameIsNotWritten() {
        let text = [UInt8](repeating: 0x41, count: 4088)
        #expect(throws: FrameError(.frameTooLong, at: 4092, expected: 4092, found: 4093)) {
            try encoded(SetCliCert(certificate: text[...]))
        }
    }

    @Test func withoutAnEndByteTheLengthCounts() throws {
        #expect(try certificate(Array(hex: "E0 40 01 | 03 'abc' | 000000")) == Array("abc".utf8))
        #expect(try certificate(Array(hex: "E0 40 01 | 09 'abc'"), .readAsZero) == Array("abc".utf8))
        #expect(throws: FrameError(.truncated, at: 4, expected: 9, found: 3)) {
            try certificate(Array(hex: "E0 40 01 | 09 'abc'"))
        }
        #expect(throws: FrameError(.truncated, at: 3, expected: 1, found: 0)) {
            try certificate(Array(hex: "E0 40 01"))
        }
    }

    @Test func trustAnchorMixesWidths() throws {
        let command = BrSetEcTa(name: [1, 2], flags: 1, curve: 24, key: [3])
        #expect(
            try encoded(command) == Array(hex: "E0 68 04 | 0002 0102 | 02 0001 | 02 0018 | 0001 03 | EE"))
    }
}
