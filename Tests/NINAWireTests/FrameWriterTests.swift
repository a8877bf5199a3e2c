import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FrameWriterTests {
    var writer = FrameWriter()

    @Test mutating func padsToFourBytes() throws {
        try writer.write(StopClient(socket: SocketNumber(rawValue: 2)))
        #expect(writer.frame.hex == "E02E010102EE0000")
        try writer.write(StopClient(socket: SocketNumber(rawValue: 2)), padding: 0xFF)
        #expect(writer.frame.hex == "E02E010102EEFFFF")
        try writer.write(GetSocket())
        #expect(writer.frame.hex == "E03F00EE")
    }

    @Test mutating func padsRepliesAsTheFirmwareDoes() throws {
        try writer.writeReply(Acknowledgement(true), to: SetNet.self)
        #expect(writer.frame.hex == "E090010101EE0000")
        try writer.writeReply(Acknowledgement(true), to: SetNet.self, isPadded: false)
        #expect(writer.frame.hex == "E090010101EE")
        writer.writeErrorFrame()
        #expect(writer.frame.hex == "EF00EE00")
        writer.writeErrorFrame(isPadded: false)
        #expect(writer.frame.hex == "EF00EE")
    }

    @Test mutating func swapsItsFrame() throws {
        try writer.write(GetSocket())
        var other: [UInt8] = [1, 2, 3]
        writer.swapFrame(with: &other)
        #expect(other.hex == "E03F00EE")
        #expect(writer.frame == [1, 2, 3])
        try writer.write(GetSocket())
        #expect(writer.frame == other)
    }

    @Test mutating func byteLengthEndsAt255() throws {
        try writer.write(SetNet(ssid: ArraySlice(repeating: 0x41, count: 255)))
        #expect(writer.frame.prefix(4).hex == "E01001FF")
        #expect(writer.frame.count == 260)
        #expect(throws: FrameError(.valueTooLong, at: 3, expected: 255, found: 256)) {
            try writer.write(SetNet(ssid: ArraySlice(repeating: 0x41, count: 256)))
        }
        #expect(throws: FrameError(.valueTooLong, at: 7, expected: 255, found: 300)) {
            try writer.write(SetPassphrase(ssid: "abc".bytes, passphrase: ArraySlice(repeating: 0x41, count: 300)))
        }
    }

    @Test mutating func wordLengthEndsAt65535() {
        #expect(throws: FrameError(.frameTooLong, at: 4092, expected: 4092, found: 65_545 - 1)) {
            try writer.write(SendData(socket: .unavailable, data: ArraySlice(repeating: 0, count: 65_535)))
        }
        #expect(throws: FrameError(.valueTooLong, at: 6, expected: 65_535, found: 65_536)) {
            try writer.write(SendData(socket: .unavailable, data: ArraySlice(repeating: 0, count: 65_536)))
        }
    }

    @Test mutating func frameEndsAt4092() throws {
        try writer.write(SendData(socket: .unavailable, data: ArraySlice(repeating: 7, count: Frame.longestSend)))
        #expect(writer.frame.count == 4092)
        #expect(writer.frame.last == Frame.end)
        #expect(throws: FrameError(.frameTooLong, at: 4092, expected: 4092, found: 4093)) {
            try writer.write(
                SendData(socket: .unavailable, data: ArraySlice(repeating: 7, count: Frame.longestSend + 1)))
        }
        try writer.writeReply(
            GetDatabuf.Reply(data: ArraySlice(repeating: 7, count: Frame.longestReceive)), to: GetDatabuf.self)
        #expect(writer.frame.count == 4092)
        #expect(writer.frame.last == Frame.end)
        #expect(throws: FrameError(.frameTooLong, at: 4092, expected: 4092, found: 4093)) {
            try writer.writeReply(
                GetDatabuf.Reply(data: ArraySlice(repeating: 7, count: Frame.longestReceive + 1)), to: GetDatabuf.self)
        }
    }

    @Test mutating func writesAgainAfterAFailure() throws {
        try? writer.write(SetNet(ssid: ArraySlice(repeating: 0x41, count: 256)))
        try writer.write(GetSocket())
        #expect(writer.frame.hex == "E03F00EE")
    }

    @Test mutating func countEndsAt255() throws {
        var reply = ScanNetworks.Reply()
        reply.networks = Array(repeating: "n".bytes, count: 255)
        try writer.writeReply(reply, to: ScanNetworks.self)
        #expect(writer.frame[2] == 255)
        #expect(try FrameReader.reply(to: ScanNetworks.self, in: writer.frame[...]) == reply)
        reply.networks.append([])
        #expect(throws: FrameError(.parameterCount, at: 2, expected: 255, found: 256)) {
            try writer.writeReply(reply, to: ScanNetworks.self)
        }
    }

    @Test mutating func writesWhatIsNoFrame() throws {
        writer.writeNoFrame([1, 2])
        #expect(writer.frame == [1, 2])
        writer.writeNoFrame([])
        #expect(writer.frame == [])
        try writer.write(GetSocket())
        #expect(writer.frame.hex == "E03F00EE")
    }
}
