import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct BSDSocketsTests {
    @Test func requestsAreLwipsNumbers() throws {
        let socket = SocketNumber(rawValue: 54)
        #expect(
            try encoded(BSDIoctl(socket: socket, request: BSDIoctl.fionread, value: [0, 0, 0, 0]))
                == Array(hex: "E0 7B 03 | 01 36 | 04 7F660440 | 04 00000000 | EE"))
    }
}
