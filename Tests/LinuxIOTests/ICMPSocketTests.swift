import Glibc
import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10))) struct ICMPSocketTests {
    private static let loopback: UInt32 = IPv4Endpoint.loopbackAddress

    /// Whether this user may send echo requests, by either kind of socket.
    static var isAllowed: Bool {
        for kind in [SOCK_DGRAM, SOCK_RAW] {
            let number = socket(AF_INET, Int32(kind.rawValue), Int32(IPPROTO_ICMP))
            if number >= 0 { return close(number) == 0 }
        }
        return false
    }

    private func waitForAnswer(_ socket: borrowing ICMPSocket, _ address: UInt32, _ sequence: UInt16) throws {
        // A raw socket also receives the requests.
        for _ in 0..<1000 {
            try waitUntilReady(socket.descriptor.rawValue, .readable)
            if socket.receiveAnswer(from: address, sequence: sequence) { return }
        }
        Issue.record("no answer")
    }

    @Test(.enabled(if: isAllowed, "needs CAP_NET_RAW or a group in net.ipv4.ping_group_range"))
    func thisMachineAnswers() throws {
        let socket = try ICMPSocket(timeToLive: 64)
        let nothing = socket.receiveAnswer(from: Self.loopback, sequence: 1)
        #expect(!nothing)
        for sequence: UInt16 in [1, 2, 0xFFFF] {
            let errno = socket.sendRequest(to: Self.loopback, sequence: sequence)
            #expect(errno == nil)
            try waitForAnswer(socket, Self.loopback, sequence)
        }
        let errno = socket.sendRequest(to: 0x7F01_0001, sequence: 3)
        #expect(errno == nil)
        try waitForAnswer(socket, 0x7F01_0001, 3)
    }

    @Test(.enabled(if: isAllowed, "needs CAP_NET_RAW or a group in net.ipv4.ping_group_range"))
    func otherAnswersAreDropped() throws {
        let socket = try ICMPSocket(timeToLive: 1)
        let errno = socket.sendRequest(to: Self.loopback, sequence: 7)
        #expect(errno == nil)
        try waitUntilReady(socket.descriptor.rawValue, .readable)
        let another = socket.receiveAnswer(from: Self.loopback, sequence: 8)
        #expect(!another)
        let elsewhere = socket.receiveAnswer(from: 0x7F00_0002, sequence: 7)
        #expect(!elsewhere)
    }

    @Test(
        .enabled(if: isAllowed, "needs CAP_NET_RAW or a group in net.ipv4.ping_group_range"), arguments: [1, 64, 255])
    func requestsHaveTheirTimeToLive(_ timeToLive: UInt8) throws {
        let socket = try ICMPSocket(timeToLive: timeToLive)
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        #expect(getsockopt(socket.descriptor.rawValue, Int32(IPPROTO_IP), IP_TTL, &value, &length) == 0)
        #expect(value == Int32(timeToLive))
        #expect(fcntl(socket.descriptor.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test(.enabled(if: isAllowed, "needs CAP_NET_RAW or a group in net.ipv4.ping_group_range"))
    func timeToLiveIsNotZero() {
        #expect(errno { () throws(LinuxError) in _ = try ICMPSocket(timeToLive: 0) } == .invalidArgument)
    }

    /// RFC 792; the sums are those of the words' ones' complement, computed by hand.
    @Test func aRequestIsAnEchoMessage() {
        let data = Array("ninaping".utf8)
        #expect(data == [0x6E, 0x69, 0x6E, 0x61, 0x70, 0x69, 0x6E, 0x67])
        for (identifier, sequence) in [(0x1234, 0x5678), (0, 0), (0xFFFF, 0xFFFF), (0x0001, 0x0100)]
            as [(UInt16, UInt16)]
        {
            let request = ICMPSocket.request(identifier: identifier, sequence: sequence)
            #expect(request[0...1] == [8, 0])
            let head = [identifier, sequence].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            #expect(Array(request.dropFirst(4)) == head + data)
            // With its checksum, a message sums up to all ones (RFC 1071).
            let sum = stride(from: 0, to: request.count, by: 2)
                .reduce(0) { $0 + Int(request[$1]) << 8 + Int(request[$1 + 1]) }
            #expect(sum % 0xFFFF == 0 && sum > 0)
        }
        // 0x0800 + 0x6E69 + 0x6E61 + 0x7069 + 0x6E67 = 0x1C39A, folded 0xC39B.
        #expect(ICMPSocket.request(identifier: 0, sequence: 0)[2...3] == [0x3C, 0x64])
        // 0x1C39A + 0xFFFF + 0xFFFF = 0x3C398, folded 0xC39B.
        #expect(ICMPSocket.request(identifier: .max, sequence: .max)[2...3] == [0x3C, 0x64])
        #expect(ICMPSocket.request(identifier: 0x1234, sequence: 0x5678)[2...3] == [0xD3, 0xB7])
    }

    private func isAnswer(_ message: [UInt8], raw isRaw: Bool) -> Bool {
        message.withUnsafeBytes {
            ICMPSocket.isAnswer($0, isRaw: isRaw, identifier: 0x1234, sequence: 0x5678)
        }
    }

    @Test func onlyTheReplyOfTheRequestIsItsAnswer() {
        let reply: [UInt8] = [0, 0, 9, 9, 0x12, 0x34, 0x56, 0x78]
        func with(_ index: Int, _ value: UInt8) -> [UInt8] {
            var changed = reply
            changed[index] = value
            return changed
        }
        // Without and with a header, of 20 and of 24 bytes.
        let headers: [(raw: Bool, bytes: [UInt8])] = [
            (false, []), (true, [0x45] + [UInt8](repeating: 0xFF, count: 19)),
            (true, [0x46] + [UInt8](repeating: 0, count: 23)),
        ]
        for (raw, header) in headers {
            #expect(isAnswer(header + reply, raw: raw))
            #expect(isAnswer(header + reply + [1, 2], raw: raw))
            #expect(!isAnswer(header + reply.dropLast(), raw: raw))
            #expect(!isAnswer(header, raw: raw))
            #expect(!isAnswer(header + with(0, 8), raw: raw), "a request, as a raw socket receives it too")
            #expect(!isAnswer(header + with(0, 1), raw: raw))
            for index in [6, 7] { #expect(!isAnswer(header + with(index, 0), raw: raw), "another sequence") }
            // The kernel gives unprivileged sockets an identifier of its own.
            for index in [4, 5] { #expect(isAnswer(header + with(index, 0), raw: raw) == !raw) }
        }
        #expect(!isAnswer([], raw: true) && !isAnswer([], raw: false) && !isAnswer([0x45], raw: true))
    }
}
