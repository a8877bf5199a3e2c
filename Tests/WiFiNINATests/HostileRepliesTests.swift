import NINALink
import NINAWire
import TestSupport
import Testing

@testable import WiFiNINA

/// Whatever a module replies, the library never traps, and every call ends.
@Suite(.timeLimit(.minutes(10))) struct HostileRepliesTests {
    @Test(arguments: SocketFamily.allCases) func aHundredThousandRepliesEndNothing(_ family: SocketFamily) throws {
        let link = HostileLink(seed: testSeed("aHundredThousandReplies"))
        var turn: UInt64 = 0
        while link.replies < 50_000, turn < 100_000 {
            turn += 1
            // Some modules are mostly well-formed, some rarely, some silent half of the time.
            link.rates = [(0, 0), (20, 2), (300, 10), (20, 300)][Int(turn % 4)]
            let session = HostileSession(link, family, SplitMix64(seed: turn))
            for _ in 0..<400 { try session.step() }
        }
        #expect(link.replies >= 50_000)
    }

    /// A module that has a connection for every ACCEPT, always with the same number.
    @Test func connectionsWithoutEndAreNotAllTakenAtOnce() throws {
        let link = AnsweringLink { opcode in
            switch opcode {
            case .bsdSocket: BSDSocket.Reply(socket: SocketNumber(rawValue: 54)).frame(BSDSocket.self)
            case .bsdAccept:
                BSDAccept.Reply(socket: SocketNumber(rawValue: 55), address: .any, port: 1).frame(BSDAccept.self)
            case .bsdIoctl: BSDIoctl.Reply(value: [1, 0, 0, 0]).frame(BSDIoctl.self)
            case .bsdRecv: BSDRecv.Reply(data: []).frame(BSDRecv.self)
            default: [Frame.start, opcode.replyByte, 1, 1, 1, Frame.end]
            }
        }
        let wifi = WiFi(link: link)
        let server = WiFiServer(wifi, port: 80, family: .bsd)
        try server.begin()
        #expect(try server.available() == nil)
        #expect(wifi.commandCount < 300)
        #expect(try server.available() == nil)
        // Only the last handle is current.
        #expect(server.waiting.filter(\.isCurrent).count == 1)
        #expect(server.waiting.count <= Firmware.slotLimit + 1)
    }

    /// A module that answers an option with too few bytes: no number is made of them.
    @Test(arguments: 0..<5) func optionsOfTooFewBytesAreNone(_ count: Int) throws {
        let zeros = [UInt8](repeating: 0, count: count)
        var connects = 0
        let link = AnsweringLink { opcode in
            switch opcode {
            case .bsdSocket: return BSDSocket.Reply(socket: SocketNumber(rawValue: 54)).frame(BSDSocket.self)
            case .bsdIoctl:
                // The first one makes the socket nonblocking.
                return BSDIoctl.Reply(value: count == 0 ? [1] : zeros[...]).frame(BSDIoctl.self)
            case .bsdGetsockopt: return BSDGetsockopt.Reply(value: zeros[...]).frame(BSDGetsockopt.self)
            case .bsdErrno: return BSDErrno.Reply(errno: connects == 0 ? 22 : 119).frame(BSDErrno.self)
            case .bsdConnect:
                connects += 1
                return [Frame.start, opcode.replyByte, 1, 1, 0, Frame.end]
            case .bsdPoll: return BSDPoll.Reply(events: 2).frame(BSDPoll.self)
            default: return [Frame.start, opcode.replyByte, 1, 1, 1, Frame.end]
            }
        }
        let wifi = WiFi(link: link)
        let socket = try WiFiSocket(wifi, .stream)
        guard count < 4 else {
            #expect(try socket.option(.type) == 0 && socket.available() == 0)
            try socket.connect(Host.address, port: 7)
            var client = WiFiClient(wifi, family: .bsd)
            try client.connect(.address(Host.address), port: 7)
            return
        }
        #expect(throws: WiFiError.socketFailed(.bsdGetsockopt, .invalid)) { try socket.option(.type) }
        #expect(throws: WiFiError.socketFailed(.bsdIoctl, .invalid)) { try socket.available() }
        // SO_ERROR of 0 would mean that the connection is there.
        #expect(throws: WiFiError.self) { try socket.connect(Host.address, port: 7) }
        var client = WiFiClient(wifi, family: .bsd)
        #expect(throws: WiFiError.self) { try client.connect(.address(Host.address), port: 7) }
    }

    /// A module that sends more bytes than requested.
    @Test(arguments: SocketFamily.allCases, 4060..<4090)
    func moreBytesThanWereAskedFor(_ family: SocketFamily, _ size: Int) throws {
        let bytes = pattern(4086)
        let link = AnsweringLink { opcode in
            switch opcode {
            case .bsdSocket: BSDSocket.Reply(socket: SocketNumber(rawValue: 54)).frame(BSDSocket.self)
            case .bsdIoctl: BSDIoctl.Reply(value: [1, 0, 0, 0]).frame(BSDIoctl.self)
            case .bsdRecv: BSDRecv.Reply(data: bytes[...]).frame(BSDRecv.self)
            case .getDatabuf: GetDatabuf.Reply(data: bytes[...]).frame(GetDatabuf.self)
            default: [Frame.start, opcode.replyByte, 1, 1, 1, Frame.end]
            }
        }
        var client = WiFiClient(WiFi(link: link), family: family)
        try client.connect(.address(Host.address), port: 7)
        var buffer = [UInt8](repeating: 0, count: size)
        let count = try client.read(into: &buffer)
        // Smaller replies are read as long as they are complete.
        #expect(count == (family == .bsd ? min(size, 4086) : size))
        #expect(buffer.prefix(count) == (bytes + bytes).prefix(count))
        let rest = try client.read(10)
        #expect(!rest.isEmpty && rest == Array((bytes + bytes)[count..<count + rest.count]))
    }
}

extension Layout {
    fileprivate func frame<C: Command>(_ command: C.Type) -> [UInt8] where C.Reply == Self {
        var writer = FrameWriter()
        try? writer.writeReply(self, to: command)
        return writer.frame
    }
}

/// A module that answers each command in one way.
final class AnsweringLink: Link {
    private let answer: (Opcode) -> [UInt8]
    private var opcode = Opcode.getFwVersion
    private(set) var now = MonotonicInstant(nanoseconds: 1_000_000)
    private var commands = 0

    init(_ answer: @escaping (Opcode) -> [UInt8]) { self.answer = answer }

    func interruptLevel() throws(LinkError) -> Bool { true }
    func reset(until deadline: MonotonicInstant) throws(LinkError) {}
    func sleep(until deadline: MonotonicInstant) throws(LinkError) { now = max(now, deadline) }
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool { true }
    func close() {}

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        commands += 1
        guard commands < 10_000 else { throw LinkError(.closed, .idle) }
        opcode = Opcode(byte: frame[1], family: .arduino) ?? .getFwVersion
    }

    func receiveReply(
        expecting _: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        answer(opcode)[...]
    }
}
