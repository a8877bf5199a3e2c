import NINAWire
import TestSupport
import Testing

/// Replies: those of real firmware, and those that drivers accepted.
@Suite(.timeLimit(.minutes(10))) struct ReplyVectorTests {
    private func exception(_ recording: Recording, _ file: Recordings) -> VectorException? {
        vectorExceptions.first { exception in
            guard let reply = exception.reply else { return false }
            return exception.file == file && recording.command.hex.hasPrefix(exception.command)
                && (recording.reply ?? []).hex.hasPrefix(reply)
        }
    }

    /// The codec's disagreement with a recorded reply; nil when there is none.
    private func fault(_ recording: Recording, _ opcode: Opcode) -> String? {
        guard let reply = recording.reply else { return "no reply ever came" }
        let inspection = Inspection.reply(to: opcode, in: reply[...])
        if let error = inspection.error { return error.kind == .errorFrame ? nil : "\(error)" }
        guard reply.starts(with: inspection.encoded) else { return "written as \(inspection.encoded.hex)" }
        return reply.count - inspection.encoded.count < Frame.alignment ? nil : "more than padding behind the end"
    }

    @Test(arguments: Recordings.allCases) func everyReplyIsReadAndWritten(_ file: Recordings) throws {
        var checked = 0
        var refusals = 0
        var skipped = 0
        var excepted = 0
        var covered: Set<Opcode> = []
        let recordings = try file.load()
        for recording in recordings {
            guard let opcode = recording.opcode else {
                // An unassigned number, or no command at all.
                #expect(recording.reply?.first == Frame.error || recording.reply?.isEmpty == true)
                skipped += 1
                continue
            }
            if exception(recording, file) != nil {
                excepted += 1
                continue
            }
            #expect(fault(recording, opcode) == nil, "\(recording.index) \(recording.name)")
            if recording.reply?.first == Frame.error { refusals += 1 }
            covered.insert(opcode)
            checked += 1
        }
        print(
            "\(file.rawValue): \(checked) replies checked (\(refusals) of them error frames), \(excepted) exceptions, "
                + "\(skipped) not in Opcode")
        #expect(checked > 0)
        #expect(checked > refusals)
        for opcode in Opcode.allCases where recordings.contains(where: { $0.opcode == opcode }) {
            #expect(covered.contains(opcode), "no reply to \(opcode) was checked")
        }
    }

    @Test func everyExceptionIsNeeded() throws {
        for exception in vectorExceptions {
            guard let reply = exception.reply else { continue }
            let matching = try exception.file.load().filter {
                $0.command.hex.hasPrefix(exception.command) && ($0.reply ?? []).hex.hasPrefix(reply)
            }
            #expect(!matching.isEmpty, "\(exception.command) is in no recording")
            #expect(!exception.reason.isEmpty)
            for recording in matching {
                let opcode = try #require(recording.opcode)
                #expect(fault(recording, opcode) != nil, "\(exception.command) no longer needs an exception")
            }
        }
    }
}
