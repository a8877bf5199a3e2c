import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(5))) struct ICMPSocketTests {
    private static let loopback: UInt32 = IPv4Endpoint.loopbackAddress

    /// Whether this user may send echo requests, by either kind of socket.
    static var isAllowed: Bool {
        do throws(LinuxError) {
            _ = try ICMPSocket(timeToLive: 64)
            return true
        } catch {
            return false
        }
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

    @Test func timeOfDay() {
        // Later than the writing of this test, and before the year 2200.
        #expect((1_750_000_000...7_258_118_400).contains(TimeOfDay.seconds()))
    }
}
