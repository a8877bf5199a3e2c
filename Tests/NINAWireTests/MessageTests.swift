import NINALink
import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct MessageTests {
    @Test(arguments: GoldenFrames.commands) func commandIsReadAndWritten(_ golden: GoldenFrame) {
        let strict = Inspection.strict(command: golden.opcode, in: golden.bytes[...])
        #expect(strict.text == golden.fields)
        #expect(strict.encoded == golden.bytes)
        let positional = Inspection.positional(command: golden.opcode, in: golden.bytes[...])
        #expect(positional.text == golden.fields)
        #expect(positional.encoded == golden.bytes)
    }

    @Test(arguments: GoldenFrames.replies) func replyIsReadAndWritten(_ golden: GoldenFrame) {
        let reply = Inspection.reply(to: golden.opcode, in: golden.bytes[...])
        #expect(reply.text == golden.fields)
        #expect(reply.encoded == golden.bytes)
    }

    @Test(arguments: Opcode.allCases) func everyFormHasAGoldenFrame(_ opcode: Opcode) {
        var forms = FormCounts()
        let (commands, replies) = opcode.accept(&forms)
        #expect(GoldenFrames.commands.filter { $0.opcode == opcode }.count >= commands)
        #expect(GoldenFrames.replies.filter { $0.opcode == opcode }.count >= replies)
    }

    /// No two forms of a command, or of its reply, have the same bytes.
    @Test(arguments: Opcode.allCases) func formsDiffer(_ opcode: Opcode) throws {
        var frames = FormFrames()
        let (commands, replies) = opcode.accept(&frames)
        #expect(Set(commands).count == commands.count)
        #expect(Set(replies).count == replies.count)
    }

    @Test(arguments: Opcode.allCases) func randomMessagesSurvive(_ opcode: Opcode) {
        var random = SplitMix64(seed: testSeed("randomMessagesSurvive \(opcode)"))
        for _ in 0..<200 {
            var trip = RoundTrip(filler: RandomFiller(random: random))
            opcode.accept(&trip)
            random = trip.filler.random
        }
    }

    /// A message that is made without arguments has only zeros and empty fields; 255 is no socket, 7 an open network.
    @Test(arguments: Opcode.allCases) func messagesBeginEmpty(_ opcode: Opcode) {
        var empty = EmptyMessages()
        let (command, reply) = opcode.accept(&empty)
        for value in command { #expect(value.allSatisfy { "0.:".contains($0) }, "\(command)") }
        if opcode == .getSocket || opcode == .bsdSocket {
            #expect(reply == ["255"])
        } else if opcode == .getCurrEnct || opcode == .getIdxEnct {
            #expect(reply == ["7"])
        } else {
            for value in reply { #expect(value.allSatisfy { "0.:".contains($0) }, "\(reply)") }
        }
    }

    @Test func acknowledgementIsOneOrZero() {
        #expect(Acknowledgement(true).value == 1)
        #expect(Acknowledgement(false) == Acknowledgement())
        #expect(Acknowledgement(7).value == 7)
    }
}

/// The values of the fields of a command and of its reply that are made without arguments.
private struct EmptyMessages: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> (command: [String], reply: [String]) {
        (values(FieldDump.text(of: C())), values(FieldDump.text(of: C.Reply())))
    }

    private func values(_ text: String) -> [String] {
        text.split(separator: " ").map { field in String(field.split(separator: "=").dropFirst().first ?? "") }
    }
}

/// The frames of all forms; empty for a form that cannot be encoded.
private struct FormFrames: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> (commands: [[UInt8]], replies: [[UInt8]]) {
        var writer = FrameWriter()
        return (
            C.forms.map { (try? writer.write($0)) == nil ? [] : writer.frame },
            C.Reply.forms.map { (try? writer.writeReply($0, to: C.self, isPadded: false)) == nil ? [] : writer.frame }
        )
    }
}

private struct FormCounts: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> (commands: Int, replies: Int) {
        (C.forms.count, C.Reply.forms.count)
    }
}

/// Fills each form of a command and of its reply, writes it, reads it with both readers and compares.
private struct RoundTrip: CommandVisitor {
    var filler: RandomFiller

    mutating func visit<C: Command>(_ command: C.Type) {
        for form in C.forms {
            var command = form
            filler.fill(&command)
            check(command)
        }
        for form in C.Reply.forms {
            var reply = form
            filler.fill(&reply)
            check(reply, to: C.self)
        }
    }

    private func check<C: Command>(_ command: C) {
        let text = FieldDump.text(of: command)
        guard let frame = try? encoded(command) else {
            Issue.record("\(C.opcode) is not written: \(text)")
            return
        }
        let strict = Inspection.strict(command: C.opcode, in: frame[...])
        #expect(strict.text == text)
        #expect(strict.encoded == frame)
        // Windows are slices of larger buffers, and hosts pad with arbitrary bytes.
        let window = ([0xE0] + frame + [0xEE, 0x01, 0xFF]).dropFirst()
        let positional = Inspection.positional(command: C.opcode, in: window)
        #expect(positional.text == text)
        #expect(positional.encoded == frame)
    }

    private func check<C: Command>(_ reply: C.Reply, to command: C.Type) {
        let text = FieldDump.text(of: reply)
        guard let frame = try? encoded(reply, to: C.self) else {
            Issue.record("the reply to \(C.opcode) is not written: \(text)")
            return
        }
        let strict = Inspection.reply(to: C.opcode, in: ([0xEE] + frame + [0, 0xE0]).dropFirst())
        #expect(strict.text == text)
        #expect(strict.encoded == frame)
    }
}
