import NINAWire
import Testing

@Suite(.timeLimit(.minutes(5))) struct FirmwareTests {
    @Test func modernSatisfiesTheDrivers() throws {
        let version = Firmware.modern.version.description
        // One driver wants its third character to be 5 or more, another at most 6 bytes with NUL.
        #expect(version == "3.5.0")
        #expect(version.utf8.count + 1 <= 6)
        #expect(Firmware.modern.slots == 10)
        #expect(Firmware.modern.missingBytes == .areRefused)
    }

    @Test func everyQuirkIsItsOwn() {
        #expect(Firmware.modern.quirks.isEmpty)
        let listed = Quirks.names.map(\.quirk.rawValue)
        #expect(Set(listed).count == listed.count)
        #expect(Set(Quirks.names.map(\.name.description)).count == listed.count)
        for bits in listed { #expect(bits.nonzeroBitCount == 1) }
        for firmware in Firmware.all { #expect(firmware.quirks.isSubset(of: Quirks(rawValue: listed.reduce(0, |)))) }
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

    @Test func everyQuirkHasANameAndASource() {
        let named = Quirks.names.reduce(Quirks()) { $0.union($1.quirk) }
        for firmware in Firmware.all { #expect(firmware.quirks.isSubset(of: named)) }
        #expect(Set(Quirks.names.map { $0.quirk.rawValue }).count == Quirks.names.count)
        for quirk in Quirks.names {
            #expect(!quirk.name.description.isEmpty && !quirk.source.description.isEmpty)
        }
    }
}
