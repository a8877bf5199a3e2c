import NINAWire
import Testing

@testable import WiFiNINA

/// What replies show of the firmware, without a module.
@Suite(.timeLimit(.minutes(10))) struct FirmwareIdentityTests {
    private static func read(_ version: String) -> FirmwareIdentity {
        var identity = FirmwareIdentity()
        _ = identity.record(version: Array(version.utf8))
        return identity
    }

    @Test func theVersionComesFirst() {
        #expect(FirmwareIdentity().step == .readVersion)
        // An empty version is one, too: it is not read for ever.
        #expect(Self.read("").step == .identified(ModuleFirmware(major: 0, minor: 0, patch: 0)))
    }

    /// Both families have these versions.
    @Test func oneAnswerTellsTheFamilies() {
        var new = Self.read("3.3.0")
        #expect(new.step == .askVersionNumbers)
        new.record(answersVersionNumbers: false)
        #expect(new.step == .identified(ModuleFirmware(major: 3, minor: 3, patch: 0, family: .adafruit)))
        new.record(answersVersionNumbers: true)
        #expect(new.step == .identified(ModuleFirmware(major: 3, minor: 3, patch: 0)))
        var old = Self.read("1.7.7")
        #expect(old.step == .askReasonCode)
        old.record(answersReasonCode: false)
        #expect(old.step == .identified(ModuleFirmware(major: 1, minor: 7, patch: 7, family: .adafruit)))
    }

    @Test(arguments: ["1.2.9", "2.0.0", "2.9.9"]) func otherVersionsNeedNoAnswer(_ version: String) {
        #expect(Self.read(version).step == .identified(ModuleFirmware(text: Array(version.utf8)[...])))
    }

    @Test func anotherVersionForgetsTheAnswers() {
        var identity = Self.read("3.3.0")
        identity.record(answersVersionNumbers: false)
        let found = identity.step
        let isSameNew = identity.record(version: Array("3.3.0".utf8))
        #expect(!isSameNew)
        #expect(identity.step == found)
        let isOtherNew = identity.record(version: Array("3.5.0".utf8))
        #expect(isOtherNew)
        #expect(identity.step == .askVersionNumbers)
    }
}
