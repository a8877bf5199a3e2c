import NINALink
import NINAWire

/// Sends commands and keeps the picture of the coprocessor's sockets.
final class Driver {
    let link: any Link
    /// How long a command may take that does not wait for others.
    var commandNanoseconds: UInt64 = 10_000_000_000
    /// IRQ is a hint: behind it the chip is asked at this interval although it is low.
    let pollNanoseconds: UInt64 = 50_000_000
    /// By their places: the slots, and behind them the BSD sockets that were in use so far.
    var sockets: [SocketState] = Array(repeating: SocketState(), count: Firmware.slotLimit)
    /// What is known of BSD sockets besides their states.
    var bsd = BSDNotes()
    private(set) var commandCount = 0
    var servers: UInt32 = 0
    /// A bit for each socket that the coprocessor may hold without the library knowing.
    var doubtful: UInt64 = 0
    /// What ``findFirmware()`` has found, and what it has learned for it.
    var firmware: ModuleFirmware?
    var versionText: [UInt8] = []
    var answersVersionNumbers: Bool?
    var lacksStopServer = false
    /// Called before each command and in each pause.
    var watchdogFeeder: (() -> Void)?
    private var writer = FrameWriter()
    private var reply: [UInt8] = []

    init(link: any Link) {
        self.link = link
        reply.reserveCapacity(Frame.limit)
    }

    var now: MonotonicInstant { link.now }

    /// Runs a command: one round trip.
    ///
    /// Slices in the reply share the reply buffer: copy and drop them before the next command.
    /// - Throws: `.unsupported` when the module's firmware has no such command, `.refused` when it has.
    func run<C: Command>(_ command: C, nanoseconds: UInt64? = nil) throws(WiFiError) -> C.Reply {
        do throws(WiFiError) {
            return try send(command, nanoseconds: nanoseconds)
        } catch {
            guard case .refused = error else { throw error }
            throw meaningOfErrorFrame(C.opcode)
        }
    }

    /// As ``run(_:nanoseconds:)``, without looking for what an error frame means.
    func send<C: Command>(_ command: C, nanoseconds: UInt64? = nil) throws(WiFiError) -> C.Reply {
        watchdogFeeder?()
        do throws(FrameError) {
            try writer.write(command)
        } catch {
            throw .invalidArgument(error, C.opcode)
        }
        let deadline = link.now.advanced(byNanoseconds: nanoseconds ?? commandNanoseconds)
        do throws(LinkError) {
            try link.writeWindow(writer.frame, until: deadline)
            try link.readWindow(into: &reply, until: deadline)
        } catch {
            if error.kind == .restarted { forgetSockets() }
            throw .link(error, C.opcode)
        }
        commandCount += 1
        do throws(FrameError) {
            return try FrameReader.reply(to: C.self, in: reply[...])
        } catch {
            if error.kind == .errorFrame { throw .refused(C.opcode) }
            throw .badReply(error, C.opcode)
        }
    }

    /// Runs a command whose reply is one byte.
    func acknowledge<C: Command>(_ command: C) throws(WiFiError) -> Bool where C.Reply == Acknowledgement {
        try run(command).value != 0
    }

    func reset() throws(WiFiError) {
        forgetSockets()
        // An update of the firmware ends with a reset.
        forgetFirmware()
        do throws(LinkError) {
            try link.reset(until: link.now.advanced(byNanoseconds: commandNanoseconds))
        } catch {
            throw .link(error, nil)
        }
    }

    // MARK: Waiting

    /// Whether it is worth asking the chip: IRQ is high, or the last question is long enough ago.
    func isWorthAsking(_ askedAt: inout MonotonicInstant) throws(WiFiError) -> Bool {
        let isHigh = try interruptLevel()
        let now = link.now
        guard isHigh || now.nanoseconds(since: askedAt) >= pollNanoseconds else { return false }
        askedAt = now
        return true
    }

    func interruptLevel() throws(WiFiError) -> Bool {
        do throws(LinkError) { return try link.interruptLevel() } catch { throw .link(error, nil) }
    }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        do throws(LinkError) {
            return try link.waitForInterrupt(until: deadline)
        } catch {
            if error.kind == .restarted { forgetSockets() }
            throw .link(error, nil)
        }
    }

    func sleep(nanoseconds: UInt64) throws(WiFiError) {
        watchdogFeeder?()
        do throws(LinkError) {
            try link.sleep(until: link.now.advanced(byNanoseconds: nanoseconds))
        } catch {
            throw .link(error, nil)
        }
    }
}
