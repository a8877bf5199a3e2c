import NINAWire
import TestSupport
import Testing

/// Commands of real drivers.
@Suite(.timeLimit(.minutes(10))) struct CommandVectorTests {
    private func exception(_ recording: Recording, _ file: Recordings) -> VectorException? {
        vectorExceptions.first {
            $0.file == file && $0.reply == nil && recording.command.hex.hasPrefix($0.command)
        }
    }

    /// The codec's disagreement with a recorded command; nil when there is none.
    private func fault(_ recording: Recording, _ opcode: Opcode) -> String? {
        let strict = Inspection.strict(command: opcode, in: recording.command[...])
        if let error = strict.error { return "\(error)" }
        let positional = Inspection.positional(command: opcode, in: recording.command[...])
        if let error = positional.error { return "by position: \(error)" }
        if strict.text != positional.text { return "the readers differ: \(strict.text ?? "") \(positional.text ?? "")" }
        guard recording.command.starts(with: strict.encoded) else { return "written as \(strict.encoded.hex)" }
        let length = recording.frameLength ?? strict.encoded.count
        if strict.encoded.count != length { return "\(strict.encoded.count) bytes without padding, not \(length)" }
        return nil
    }

    @Test(arguments: Recordings.drivers) func everyCommandIsReadAndWritten(_ file: Recordings) throws {
        var checked = 0
        var skipped = 0
        var excepted = 0
        var covered: Set<Opcode> = []
        let recordings = try file.load()
        for recording in recordings {
            guard let opcode = recording.opcode else {
                skipped += 1
                continue
            }
            if exception(recording, file) != nil {
                excepted += 1
                continue
            }
            #expect(fault(recording, opcode) == nil, "\(recording.index) \(recording.name) \(recording.command.hex)")
            covered.insert(opcode)
            checked += 1
        }
        print("\(file.rawValue): \(checked) commands checked, \(excepted) exceptions, \(skipped) not in Opcode")
        #expect(checked > 0)
        let known = Opcode.allCases.filter { opcode in recordings.contains { $0.opcode == opcode } }
        #expect(!known.isEmpty)
        for opcode in known {
            let isExcepted = recordings.contains { $0.opcode == opcode && exception($0, file) != nil }
            #expect(covered.contains(opcode) || isExcepted, "no command \(opcode) was checked")
        }
    }

    @Test func everyExceptionIsNeeded() throws {
        for exception in vectorExceptions where exception.reply == nil {
            let matching = try exception.file.load().filter { $0.command.hex.hasPrefix(exception.command) }
            #expect(!matching.isEmpty, "\(exception.command) is in no recording")
            #expect(!exception.reason.isEmpty)
            for recording in matching {
                let opcode = try #require(recording.opcode)
                #expect(fault(recording, opcode) != nil, "\(exception.command) is no exception any more")
                // Devices accept it all the same, unless bytes are missing.
                let positional = Inspection.positional(command: opcode, in: recording.command[...])
                #expect((positional.error != nil) == exception.isRefused)
            }
        }
    }

    /// Firmware recordings contain frames of all kinds: devices read them all, whatever is missing, and complete ones
    /// are written unchanged.
    @Test func everyCommandToFirmwareIsReadByPosition() throws {
        var checked = 0
        var written = 0
        for recording in try Recordings.firmware.load() {
            guard let opcode = recording.opcode else { continue }
            let inspection = Inspection.positional(
                command: opcode, in: recording.command[...], missingBytes: .readAsZero)
            #expect(inspection.error == nil, "\(recording.index) \(recording.name) \(recording.command.hex)")
            checked += 1
            let strict = Inspection.strict(command: opcode, in: recording.command[...])
            guard strict.error == nil else { continue }
            #expect(recording.command.starts(with: strict.encoded), "\(recording.index) \(recording.name)")
            written += 1
        }
        print("\(Recordings.firmware.rawValue): \(checked) commands read by position, \(written) of them written")
        #expect(written > checked / 2)
    }
}
