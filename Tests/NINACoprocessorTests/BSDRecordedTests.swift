import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Sessions recorded with firmware 2.0.0, byte for byte. Addresses that it leaves uninitialized are zeros here.
@Suite(.timeLimit(.minutes(10))) struct BSDRecordedTests {
    /// The event outside that precedes a command.
    enum Event { case nothing, listens, replies, closes, answers }

    struct Step {
        var command: String
        var reply: String
        var before: Event

        init(_ command: String, _ reply: String, _ before: Event = .nothing) {
            self.command = command
            self.reply = reply
            self.before = before
        }
    }

    static let stream: [Step] = [
        Step("e0700201010100ee", "e0f0010136ee0000"),
        Step("e07200ee", "e0f2010100ee0000"),
        Step("e07c010136ee0000", "e0fc010100ee0000"),
        Step("e07f010136ee0000", "e0ff0301000400000000020000ee0000"),
        Step("e07200ee", "e0f2010180ee0000"),
        Step("e076030136047f000001024a9eee0000", "e0f6010100ee0000"),
        Step("e07200ee", "e0f2010168ee0000"),
        Step("e071010136ee0000", "e0f1010101ee0000"),
        Step("e071010136ee0000", "e0f1010100ee0000"),
        Step("e07200ee", "e0f2010109ee0000"),
        Step("e0700201010100ee", "e0f0010137ee0000"),
        Step("e076030137047f000001024a9dee0000", "e0f6010101ee0000", .listens),
        Step("e07c010137ee0000", "e0fc010102ee0000"),
        Step("e07f010137ee0000", "e0ff030101047f000001029d4aee0000"),
        Step("e0770200013700086273642d64617461ee000000", "e0f701020008ee00"),
        Step("e07b030137047f6604400400000000ee", "e0fb010405000000ee000000", .replies),
        Step("e07c010137ee0000", "e0fc010103ee0000"),
        Step("e078020137020300ee000000", "e0f8010003726570ee000000"),
        Step("e078020137026400ee000000", "e0f80100026c79ee"),
        Step("e07b030137047e6604800401000000ee", "e0fb010401000000ee000000"),
        Step("e078020137026400ee000000", "e0f8010000ee0000"),
        Step("e07200ee", "e0f201010bee0000"),
        Step("e07b03013704785634120407000000ee", "e0fb0100ee000000"),
        Step("e07200ee", "e0f2010158ee0000"),
        Step("e078020137026400ee000000", "e0f8010000ee0000", .closes),
        Step("e07200ee", "e0f2010180ee0000"),
        Step("e07c010137ee0000", "e0fc010103ee0000"),
        Step("e071010137ee0000", "e0f1010101ee0000"),
        Step("e07702000137000178ee0000", "e0f701020000ee00"),
        Step("e078020137020400ee000000", "e0f8010000ee0000"),
        Step("e07c010137ee0000", "e0fc010100ee0000"),
        Step("e0700201090100ee", "e0f00101ffee0000"),
        Step("e07200ee", "e0f2010116ee0000"),
    ]

    static let datagrams: [Step] = [
        Step("e0700201020100ee", "e0f0010136ee0000"),
        Step("e07302013602138bee000000", "e0f3010101ee0000"),
        Step("e0790400013600047f00000100024a9f0005646772616dee", "e0f901020005ee00"),
        Step("e07c010136ee0000", "e0fc010103ee0000", .answers),
        Step("e07a020136026400ee000000", "e0fa0300047f00000100029f4a0006616e73776572ee0000"),
        Step("e07a020136020300ee000000", "e0fa0300047f00000100029f4a0003616e73ee00", .answers),
        Step("e07b030136047e6604800401000000ee", "e0fb010401000000ee000000"),
        Step("e07a020136026400ee000000", "e0fa03000400000000000200000000ee"),
        Step("e07200ee", "e0f201010bee0000"),
        Step("e071010136ee0000", "e0f1010101ee0000"),
    ]

    static let exhaustion: [Step] = [
        Step("e0280302005001000100ee00", "e0a8010101ee0000"),
        Step("e0700201010100ee", "e0f0010137ee0000"),
        Step("e0700201010100ee", "e0f0010138ee0000"),
        Step("e0700201010100ee", "e0f0010139ee0000"),
        Step("e0700201010100ee", "e0f001013aee0000"),
        Step("e0700201010100ee", "e0f001013bee0000"),
        Step("e0700201010100ee", "e0f001013cee0000"),
        Step("e0700201010100ee", "e0f001013dee0000"),
        Step("e0700201010100ee", "e0f001013eee0000"),
        Step("e0700201010100ee", "e0f001013fee0000"),
        Step("e0700201010100ee", "e0f00101ffee0000"),
        Step("e07200ee", "e0f2010117ee0000"),
        Step("e02d04047f000001024a9d01010100ee", "e0ad00ee", .listens),
        Step("e07101013cee0000", "e0f1010101ee0000"),
        Step("e071010139ee0000", "e0f1010101ee0000"),
        Step("e0700201010100ee", "e0f0010139ee0000"),
    ]

    @Test(arguments: [stream, datagrams, exhaustion])
    func recordedSession(_ steps: [Step]) throws {
        let bench = try DeviceHarness(joined: false) { $0.allowsSocketsWithoutJoin = true }
        let listener = Endpoint(address: .loopback, port: 19_101)
        var outside: VirtualListener?
        for (number, step) in steps.enumerated() {
            let peer = outside?.accepted.first
            switch step.before {
            case .nothing: break
            case .listens: outside = bench.network.listen(at: listener)
            case .replies:
                #expect(peer?.read() == Array("bsd-data".utf8))
                peer?.send(Array("reply".utf8))
            case .closes: peer?.finish()
            case .answers:
                #expect(bench.network.datagrams.last?.bytes == Array("dgram".utf8))
                #expect(bench.network.datagrams.last?.port == 5003)
                let remote = Endpoint(address: .loopback, port: 19_103)
                bench.network.send(Array("answer".utf8), toPort: 5003, from: remote)
            }
            let reply = try bench.exchange([UInt8](hex: step.command))
            let expected = [UInt8](hex: step.reply)
            #expect(reply == expected, "step \(number), \(step.command)")
            #expect(!bench.device.interrupt)
        }
    }
}
