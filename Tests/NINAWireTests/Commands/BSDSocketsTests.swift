import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BSDSocketsTests {
    private let socket = SocketNumber(rawValue: 54)

    /// Ports go out big endian and come back low byte first.
    @Test func ordersOfPortsDiffer() throws {
        let address = IPv4Address(10, 0, 0, 7)
        #expect(
            try encoded(BSDConnect(socket: socket, address: address, port: 80))
                == Array(hex: "E0 76 03 | 01 36 | 04 0A000007 | 02 0050 | EE"))
        #expect(try encoded(BSDBind(socket: socket, port: 80)).hex == "E073020136020050EE")
        let accepted = BSDAccept.Reply(socket: SocketNumber(rawValue: 55), address: address, port: 80)
        #expect(
            try encoded(accepted, to: BSDAccept.self) == Array(hex: "E0 F5 03 | 01 37 | 04 0A000007 | 02 5000 | EE"))
        let peer = BSDGetpeername.Reply(result: 1, address: address, port: 80)
        #expect(
            try encoded(peer, to: BSDGetpeername.self) == Array(hex: "E0 FF 03 | 01 01 | 04 0A000007 | 02 5000 | EE"))
        let datagram = BSDRecvfrom.Reply(address: address, port: 80, data: [7])
        #expect(
            try encoded(datagram, to: BSDRecvfrom.self)
                == Array(hex: "E0 FA 03 | 0004 0A000007 | 0002 5000 | 0001 07 | EE"))
    }

    @Test func ordersOfCountsDiffer() throws {
        #expect(try encoded(BSDRecv(socket: socket, size: 258)).hex == "E0780201360202" + "01EE")
        #expect(try encoded(BSDSend.Reply(count: 258), to: BSDSend.self).hex == "E0F701020102EE")
        #expect(try encoded(BSDSendto.Reply(count: 258), to: BSDSendto.self).hex == "E0F901020102EE")
    }

    @Test func optionsAreLittleEndian() throws {
        #expect(
            try encoded(BSDIoctl(socket: socket, request: BSDIoctl.fionread, value: [0, 0, 0, 0]))
                == Array(hex: "E0 7B 03 | 01 36 | 04 7F660440 | 04 00000000 | EE"))
        #expect(
            try encoded(BSDSetsockopt(socket: socket, option: 8, value: [1]))
                == Array(hex: "E0 7D 03 | 01 36 | 04 08000000 | 01 01 | EE"))
        #expect(
            try encoded(BSDGetsockopt(socket: socket, option: 8, size: 4))
                == Array(hex: "E0 7E 03 | 01 36 | 04 08000000 | 01 04 | EE"))
    }
}
