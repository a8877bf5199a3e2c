import NINAWire
import Testing

@testable import NINACoprocessor

/// Frames, and which commands a firmware has: Protocol/dialects.md, Framing and Availability.
@Suite(.timeLimit(.minutes(10))) struct FirmwareFramingTests {
    /// The opcodes that every firmware has.
    private static let common: [ClosedRange<UInt8>] = [
        0x10...0x12, 0x14...0x1B, 0x20...0x30, 0x32...0x37, 0x39...0x3F, 0x44...0x46, 0x50...0x52,
    ]
    private static let others: [String: [ClosedRange<UInt8>]] = [
        "modern": [0x1E...0x1F, 0x38...0x38, 0x40...0x40, 0x4A...0x4F, 0x53...0x64, 0x66...0x69, 0x70...0x7F],
        "arduino-2.0.0": [0x1E...0x1F, 0x40...0x40, 0x53...0x54, 0x60...0x64, 0x66...0x67, 0x70...0x7F],
        "arduino-1.4.8": [0x1F...0x1F, 0x40...0x40, 0x53...0x54, 0x60...0x64, 0x66...0x67],
        "adafruit-3.3.0": [
            0x1E...0x1F, 0x40...0x41, 0x4A...0x4C, 0x4F...0x4F, 0x53...0x54, 0x60...0x64, 0x66...0x66, 0x70...0x7F,
        ],
        "adafruit-1.7.7": [0x40...0x41, 0x4A...0x4C, 0x4F...0x4F, 0x53...0x54],
        "adafruit-1.2.2": [],
    ]

    private func frame(_ firmware: Firmware, _ window: [UInt8]) throws -> [UInt8] {
        try DeviceHarness(joined: false) { $0.firmware = firmware }.exchange(window)
    }

    private func errorFrame(_ firmware: Firmware) -> [UInt8] {
        firmware.dialect.padsReplies ? [0xEF, 0, 0xEE, 0] : [0xEF, 0, 0xEE]
    }

    @Test(arguments: Firmware.all) func repliesArePaddedOrNot(_ firmware: Firmware) throws {
        let pads = !["adafruit-1.7.7", "adafruit-1.2.2"].contains("\(firmware.name)")
        let padding: [UInt8] = pads ? [0, 0] : []
        #expect(try frame(firmware, [0xE0, 0x20, 0, 0xEE]) == [0xE0, 0xA0, 1, 1, 0, 0xEE] + padding)
        #expect(try frame(firmware, [0xE0, 0x13, 0, 0xEE]) == [0xEF, 0, 0xEE] + (pads ? [0] : []))
    }

    /// All opcodes, with and without bit 7, against the table in dialects.md.
    @Test(arguments: Firmware.all) func everyOtherOpcodeIsAnError(_ firmware: Firmware) throws {
        let ranges = Self.common + (try #require(Self.others["\(firmware.name)"]))
        for byte in UInt8.min...UInt8.max {
            let isServed = ranges.contains { $0.contains(byte) }
            if isServed {
                #expect(!firmware.absent.contains { $0.contains(byte) }, "\(byte)")
            } else {
                #expect(try frame(firmware, [0xE0, byte, 0, 0xEE]) == errorFrame(firmware), "\(byte)")
            }
        }
    }

    @Test(arguments: Firmware.all) func anotherFirstByteIsAnError(_ firmware: Firmware) throws {
        for first in [0x00, 0xE1, 0xEE, 0xEF, 0xFF] as [UInt8] {
            #expect(try frame(firmware, [first, 0x20, 0, 0xEE]) == errorFrame(firmware))
        }
    }

    /// The dummy parameter may be left out; count, end byte and length are not looked at.
    @Test(arguments: Firmware.all) func onlyPositionsMatter(_ firmware: Firmware) throws {
        let idle = try frame(firmware, [0xE0, 0x20, 0, 0xEE])
        for window in [[0xE0, 0x20, 1, 1, 0xFF, 0xEE], [0xE0, 0x20, 9, 0xEE], [0xE0, 0x20, 0], [0xE0, 0x20]]
            as [[UInt8]]
        {
            #expect(try frame(firmware, window) == idle)
        }
        // SET_PIN_MODE with a wrong count.
        #expect(try frame(firmware, [0xE0, 0x50, 1, 1, 26, 1, 1, 0xEE])[4] == 1)
        #expect(try frame(firmware, [0xE0, 0x37, 1, 1, 0, 0xEE]) == frame(firmware, [0xE0, 0x37, 0, 0xEE]))
    }

    /// A value that the window cuts off is read from the cleared buffer; `modern` refuses.
    @Test(arguments: Firmware.all) func missingBytesAreZero(_ firmware: Firmware) throws {
        let reply = try frame(firmware, [0xE0, 0x50, 2, 1])
        #expect(reply == (firmware.dialect.missingBytes == .areRefused ? errorFrame(firmware) : reply))
        #expect((reply[0] == 0xEF) == ("\(firmware.name)" == "modern"))
    }

    /// Six bytes with NUL in all profiles.
    @Test(arguments: Firmware.all) func theVersionEndsWithNUL(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let version = "\(firmware.name)".split(separator: "-").last.map(String.init) ?? ""
        let expected = version == "modern" ? "3.5.0" : version
        #expect(try bench.ask(0x37) == [Array(expected.utf8) + [0]])
    }
}
