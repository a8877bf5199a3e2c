import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Events that end no wait, and datagrams that the network does not take.
@Suite(.timeLimit(.minutes(10))) struct BSDWaitTests {
    private static let remote = Endpoint(address: DeviceHarness.outside, port: 7)

    private func socket(_ bench: DeviceHarness, _ number: SocketNumber) throws -> NetworkSocket {
        try #require(bench.device.device.bsd[Int(number.rawValue) - bench.device.device.context.numbers.base]?.socket)
    }

    /// A connection attempt goes on, whatever the network says of its socket, until it has a result or its time is over.
    @Test func aConnectWaitsForItsResult() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let listener = bench.network.listen(at: Self.remote)
        let number = try bench.socket()
        try bench.startWaiting(BSDConnect(socket: number, address: Self.remote.address, port: Self.remote.port))
        let socket = try socket(bench, number)
        for event in [NetworkEvent.writable(socket), .readable(socket), .pending(socket)] {
            bench.device.networkEvent(event)
            #expect(try bench.finish(BSDConnect.self) == nil, "\(event)")
        }
        bench.pass(.milliseconds(29_999))
        #expect(try bench.finish(BSDConnect.self) == nil)
        bench.network.connectNow()
        #expect(try bench.finish(BSDConnect.self)?.value == 1)
        #expect(listener.accepted.count == 1)
        #expect(try bench.send(number, [1]) == 1)
    }

    @Test func anAcceptWaitsForAConnection() throws {
        let bench = try DeviceHarness()
        let number = try bench.listening(80)
        try bench.startWaiting(BSDAccept(socket: number))
        let socket = try socket(bench, number)
        for event in [NetworkEvent.pending(socket), .readable(socket), .writable(socket)] {
            bench.device.networkEvent(event)
            #expect(try bench.finish(BSDAccept.self) == nil, "\(event)")
        }
        bench.pass(.milliseconds(29_999))
        #expect(try bench.finish(BSDAccept.self) == nil)
        bench.pass(.milliseconds(1))
        #expect(try bench.finish(BSDAccept.self)?.socket == .unavailable)
        #expect(try bench.errno() == 11)
        _ = try #require(bench.network.connect(to: 80))
        #expect(try bench.run(BSDAccept(socket: number)).socket.rawValue == number.rawValue + 1)
    }

    @Test func aReceiveWaitsForBytes() throws {
        let bench = try DeviceHarness()
        let (number, peer) = try bench.connected()
        for size in [1, 4076] as [UInt16] {
            try bench.startWaiting(BSDRecv(socket: number, size: size))
            let socket = try socket(bench, number)
            for event in [NetworkEvent.readable(socket), .writable(socket)] {
                bench.device.networkEvent(event)
                #expect(try bench.finish(BSDRecv.self) == nil, "\(event)")
            }
            peer.send([7])
            #expect(try bench.finish(BSDRecv.self)?.data == [7])
        }
        try bench.startWaiting(BSDRecv(socket: number, size: 9))
        bench.pass(.milliseconds(29_999))
        #expect(try bench.finish(BSDRecv.self) == nil)
        bench.pass(.milliseconds(1))
        #expect(try bench.finish(BSDRecv.self)?.data.isEmpty == true)
        #expect(try bench.errno() == 11)
    }

    /// A reply holds 4076 bytes: no command returns more, and none are lost.
    @Test(arguments: [4075, 4076, 4077, 65_535] as [UInt16]) func oneReplyHoldsSoMuch(_ size: UInt16) throws {
        let bench = try DeviceHarness()
        let (number, peer) = try bench.connected()
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        peer.send(bytes)
        let count = min(Int(size), 4076)
        #expect(try bench.receive(number, size) == Array(bytes[..<count]))
        let rest = try bench.run(BSDRecvfrom(socket: number, size: size))
        #expect(rest.data.elementsEqual(bytes[count...].prefix(count)))
        #expect(rest.address == Self.remote.address && rest.port == Self.remote.port)
    }

    @Test func aDatagramThatIsNotTakenIsNotCounted() throws {
        let bench = try DeviceHarness()
        let number = try bench.socket(2)
        #expect(try bench.send(number, [1, 2], to: Self.remote) == 2)
        #expect(bench.network.datagrams.count == 1)
        bench.network.closeDatagram(try socket(bench, number))
        #expect(try bench.send(number, [1, 2], to: Self.remote) == 0)
        #expect(try bench.errno() == BSDError.unreachable.rawValue)
        #expect(bench.network.datagrams.count == 1)
    }

    /// The first command that uses an ended connection reports the cause; later ones report that it is not connected.
    @Test(arguments: ["send", "receive", "option"]) func aFailureIsToldOnce(_ use: String) throws {
        let bench = try DeviceHarness()
        let (number, _) = try bench.connected()
        #expect(try bench.byte(0x30) == 1)
        switch use {
        case "send": #expect(try bench.send(number, [1]) == 0)
        case "receive": #expect(try bench.receive(number).isEmpty)
        default: #expect(try bench.option(number, 0x1007, 4) == [BSDError.aborted.rawValue, 0, 0, 0])
        }
        if use != "option" { #expect(try bench.errno() == BSDError.aborted.rawValue) }
        #expect(try bench.send(number, [1]) == 0)
        #expect(try bench.errno() == BSDError.notConnected.rawValue)
        #expect(try bench.option(number, 0x1007, 4) == [0, 0, 0, 0])
    }
}
