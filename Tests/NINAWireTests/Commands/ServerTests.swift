import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ServerTests {
    private let socket = SocketNumber(rawValue: 2)

    @Test func starts() throws {
        var command = StartServer(port: 8080, socket: socket, type: .tcp)
        #expect(try encoded(command) == Array(hex: "E0 28 03 | 02 1F90 | 01 02 | 01 00 | EE"))
        command.address = IPv4Address(239, 1, 2, 3)
        command.type = .udpMulticast
        #expect(try encoded(command) == Array(hex: "E0 28 04 | 04 EF010203 | 02 1F90 | 01 02 | 01 03 | EE"))
    }

    @Test func asks() throws {
        #expect(try encoded(AvailData(socket: socket)).hex == "E02B010102EE")
        #expect(try encoded(AvailData(socket: socket, accept: false)).hex == "E02B0201020100EE")
        #expect(try encoded(AvailData(socket: socket, accept: true)).hex == "E02B0201020101EE")
    }
}
