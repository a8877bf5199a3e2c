import NINALink
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct MessageBufferTests {
    private let stream = Array(
        hex: "81 00 0005 'NINA' 01 | 82 06 0004 E03F00EE | 83 01 0000 | 82 04 0000 | 83 00 0000")
    private let expected = [
        "deviceHello 0 4E494E4101", "queued 6 E03F00EE", "interrupt 1 ", "queued 4 ", "interrupt 0 ",
    ]

    private func text(_ message: LinkMessage) -> String {
        "\(message.kind) \(message.flags) \(message.payload.hex)"
    }

    /// All complete messages of the buffer.
    private func take(_ buffer: inout MessageBuffer) throws -> [String] {
        var messages: [String] = []
        while let message = try buffer.next() { messages.append(text(message)) }
        return messages
    }

    private func error(_ hex: String, fromHost: Bool) -> LinkError? {
        var buffer = MessageBuffer(acceptsHostMessages: fromHost)
        buffer.append(Array(hex: hex))
        do throws(LinkError) {
            _ = try buffer.next()
            return nil
        } catch {
            return error
        }
    }

    @Test func cutsWhatComesAtOnce() throws {
        var buffer = MessageBuffer(acceptsHostMessages: false)
        buffer.append(stream)
        #expect(try take(&buffer) == expected)
        #expect(buffer.unreadCount == 0)
    }

    @Test func cutsWhatComesByteByByte() throws {
        var buffer = MessageBuffer(acceptsHostMessages: false)
        var messages: [String] = []
        for byte in stream {
            buffer.append([byte])
            messages += try take(&buffer)
        }
        #expect(messages == expected)
    }

    @Test func cutsWhatComesInRandomPieces() throws {
        var random = SplitMix64(seed: testSeed())
        var buffer = MessageBuffer(acceptsHostMessages: true)
        var bytes: [UInt8] = []
        var windows: [String] = []
        for _ in 0..<300 {
            let size = Int(random.next() % (random.next() % 8 == 0 ? 9000 : 30))
            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            bytes += LinkMessage.bytes(.window, payload: payload)
            windows.append("window 0 \(payload.hex)")
        }
        var messages: [String] = []
        var position = 0
        var rounds = Rounds(1_000_000)
        while position < bytes.count, rounds.next() {
            let size = min(Int(random.next() % 6000), bytes.count - position)
            if random.next() & 1 == 0 {
                buffer.append(Array(bytes[position..<position + size]))
                position += size
            } else {
                position += buffer.fill { free in
                    let count = min(size, free.count)
                    for index in 0..<count { free[index] = bytes[position + index] }
                    return count
                }
            }
            messages += try take(&buffer)
        }
        #expect(messages == windows)
    }

    /// The end of one message always comes with the beginning of the next, so that the buffer is never empty.
    @Test func halvesOfMessagesDoNotMakeItGrow() throws {
        var buffer = MessageBuffer(acceptsHostMessages: true)
        let message = LinkMessage.bytes(.window, payload: Array(repeating: 7, count: 3000))
        let half = message.count / 2
        let piece = Array(message[half...] + message[..<half])
        buffer.append(Array(message[..<half]))
        var largest = 0
        var messages = 0
        for round in 0..<10_000 {
            _ = buffer.fill { free in
                largest = max(largest, free.count)
                guard round % 2 == 0 else { return 0 }
                free.copyBytes(from: piece)
                return piece.count
            }
            if round % 2 == 1 { buffer.append(piece) }
            while try buffer.next() != nil { messages += 1 }
        }
        #expect(messages == 10_000)
        #expect(buffer.unreadCount == half)
        #expect(largest <= 8192)
    }

    @Test func longestPayloadPasses() throws {
        var buffer = MessageBuffer(acceptsHostMessages: true)
        buffer.append(LinkMessage.bytes(.window, payload: Array(repeating: 7, count: 65_535)))
        #expect(try buffer.next()?.payload.count == 65_535)
    }

    @Test(arguments: ["00", "04", "7F", "80", "84", "FF", "4E"]) func unknownTypeIsRefused(_ type: String) {
        #expect(error("\(type) 00 0000", fromHost: true)?.kind == .violation)
        #expect(error("\(type) 00 0000", fromHost: false)?.kind == .violation)
    }

    @Test func typeOfTheOtherDirectionIsRefused() {
        for hex in ["01 00 0005 'NINA' 01", "02 00 0000", "03 00 0001 03"] {
            #expect(error(hex, fromHost: true) == nil)
            #expect(error(hex, fromHost: false)?.kind == .violation)
        }
        for hex in ["81 00 0005 'NINA' 01", "82 04 0000", "83 01 0000"] {
            #expect(error(hex, fromHost: false) == nil)
            #expect(error(hex, fromHost: true)?.kind == .violation)
        }
    }

    @Test func lengthThatDoesNotFitIsRefused() {
        // Immediately: the payload need not have arrived.
        for hex in ["01 00 0004", "01 00 0006", "01 00 0000", "03 00 0000", "03 00 0002"] {
            #expect(error(hex, fromHost: true)?.kind == .violation)
        }
        for hex in ["81 00 0004", "81 00 FFFF", "83 00 0001", "83 00 0100"] {
            #expect(error(hex, fromHost: false)?.kind == .violation)
        }
    }
}
