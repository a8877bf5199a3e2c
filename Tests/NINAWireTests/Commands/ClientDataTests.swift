import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClientDataTests {
    private let socket = SocketNumber(rawValue: 3)

    @Test func oneByte() throws {
        #expect(try encoded(GetData(socket: socket, peek: false)).hex == "E02C0201030100EE")
        #expect(try encoded(GetData(socket: socket, peek: true)).hex == "E02C0201030101EE")
        #expect(try encoded(GetData.Reply(byte: 0x5A), to: GetData.self).hex == "E0AC01015AEE")
    }

    @Test func manyBytes() throws {
        #expect(
            try encoded(SendData(socket: socket, data: "hello".bytes))
                == Array(hex: "E0 44 02 | 0001 03 | 0005 'hello' | EE"))
        #expect(try encoded(SendData.Reply(count: 4083), to: SendData.self).hex == "E0C40102F30FEE")
        // The size is little endian, the length of the answer big endian.
        #expect(
            try encoded(GetDatabuf(socket: socket, size: 1500)) == Array(hex: "E0 45 02 | 0001 03 | 0002 DC05 | EE"))
        let data = ArraySlice(repeating: UInt8(1), count: 1500)
        #expect(try encoded(GetDatabuf.Reply(data: data), to: GetDatabuf.self).prefix(5).hex == "E0C50105DC")
    }

    @Test func dataMayContainFrameBytes() throws {
        let data: ArraySlice<UInt8> = [0xEE, 0xE0, 0xEF, 0x00, 0xEE]
        let frame = try encoded(GetDatabuf.Reply(data: data), to: GetDatabuf.self)
        #expect(try FrameReader.reply(to: GetDatabuf.self, in: frame[...]).data == data)
    }

    @Test func sent() throws {
        #expect(try encoded(DataSent(socket: socket)).hex == "E02A010103EE")
    }
}
