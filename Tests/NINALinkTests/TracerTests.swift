import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct TracerTests {
    private final class Events {
        var texts: [String] = []
        var times: [MonotonicInstant] = []
    }

    private let events = Events()

    private func trace(_ link: any Link) -> Tracer {
        var opcode = Opcode.getSocket
        return Tracer(link) { [events] event, time in
            events.times.append(time)
            switch event {
            case .command(let frame):
                opcode = Opcode(byte: frame[1], family: .arduino) ?? opcode
                events.texts.append(FrameDescriber.describe(command: frame[...]))
            case .reply(let frame): events.texts.append(FrameDescriber.describe(reply: frame[...], to: opcode))
            case .reset: events.texts.append("reset")
            case .failure(let error): events.texts.append("\(error.kind) \(error.phase)")
            case .closed: events.texts.append("closed")
            }
        }
    }

    @Test func tellsWhatPassesInOrder() throws {
        let wifi = WiFi(link: trace(try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork()))))
        #expect(try wifi.firmwareVersion() == "3.5.0")
        #expect(try !wifi.waitForActivity(.milliseconds(1)))
        #expect(try wifi.status() == .idle)
        #expect(try wifi.hostByName("10.1.2.3") == IPv4Address(10, 1, 2, 3))
        try wifi.reset()
        wifi.end()
        #expect(
            events.texts == [
                "GET_FW_VERSION", #"GET_FW_VERSION -> version="3.5.0\0""#, "GET_CONN_STATUS",
                "GET_CONN_STATUS -> status=0",
                #"REQ_HOST_BY_NAME name="10.1.2.3""#, "REQ_HOST_BY_NAME -> result=1", "GET_HOST_BY_NAME",
                "GET_HOST_BY_NAME -> address=10.1.2.3", "reset", "closed",
            ])
        #expect(events.times == events.times.sorted())
    }

    @Test func tellsOfFailures() throws {
        let stream = ScriptedStream()
        stream.arriveBoot()
        let tracer = trace(try MessageLink(stream: stream, until: after(1, stream.now)))
        try tracer.sendCommand(Array(hex: "E0 3F 00 EE"), until: after(1, stream.now))
        #expect(throws: LinkError(.timedOut, .reply)) {
            try tracer.receiveReply(expecting: .getClientState, until: after(1, stream.now))
        }
        #expect(throws: LinkError(.timedOut, .readyForCommand)) {
            try tracer.sendCommand([1], until: after(1, stream.now))
        }
        #expect(throws: LinkError(.timedOut, .boot)) { try tracer.reset(until: after(1, stream.now)) }
        #expect(events.texts == ["GET_SOCKET", "timedOut reply", "timedOut readyForCommand", "timedOut boot"])
    }

    /// Only waits that fail are reported.
    @Test func tellsOfFailedWaits() throws {
        let stream = ScriptedStream()
        stream.arriveBoot()
        let tracer = trace(try MessageLink(stream: stream, until: after(1, stream.now)))
        #expect(try !tracer.waitForInterrupt(until: after(1, stream.now)))
        try tracer.sleep(until: after(1, stream.now))
        #expect(events.texts.isEmpty)
        stream.close()
        #expect(throws: LinkError.self) { _ = try tracer.waitForInterrupt(until: after(1, stream.now)) }
        #expect(throws: LinkError.self) { try tracer.sleep(until: after(1, stream.now)) }
        #expect(events.texts.count == 2)
        #expect(tracer.now == stream.now)
    }
}
