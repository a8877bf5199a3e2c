import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// How long the link over wires waits, in virtual time.
@Suite(.timeLimit(.minutes(10))) struct SPITimingTests {
    private let wires: VirtualWires
    private let link: SPILink<VirtualWires>
    private static let command: [UInt8] = [0xE0, 0x20, 0x00, 0xEE]

    init() throws {
        wires = VirtualWires(device: Coprocessor(network: VirtualNetwork()))
        link = try SPILink(bus: wires, until: MonotonicInstant(nanoseconds: 5_000_000_000))
    }

    private func end(_ milliseconds: UInt64) -> MonotonicInstant {
        link.now.advanced(byNanoseconds: milliseconds * 1_000_000)
    }

    /// The virtual time that a call takes.
    private func milliseconds(_ body: () throws -> Void) rethrows -> UInt64 {
        let start = link.now
        try body()
        return link.now.nanoseconds(since: start) / 1_000_000
    }

    /// The result of a wait for IRQ of at most so many milliseconds, and how long it took.
    private func wait(_ limit: UInt64) throws -> (isHigh: Bool, milliseconds: UInt64) {
        let start = link.now
        let isHigh = try link.waitForInterrupt(until: end(limit))
        return (isHigh, link.now.nanoseconds(since: start) / 1_000_000)
    }

    /// RESET is held for 10 ms, and the module gets 750 ms to boot, as WiFiNINA and ESP32SPI do it.
    @Test func aResetTakesItsTime() throws {
        wires.calls = ""
        let reset = try milliseconds { try link.reset(until: end(5000)) }
        #expect(reset == 760)
        #expect(wires.calls == "sHhB")
        wires.faults.ready = true
        let failed = milliseconds {
            #expect(throws: LinkError(.timedOut, .boot)) { try link.reset(until: end(1000)) }
        }
        #expect(failed == 1000)
    }

    /// A module raises READY within microseconds after chip select; a second is the limit, or the call's time.
    @Test(arguments: [(400, 400), (1000, 1000), (3000, 1000)] as [(UInt64, UInt64)])
    func chipSelectIsGivenUpAfterASecond(_ time: UInt64, _ expected: UInt64) {
        wires.faults.ignoresSelect = true
        wires.calls = ""
        let failed = milliseconds {
            #expect(throws: LinkError(.timedOut, .select)) { try link.sendCommand(Self.command, until: end(time)) }
        }
        #expect(failed == expected)
        #expect(wires.calls == "Ss")
        #expect(link.windows == 1 && link.bytesClocked == 0)
    }

    @Test func withoutAnInterruptLineTheModuleIsPolled() throws {
        #expect(try wait(20) == (false, 20))
        #expect(try !link.interruptLevel())
        wires.hasInterruptLine = false
        #expect(try link.interruptLevel())
        #expect(try wait(20) == (true, 5))
        #expect(try wait(2) == (true, 2))
        #expect(try wait(0) == (false, 0))
    }

    /// READY is awaited as long as the call may take, before a command and before its reply.
    @Test func readyIsAwaited() throws {
        try link.sendCommand(Self.command, until: end(100))
        wires.faults.ready = true
        let reply = milliseconds {
            #expect(throws: LinkError(.timedOut, .reply)) {
                _ = try link.receiveReply(expecting: .getConnStatus, until: end(300))
            }
        }
        #expect(reply == 300)
        let command = milliseconds {
            #expect(throws: LinkError(.timedOut, .readyForCommand)) {
                try link.sendCommand(Self.command, until: end(200))
            }
        }
        #expect(command == 200)
        wires.faults.ready = nil
        let bytes = try link.receiveReply(expecting: .getConnStatus, until: end(100))
        #expect(Array(bytes) == [0xE0, 0xA0, 1, 1, 0, 0xEE])
    }

    /// Nothing works on a link that this side has closed, and its wires are released once.
    @Test func closedIsClosedForAllCalls() {
        link.close()
        link.close()
        #expect(throws: LinkError(.closed, .idle)) { _ = try link.interruptLevel() }
        #expect(throws: LinkError(.closed, .idle)) { _ = try link.waitForInterrupt(until: end(1)) }
        #expect(throws: LinkError(.closed, .idle)) { try link.sleep(until: end(1)) }
        #expect(throws: LinkError(.closed, .boot)) { try link.reset(until: end(1)) }
        #expect(throws: LinkError(.closed, .readyForCommand)) { try link.sendCommand(Self.command, until: end(1)) }
        #expect(throws: LinkError(.closed, .reply)) {
            _ = try link.receiveReply(expecting: .getConnStatus, until: end(1))
        }
    }
}
