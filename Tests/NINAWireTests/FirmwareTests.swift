import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FirmwareTests {
    @Test func modernSatisfiesTheDrivers() throws {
        let version = Firmware.modern.version.description
        // One driver requires its third character to be at least 5, another at most 6 bytes with NUL.
        #expect(version == "3.5.0")
        #expect(version.utf8.count + 1 <= 6)
        #expect(Firmware.modern.slots == 10)
        #expect(Firmware.modern.dialect.missingBytes == .areRefused)
    }

    @Test func everyQuirkIsItsOwn() {
        #expect(Firmware.modern.dialect == .modern && Firmware.modern.dialect.oddities.isEmpty)
        #expect(Firmware.modern.quirks.isEmpty)
        // A quirk beyond the 64th would have no bit.
        for quirk in Quirk.allCases {
            let alone: Quirks = [quirk]
            #expect(Quirk.allCases.filter(alone.contains) == [quirk])
            #expect(!Quirks().contains(quirk) && alone.union([]).contains(quirk))
        }
    }

    @Test func profilesStayWithinTheLimits() {
        #expect(Firmware.all.contains { $0.name.description == "modern" })
        // Adafruit's 3.x has six sockets, the others ten (Protocol/dialects.md).
        for firmware in Firmware.all {
            #expect(firmware.slots == (firmware.name.description == "adafruit-3.3.0" ? 6 : 10))
        }
        #expect(Set(Firmware.all.map { $0.name.description }).count == Firmware.all.count)
        #expect(Firmware.slotLimit == 64)
    }

    /// The commands of its family that a release lacks. Protocol/coverage.md shows them by name.
    @Test(arguments: [
        ("modern", "65"), ("arduino-2.0.0", "38 4A 4B 4C 4D 4E 4F 55 56 57 58 59 5A 5B 5C 5D 5E 5F 65 68 69"),
        (
            "arduino-1.4.8",
            """
            1E 38 4A 4B 4C 4D 4E 4F 55 56 57 58 59 5A 5B 5C 5D 5E 5F 65 68 69 \
            70 71 72 73 74 75 76 77 78 79 7A 7B 7C 7D 7E 7F
            """
        ),
        ("adafruit-3.3.0", "38 55 56 57 58 59 5A 5B 5C 5D 5E 5F 65 67 68 69"),
        (
            "adafruit-1.7.7",
            """
            1E 1F 38 55 56 57 58 59 5A 5B 5C 5D 5E 5F 60 61 62 63 64 65 66 67 68 69 \
            70 71 72 73 74 75 76 77 78 79 7A 7B 7C 7D 7E 7F
            """
        ),
        (
            "adafruit-1.2.2",
            """
            1E 1F 38 40 41 4A 4B 4C 4F 53 54 55 56 57 58 59 5A 5B 5C 5D 5E 5F 60 61 62 63 64 65 66 67 68 69 \
            70 71 72 73 74 75 76 77 78 79 7A 7B 7C 7D 7E 7F
            """
        ),
    ])
    func servesAllButThese(name: String, expected: String) throws {
        let firmware = try #require(Firmware.all.first { $0.name.description == name })
        let absent = (0...UInt8.max).filter { byte in
            Opcode(byte: byte, family: firmware.family).map { !firmware.serves($0) } ?? false
        }
        #expect(absent == Array(hex: expected))
        // No range reaches beyond what it is about.
        for range in firmware.absent {
            for end in [range.lowerBound, range.upperBound] {
                #expect(CommandFamily.allCases.contains { Opcode(byte: end, family: $0) != nil }, "\(end)")
            }
        }
    }

    @Test func socketNumbersEndAt63() {
        #expect(Firmware.socketNumbers(slots: 10) == 54...63)
        #expect(Firmware.socketNumbers(slots: 6) == 58...63)
        #expect(Firmware.socketNumbers(slots: 64) == 0...63)
    }

    @Test func everyOddityHasANameOfItsOwn() {
        let names = Oddity.all.map(\.name.description)
        #expect(Set(names).count == names.count && !names.contains(""))
        for firmware in Firmware.all {
            let own = firmware.dialect.oddities.map(\.name.description)
            #expect(Set(own).count == own.count && Set(own).isSubset(of: names))
        }
    }
}
