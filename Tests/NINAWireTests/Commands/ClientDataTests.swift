import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ClientDataTests {
    private let socket = SocketNumber(rawValue: 3)

    @Test func oneByte() throws {
        #expect(try encoded(GetData(socket: socket, peek: false)).hex == "E02C0201030100EE")
        #expect(try encoded(GetData(socket: socket, peek: true)).hex == "E02C0201030101EE")
    }

    /// Unlike the command's size.
    @Test func lengthOfTheDataIsBigEndian() throws {
        let data = ArraySlice(repeating: UInt8(1), count: 1500)
        #expect(try encoded(GetDatabuf.Reply(data: data), to: GetDatabuf.self).prefix(5).hex == "E0C50105DC")
    }

    @Test func dataMayContainFrameBytes() throws {
        let data: ArraySlice<UInt8> = [0xEE, 0xE0, 0xEF, 0x00, 0xEE]
        let frame = try encoded(GetDatabuf.Reply(data: data), to: GetDatabuf.self)
        #expect(try FrameReader.reply(to: GetDatabuf.self, in: frame[...]).data == data)
    }
}
