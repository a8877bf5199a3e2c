import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct PreferenceFileTests {
    private let name = PreferenceName("space".utf8)

    @Test func hasTheBytesThatAreWrittenDown() throws {
        let name = try #require(name)
        var namespace = PreferenceNamespace()
        let two = try #require(PreferenceName("b".utf8))
        let one = try #require(PreferenceName("a".utf8))
        #expect(namespace.put(two, try #require(PreferenceValue(.u16, [0xEF, 0xBE]))))
        #expect(namespace.put(one, try #require(PreferenceValue(.string, [0x78, 0]))))
        let body = "4E505246 01 | 05 'space' | 0200 | 08 01 'a' 0200 'x' 00 | 03 01 'b' 0200 EFBE"
        let bytes = PreferenceFile.encode(namespace, name: name)
        #expect(bytes.dropLast(4).hex == Array(hex: body).hex)
        #expect(try PreferenceFile.decode(bytes, name: name) == namespace)
        #expect(throws: PreferenceFileError.otherName) { try PreferenceFile.decode(bytes, name: one) }
    }

    /// The published check value of this CRC.
    @Test func checksumIsTheUsualOne() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.of([]) == 0)
    }

    @Test func newerVersionsAreTold() throws {
        let name = try #require(name)
        var bytes = PreferenceFile.encode(PreferenceNamespace(), name: name)
        bytes[4] = 2
        #expect(throws: PreferenceFileError.version(2)) { try PreferenceFile.decode(bytes, name: name) }
        #expect(throws: PreferenceFileError.tooShort) { try PreferenceFile.decode([], name: name) }
        #expect(throws: PreferenceFileError.notOne) {
            try PreferenceFile.decode(Array("a text of somebody".utf8), name: name)
        }
    }

    /// Whole files with a valid checksum, and contents that are invalid or valid.
    @Test func anyContentsAreSurvived() throws {
        let name = try #require(name)
        var random = RandomSource("anyContentsAreSurvived")
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = Array<UInt8>(hex: "4E505246 01 05 'space'")
            if random.below(2) == 0 { bytes += [UInt8(random.below(3)), 0] }
            for _ in 0..<random.below(40) {
                bytes.append(UInt8(random.below(4) == 0 ? random.below(256) : random.below(3)))
            }
            let crc = CRC32.of(bytes)
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) }
            if let namespace = try? PreferenceFile.decode(bytes, name: name) {
                accepted += 1
                #expect(
                    try PreferenceFile.decode(PreferenceFile.encode(namespace, name: name), name: name) == namespace)
            }
        }
        #expect(accepted > 0)
    }
}
