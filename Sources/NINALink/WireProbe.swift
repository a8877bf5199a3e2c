import NINAWire

/// Looks at the wires of a module one after the other, each by what it needs of those before it.
public struct WireProbe {
    /// What was found at the first wire that is not as it should be.
    public enum Fault: Equatable, Sendable {
        /// READY is high although the module was reset: it has no power, is held in reset, or READY is another line.
        case readyNeverLow
        /// READY stays low although the module is selected: chip select is another line, or the module does not run.
        case readyNeverHigh
        /// A command was clocked in and READY did not fall again.
        case commandNeverEnds
        /// MISO has the same level for every bit: not wired, swapped with MOSI, or not driven.
        case inputStuck(high: Bool)
        /// What comes in is no reply at this clock, and is one at a slower clock.
        case tooFast(hertz: UInt32, slower: UInt32)
        /// What comes in is no reply at any clock: its first bytes.
        case garbled([UInt8])
        /// A call of the system failed.
        case link(LinkError)
    }

    /// More than any version takes.
    private static let longestReply = 32
    /// The slower clock that is tried.
    public static let slowHertz: UInt32 = 1_000_000

    /// Boots a module and asks for its version.
    /// - Parameters:
    ///   - bus: its wires; the clock is left as it is found unless a slower one is needed.
    ///   - patience: how long READY may take each time.
    /// - Returns: a link to the module and the text of its version, or what is wrong.
    public static func look<Bus: SPIBus>(
        at bus: Bus, patience: Duration = .seconds(3)
    ) -> Result<(link: SPILink<Bus>, version: [UInt8]), Fault> {
        let link: SPILink<Bus>
        do throws(LinkError) {
            link = try SPILink(bus: bus, until: bus.now.advanced(by: patience))
        } catch {
            return .failure(error.kind == .timedOut ? .readyNeverLow : .link(error))
        }
        let hertz = bus.hertz
        var first: Fault?
        for clock in [hertz, hertz, slowHertz] where clock == hertz || clock < hertz {
            bus.hertz = clock
            switch answer(on: link, patience) {
            case .success(let version):
                guard clock == hertz else { return .failure(.tooFast(hertz: hertz, slower: clock)) }
                return .success((link, version))
            case .failure(let fault):
                switch fault {
                case .garbled, .inputStuck: first = first ?? fault
                default: return .failure(fault)
                }
            }
        }
        bus.hertz = hertz
        return .failure(first ?? .garbled([]))
    }

    /// Asks for the version once. The first answer of a module that was not reset may be that to another question.
    private static func answer<Bus: SPIBus>(
        on link: SPILink<Bus>, _ patience: Duration
    ) -> Result<[UInt8], Fault> {
        var writer = FrameWriter()
        var reply: [UInt8] = []
        do throws(LinkError) {
            try? writer.write(GetFwVersion())
            let deadline = link.now.advanced(by: patience)
            try link.writeWindow(writer.frame, until: deadline)
            reply = try link.rawReply(longestReply, .reply, until: deadline)
        } catch {
            switch (error.kind, error.phase) {
            case (.timedOut, .select): return .failure(.readyNeverHigh)
            case (.timedOut, .reply): return .failure(.commandNeverEnds)
            case (.timedOut, _): return .failure(.readyNeverLow)
            default: return .failure(.link(error))
            }
        }
        let frame = reply.drop { $0 != Frame.start }
        if let message = try? FrameReader.reply(to: GetFwVersion.self, in: frame) {
            return .success(Array(message.version.prefix { $0 != 0 }))
        }
        if reply.allSatisfy({ $0 == 0xFF }) { return .failure(.inputStuck(high: true)) }
        if reply.allSatisfy({ $0 == 0x00 }) { return .failure(.inputStuck(high: false)) }
        return .failure(.garbled(Array(reply.prefix(8))))
    }
}

extension WireProbe.Fault: Error {}
