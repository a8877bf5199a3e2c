import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// A coprocessor with scripted TLS, and a server outside at port 443.
final class SecureHarness {
    let engine = ScriptedEngine()
    let bench: DeviceHarness
    let outside: VirtualListener
    private let log = LogLines()

    /// The log so far.
    var lines: [String] { log.lines }

    private final class LogLines { var lines: [String] = [] }

    init(_ change: (inout Configuration) -> Void = { _ in }) throws {
        bench = try DeviceHarness(engine: engine, change)
        outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 443))
        bench.network.hosts["box"] = DeviceHarness.outside
        bench.device.logLevel = .info
        bench.device.log = { [log] _, text in log.lines.append(text) }
    }

    /// START_CLIENT, up to the server's receipt of the client's first message.
    func greet(
        _ slot: Int = 0, name: String? = "box", milliseconds: UInt16? = nil, type: UInt8 = 2
    ) throws -> VirtualPeer {
        #expect(
            bench.start(DeviceHarness.connectWindow(slot, to: 443, name: name, milliseconds: milliseconds, type: type))
                == nil)
        // The look-up, then the connection.
        var rounds = Rounds(10)
        while outside.accepted.last?.received != [ScriptedSession.hello], rounds.next() {
            #expect(bench.finish() == nil)
        }
        let peer = try #require(outside.accepted.last)
        #expect(peer.read() == [ScriptedSession.hello])
        #expect(bench.finish() == nil)
        return peer
    }

    /// An established connection, and the server's end of it.
    func connect(_ slot: Int = 0, name: String? = "box", type: UInt8 = 2) throws -> VirtualPeer {
        let peer = try greet(slot, name: name, type: type)
        peer.send([ScriptedSession.welcome])
        #expect(bench.finish() == [0xE0, 0xAD, 0x01, 0x01, 0x01, 0xEE, 0, 0])
        return peer
    }
}
