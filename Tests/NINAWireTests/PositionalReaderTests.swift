import NINAWire
import TestSupport
import Testing

/// Frames of real drivers that a device must understand.
@Suite(.timeLimit(.minutes(10))) struct PositionalReaderTests {
    private func read(_ hex: String, _ missingBytes: MissingBytes = .areRefused) -> Inspection {
        let window = Array(hex: hex)[...]
        guard let opcode = Opcode(byte: window[1], family: .arduino) else {
            return Inspection.strict(command: .setNet, in: [])
        }
        return Inspection.positional(command: opcode, in: window, missingBytes: missingBytes)
    }

    @Test func needsNoEndByte() {
        #expect(read("E0 20 00 00").text == "")
        #expect(read("E0 34 01 | 0B 'example.com'").text == "name=example.com")
        #expect(read("E0 44 02 | 0001 03 | 0002 'ok'").text == "socket=3 data=ok")
    }

    @Test func needsNoPaddingAndTakesAny() {
        for padding in ["", "EE", "EE FF", "EE FFFF", "EE 00000000", "EE EE01EE", "00", "37 00 EE"] {
            #expect(read("E0 29 01 | 01 05 |" + padding).text == "socket=5")
            #expect(read("E0 10 01 | 03 'net' |" + padding).text == "ssid=net")
            #expect(read("E0 37 00 |" + padding).text == "")
            #expect(read("E0 44 02 | 0001 03 | 0002 'ok' |" + padding).text == "socket=3 data=ok")
        }
    }

    @Test func needsNoHeaderBeyondTheOpcode() {
        #expect(read("E0 37").text == "")
        #expect(read("E0 20").text == "")
    }

    @Test func goesByPositionNotByCount() {
        // TinyGo's count of 1 with two parameters; other counts that no driver sends on purpose.
        #expect(read("E0 45 01 | 0001 01 | 0002 1000 | EE FF").text == "socket=1 size=16")
        #expect(read("E0 2C 00 | 01 04 | 01 01 | EE").text == "socket=4 peek=1")
        #expect(read("E0 11 FF | 01 'n' | 02 'pw' | EE").text == "ssid=n passphrase=pw")
        #expect(read("E0 3F 05 EE").text == "")
    }

    @Test func countSelectsTheForm() {
        #expect(read("E0 28 03 | 02 0050 | 01 01 | 01 00 | EE").text == "port=80 socket=1 type=0")
        for count in ["00", "04", "05", "FF"] {
            let inspection = read("E0 28 \(count) | 04 E0000001 | 02 0050 | 01 01 | 01 03 | EE")
            #expect(inspection.text == "address=224.0.0.1 port=80 socket=1 type=3")
        }
        #expect(read("E0 2B 00 | 01 05 | EE").text == "socket=5")
        #expect(read("E0 2B 03 | 01 05 | 01 00 | EE").text == "socket=5 accept=0")
        // The flag is the second parameter, never the padding.
        #expect(read("E0 2B 01 | 01 05 | EE FF FF").text == "socket=5")
        #expect(
            read("E0 2D 04 | 04 0A000001 | 02 0050 | 01 00 | 01 00 | EE").text
                == "address=10.0.0.1 port=80 socket=0 type=0")
        for count in ["00", "05", "07"] {
            let inspection = read("E0 2D \(count) | 01 'h' | 04 00000000 | 02 0050 | 01 00 | 01 00 | EE")
            #expect(inspection.text == "host=h address=0.0.0.0 port=80 socket=0 type=0")
        }
    }

    @Test func dummyMayBeThereOrNot() {
        for opcode: Opcode in [
            .getConnStatus, .getIPAddr, .getMACAddr, .getCurrSSID, .getCurrBSSID, .getCurrRSSI,
            .getCurrEnct, .disconnect, .getFwVersion,
        ] {
            let number = [opcode.byte].hex
            #expect(read("E0 \(number) 00 EE").text == "")
            #expect(read("E0 \(number) 01 | 01 FF | EE").text == "dummy=255")
            #expect(read("E0 \(number) 01 | 01 00").text == "dummy=0")
            // A counted but missing parameter reads as absent.
            #expect(read("E0 \(number) 01").text == "")
            #expect(read("E0 \(number) 01 | 01").text == "")
        }
    }

    @Test func fixedSizeBeatsTheLengthByte() {
        // WiFiNINA sends the peek flag of GET_DATA as two bytes; the first one is read.
        #expect(read("E0 2C 02 | 01 00 | 02 0100 | EE").text == "socket=0 peek=1")
        #expect(read("E0 2C 02 | 01 00 | 02 0001 | EE").text == "socket=0 peek=0")
        #expect(read("E0 29 01 | 07 05 | EE").text == "socket=5")
    }

    @Test func trailingNULIsPartOfTheValue() {
        #expect(read("E0 10 01 | 09 'home-net' 00 | EE").text == "ssid=0x686F6D652D6E657400")
    }

    @Test func missingBytesAreRefused() {
        #expect(read("E0 29 01").error == FrameError(.truncated, at: 3, expected: 1, found: 0))
        #expect(read("E0 29 01 | 01").error == FrameError(.truncated, at: 4, expected: 1, found: 0))
        #expect(read("E0 10 01 | 08 'open'").error == FrameError(.truncated, at: 4, expected: 8, found: 4))
        #expect(read("E0 45 02 | 00").error == FrameError(.truncated, at: 3, expected: 2, found: 1))
        #expect(read("E0 45 02 | 0001 03 | 0002 DC").error == FrameError(.truncated, at: 8, expected: 2, found: 1))
        #expect(read("E0 29").error == FrameError(.truncated, at: 3, expected: 1, found: 0))
    }

    @Test func missingBytesReadAsZero() {
        #expect(read("E0 29", .readAsZero).text == "socket=0")
        #expect(read("E0 29 01 | 01", .readAsZero).text == "socket=0")
        #expect(read("E0 10 01 | 08 'open'", .readAsZero).text == "ssid=open")
        #expect(read("E0 28 03 | 02 1F", .readAsZero).text == "port=7936 socket=0 type=0")
        #expect(read("E0 45 02 | 0001 03 | 0002 DC", .readAsZero).text == "socket=3 size=220")
        #expect(read("E0 44 02 | 0001 03 | 01", .readAsZero).text == "socket=3 data=")
    }

    @Test func dataIsTakenAsPresent() {
        #expect(read("E0 44 02 | 0001 03 | FFFF 'abc'").text == "socket=3 data=abc")
        #expect(read("E0 44 02 | 0001 03 | 0005").text == "socket=3 data=")
        #expect(read("E0 44 02 | 0001 03 | 00").error == FrameError(.truncated, at: 6, expected: 2, found: 1))
    }

    @Test(arguments: GoldenFrames.commands) func everyPrefixIsReadOrRefused(_ golden: GoldenFrame) {
        for length in 2..<golden.bytes.count {
            let prefix = golden.bytes.prefix(length)
            let zeroed = Inspection.positional(command: golden.opcode, in: prefix, missingBytes: .readAsZero)
            #expect(zeroed.text != nil)
            let refusing = Inspection.positional(command: golden.opcode, in: prefix)
            #expect(refusing.error == nil || refusing.error?.kind == .truncated)
        }
    }
}
