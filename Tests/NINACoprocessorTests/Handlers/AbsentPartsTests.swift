import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// A module without files, preferences, Bluetooth and TLS answers like firmware that cannot open them. An invalid key
/// is not trusted.
@Suite(.timeLimit(.minutes(10))) struct AbsentPartsTests {
    @Test(arguments: [
        // WRITE_FILE, READ_FILE, DELETE_FILE, EXISTS_FILE, DOWNLOAD_FILE, RENAME_FILE, DOWNLOAD_OTA
        ("E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 58 | EE", "E0 E0 01 | 01 00 | EE 0000"),
        ("E0 61 03 | 04 00000000 | 04 01000000 | 05 '/fs/a' | EE", "EF 00 EE 00"),
        ("E0 62 03 | 04 00000000 | 04 00000000 | 05 '/fs/a' | EE", "E0 E2 01 | 00 | EE 000000"),
        ("E0 63 03 | 04 00000000 | 04 00000000 | 05 '/fs/a' | EE", "E0 E3 01 | 04 FFFFFFFF | EE 000000"),
        ("E0 64 02 | 08 'http://a' | 01 'b' | EE", "E0 E4 01 | 01 00 | EE 0000"),
        ("E0 66 02 | 05 '/fs/a' | 05 '/fs/b' | EE", "E0 E6 01 | 01 02 | EE 0000"),
        ("E0 67 01 | 08 'http://a' | EE", "E0 E7 01 | 01 01 | EE 0000"),
        // PREF_BEGIN, PREF_END, PREF_CLEAR, PREF_REMOVE, PREF_LEN, PREF_STAT, PREF_PUT, PREF_GET, PREF_GETTYPE
        ("E0 55 02 | 01 'n' | 01 00 | EE", "E0 D5 01 | 01 01 | EE 0000"),
        ("E0 56 00 EE", "E0 D6 01 | 01 01 | EE 0000"),
        ("E0 57 00 EE", "E0 D7 01 | 01 01 | EE 0000"),
        ("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 01 | EE 0000"),
        ("E0 58 02 | 01 'k' | 01 00 | EE", "E0 D8 01 | 01 FF | EE 0000"),
        ("E0 59 01 | 01 'k' | EE", "E0 D9 01 | 04 00000000 | EE 000000"),
        ("E0 59 00 EE", "E0 D9 01 | 01 FF | EE 0000"),
        ("E0 5A 00 EE", "E0 DA 01 | 04 00000000 | EE 000000"),
        ("E0 5B 03 | 01 'k' | 01 01 | 0001 07 | EE", "E0 DB 01 | 04 00000000 | EE 000000"),
        ("E0 5C 02 | 01 'k' | 01 01 | EE", "E0 DC 01 | 0000 | EE 0000"),
        ("E0 5D 01 | 01 'k' | EE", "E0 DD 01 | 01 0A | EE 0000"),
        // BLE_BEGIN, BLE_END, BLE_AVAILABLE, BLE_WRITE
        ("E0 4A 00 EE", "E0 CA 01 | 01 01 | EE 0000"),
        ("E0 4B 00 EE", "E0 CB 01 | 01 01 | EE 0000"),
        ("E0 4C 00 EE", "E0 CC 01 | 02 0000 | EE 00"),
        ("E0 4F 01 | 0001 01 | EE", "E0 CF 01 | 02 0000 | EE 00"),
        // BR_SET_EC_TA, BR_ERROR_CODE
        ("E0 68 04 | 0001 'd' | 02 0000 | 02 0017 | 0001 'k' | EE", "E0 E8 01 | 01 01 | EE 0000"),
        ("E0 69 00 EE", "E0 E9 01 | 04 00000000 | EE 000000"),
        // APPLY_OTA
        ("E0 65 00 EE", "EF 00 EE 00"),
    ])
    func answersAsFirmwareWithoutThem(_ command: String, _ reply: String) throws {
        let bench = try DeviceHarness()
        #expect(try bench.exchange(Array(hex: command)).hex == Array(hex: reply).hex)
    }

    @Test(arguments: [2, 4] as [UInt8]) func connectsNoTLS(_ type: UInt8) throws {
        let bench = try DeviceHarness()
        #expect(try bench.exchange(DeviceHarness.connectWindow(0, to: 443, type: type)) == [0xE0, 0xAD, 0x00, 0xEE])
    }
}
