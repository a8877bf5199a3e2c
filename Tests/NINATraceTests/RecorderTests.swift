import NINACoprocessor
import NINALink
import NINATrace
import NINAWire
import TestSupport
import Testing

/// A device's session tells its recorder what passes, and a `Tracer` the same from the host's side.
@Suite(.timeLimit(.minutes(10))) struct RecorderTests {
    private final class Sink: TraceSink {
        var events: [TraceRecord.Event] = []

        func record(window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32) {
            let bytes = Array(window)[...]
            events.append(isOut ? .windowOut(bytes, flags) : .windowIn(bytes, flags))
        }

        func record(_ event: TraceRecord.Event, coprocessor: UInt32) { events.append(event) }
    }

    private func message(_ kind: LinkMessage.Kind, _ payload: [UInt8]) -> [UInt8] {
        LinkMessage.bytes(kind, payload: payload)
    }

    @Test func tellsWindowsLinesAndStarts() throws {
        let sink = Sink()
        var session = DeviceSession(device: Coprocessor(network: VirtualNetwork()))
        session.observer = TraceRecorder(sink, coprocessor: 1)
        let now = MonotonicInstant(nanoseconds: 1)
        session.start(at: now)
        let status = Array(hex: "E0 20 00 EE")
        for bytes in [
            message(.hostHello, LinkMessage.greeting), message(.window, status), message(.window, []),
            message(.window, status), message(.window, [0, 0]), message(.window, []), message(.pins, [2]),
            message(.window, [1]), message(.pins, [3]),
        ] {
            session.input.append(bytes)
            try session.receive(at: now)
        }
        let reply = Array(hex: "E0 A0 01 01 00 EE 00 00")[...]
        #expect(
            sink.events == [
                .reset(boots: 1, bluetooth: false),
                .lines(LineLevels(known: .interrupt, high: [])),
                .windowOut(status[...]), .windowIn(reply), .windowOut(status[...]), .windowIn(reply),
                .windowOut([0, 0], .readsReply),
                .lines(LineLevels(known: [.reset, .gpio0, .chipSelect], high: [.gpio0, .chipSelect])),
                .windowOut([1], .lost),
                .lines(LineLevels(known: .reset, high: .reset)),
                .reset(boots: 2, bluetooth: false),
            ])
    }

    @Test func tracersTellTheSame() throws {
        var events: [TraceRecord.Event] = []
        let inner = try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork()))
        let link = Tracer(inner) { event, _ in events.append(TraceRecord.Event(event)) }
        let command = Array(hex: "E0 20 00 EE")
        let deadline = MonotonicInstant(nanoseconds: link.now.nanoseconds + 1_000_000_000)
        try link.sendCommand(command, until: deadline)
        let reply = Array(try link.receiveReply(expecting: .getConnStatus, until: deadline))
        link.close()
        #expect(events == [.windowOut(command[...]), .windowIn(reply[...], .clocked), .coprocessor(.off)])
    }
}
