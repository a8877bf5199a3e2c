import NINALink
import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReplyMeasureTests {
    /// Clocks a reply out like a link, with endless padding behind it.
    private func clocked(_ reply: [UInt8], _ opcode: Opcode) -> (bytes: [UInt8], pieces: Int) {
        var bytes: [UInt8] = []
        var pieces = 0
        while true {
            let missing = ReplyMeasure.missing(bytes[...], of: opcode)
            guard missing > 0, pieces < 1000 else { return (bytes, pieces) }
            pieces += 1
            for _ in 0..<missing { bytes.append(bytes.count < reply.count ? reply[bytes.count] : 0) }
        }
    }

    private struct Check: CommandVisitor {
        var filler: RandomFiller
        let test: ReplyMeasureTests

        mutating func visit<C: Command>(_ command: C.Type) -> Bool {
            for (number, form) in C.Reply.forms.enumerated() {
                for _ in 0..<20 {
                    var reply = form
                    filler.fill(&reply)
                    var writer = FrameWriter()
                    guard (try? writer.writeReply(reply, to: C.self)) != nil else { continue }
                    let padded = writer.frame
                    var length = padded.count
                    while length > 0, (try? FrameReader.reply(to: C.self, in: padded[..<(length - 1)])) != nil {
                        length -= 1
                    }
                    let (bytes, pieces) = test.clocked(padded, C.opcode)
                    // The reply and no byte of padding; a refusal may be shorter than expected.
                    guard bytes == Array(padded[..<length]) || number > 0 && bytes.starts(with: padded[..<length])
                    else {
                        Issue.record("\(C.opcode): clocked \(bytes) of \(padded)")
                        return false
                    }
                    #expect(pieces <= 3 || C.opcode == .scanNetworks, "\(C.opcode)")
                }
            }
            return true
        }
    }

    @Test func everyReplyIsClockedToItsLastByte() {
        var check = Check(filler: RandomFiller(random: SplitMix64(seed: testSeed())), test: self)
        for opcode in Opcode.allCases { #expect(opcode.accept(&check)) }
    }

    @Test func fixedRepliesComeInOnePiece() {
        let (bytes, pieces) = clocked([0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE, 0, 0], .getConnStatus)
        #expect(bytes.count == 6)
        #expect(pieces == 1)
    }

    /// As long as the count has not arrived, a list may be empty.
    @Test func theShortestListIsEmpty() {
        #expect(ReplyMeasure.missing([], of: .scanNetworks) == 4)
        #expect(ReplyMeasure.missing([0xE0, 0xA7], of: .scanNetworks) == 2)
        #expect(ReplyMeasure.missing([0xE0, 0xA7, 0x00], of: .scanNetworks) == 1)
        #expect(ReplyMeasure.missing([0xE0, 0xA7, 0x02], of: .scanNetworks) == 3)
    }

    @Test func dataComesInTwoPieces() {
        let reply: [UInt8] = [0xE0, 0xC5, 0x01, 0x0F, 0xF6] + [UInt8](repeating: 7, count: 4086) + [0xEE]
        let (bytes, pieces) = clocked(reply, .getDatabuf)
        #expect(bytes == reply)
        #expect(pieces == 2)
    }

    @Test func errorFramesAndNonsenseEnd() {
        #expect(clocked([0xEF, 0, 0xEE, 0], .getConnStatus).bytes.count == 6)
        #expect(ReplyMeasure.missing([0xEF], of: .getDatabuf) == 2)
        #expect(ReplyMeasure.missing([0x00, 0x00], of: .getDatabuf) == 0)
        #expect(ReplyMeasure.missing([0xE0, 0xA1], of: .getConnStatus) == 0)
        // A length that exceeds any frame.
        #expect(ReplyMeasure.missing([0xE0, 0xC5, 0x01, 0xFF, 0xFF], of: .getDatabuf) == Frame.limit - 5)
        // The time of Adafruit's firmware has more bytes.
        #expect(ReplyMeasure.missing([0xE0, 0xBB, 0x01, 0x08], of: .getTime) == 9)
    }

    @Test func aValueThatBeginsLikeARefusal() {
        let value: [UInt8] = [0xE0, 0xDC, 0x01, 0x00, 0xEE] + [UInt8](repeating: 9, count: 0xEE) + [0xEE]
        #expect(clocked(value, .prefGet).bytes == value)
        let refusal = clocked([0xE0, 0xDC, 0x01, 0x00, 0xEE, 0, 0, 0], .prefGet).bytes
        #expect((try? FrameReader.reply(to: PrefGet.self, in: refusal[...]))?.isRefused == true)
    }

    /// What cannot become the reply is not clocked any further: another start, or the reply to another command.
    @Test func anotherReplyIsNotClocked() {
        let start: [UInt8] = [0xE0, 0xA0]
        #expect(ReplyMeasure.missing(start[...], of: .getConnStatus) > 0)
        for bytes in [[0x00], [0xFF, 0xE0], [0xE0, 0xA1], [0xE0, 0x20, 1], [0xE0, 0x00]] as [[UInt8]] {
            #expect(ReplyMeasure.missing(bytes[...], of: .getConnStatus) == 0, "\(bytes)")
        }
        // The error frame has three bytes.
        for count in 1...4 {
            let bytes: [UInt8] = [0xEF, 0x00, 0xEE, 0x00]
            #expect(ReplyMeasure.missing(bytes.prefix(count), of: .getConnStatus) == max(0, 3 - count))
        }
    }
}
