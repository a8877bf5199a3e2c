import NINAWire
import Testing

@Suite(.timeLimit(.minutes(5))) struct FirmwareTests {
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
        for firmware in Firmware.all { #expect((1...Firmware.slotLimit).contains(firmware.slots)) }
        #expect(Set(Firmware.all.map { $0.name.description }).count == Firmware.all.count)
        #expect(Firmware.slotLimit == 64)
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
