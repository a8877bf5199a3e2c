import NINALink
import NINAWire

/// Runs commands and tracks the state of the coprocessor's sockets.
final class Driver {
    let link: any Link
    /// Time limit of a command that does not wait for anything outside the module. Unchecked like the state below.
    @exclusivity(unchecked) var commandNanoseconds: UInt64 = 10_000_000_000
    /// While IRQ is low, the chip is polled at this interval: IRQ is only a hint.
    let pollNanoseconds: UInt64 = 50_000_000
    /// The number of buffered bytes of a socket from which on no more are read ahead. Unchecked like the state below.
    @exclusivity(unchecked) var drainLimit = 64 * 1024
    /// After the chip had no more for a socket with buffered bytes, it is not queried for that socket for this long if
    /// IRQ does not say when it has more.
    let restNanoseconds: UInt64 = 1_000_000
    // The state that a command uses is not checked for exclusive access at run time, because each command would pay for it a
    // dozen times: a driver belongs to one thread, and no access spans a call of the program's closures.

    /// The states of the coprocessor's sockets.
    @exclusivity(unchecked) var sockets = SocketTable()
    /// The commands for slots.
    let slots = SlotCommands()
    /// The commands for BSD sockets.
    let bsd = BSDCommands()
    @exclusivity(unchecked) private(set) var commandCount = 0
    /// What replies have shown of the module's firmware; see ``findFirmware()``.
    var identity = FirmwareIdentity()
    /// Called before each command and during each wait.
    @exclusivity(unchecked) var watchdogFeeder: (() -> Void)?
    @exclusivity(unchecked) private var writer = FrameWriter()
    /// After a command has failed: whether the module may have run it anyway, and not restarted since.
    @exclusivity(unchecked) private(set) var mayHaveRun = false
    /// IRQ's level when it was last read.
    @exclusivity(unchecked) private(set) var lastInterruptLevel = false
    /// When the program asked for what runs now, if that may be earlier. While the module does not answer, the time of a
    /// call's first command counts from then, so that calls which waited for the same silent module fail together.
    @exclusivity(unchecked) var askedAt: (() -> MonotonicInstant?)?
    /// The call whose further commands have their whole time, because its first one failed.
    @exclusivity(unchecked) private var excused: MonotonicInstant?
    /// The link's faults so far, and how far the library may go to recover.
    @exclusivity(unchecked) var recovery = RecoveryState()

    init(link: any Link) {
        self.link = link
    }

    var now: MonotonicInstant { link.now }

    /// Runs a command: one round trip.
    ///
    /// Slices in the reply share the link's buffer: copy and release them before the next command.
    /// - Throws: `.unsupported` when the module's firmware does not have the command, `.refused` when it does.
    func run<C: Command>(_ command: C, nanoseconds: UInt64? = nil) throws(WiFiError) -> C.Reply {
        do throws(WiFiError) {
            return try send(command, nanoseconds: nanoseconds)
        } catch {
            guard case .refused = error else { throw error }
            let meaning = meaningOfErrorFrame(C.opcode)
            // Reset what the commands that identified the firmware have set.
            mayHaveRun = false
            throw meaning
        }
    }

    /// Like ``run(_:nanoseconds:)``, without determining the cause of an error frame.
    func send<C: Command>(_ command: C, nanoseconds: UInt64? = nil) throws(WiFiError) -> C.Reply {
        watchdogFeeder?()
        // After the feeder, which may run commands of its own.
        mayHaveRun = false
        let patience = nanoseconds ?? commandNanoseconds
        var deadline = min(link.now.advanced(byNanoseconds: patience), recovery.deadline ?? .distantFuture)
        if recovery.isTimeOut, !recovery.isRunning, let asked = askedAt?(), asked != excused {
            excused = asked
            deadline = min(deadline, asked.advanced(byNanoseconds: patience))
            guard deadline > link.now else {
                throw .link(LinkError(.timedOut, .readyForCommand, "like the command before it"), C.opcode)
            }
        }
        if recovery.trouble != nil {
            // Recovery runs other commands.
            defer { mayHaveRun = false }
            try recover(before: C.opcode, until: deadline)
        }
        do throws(FrameError) {
            try writer.write(command)
        } catch {
            throw .invalidArgument(error, C.opcode)
        }
        do throws(WiFiError) {
            let reply: C.Reply = try exchange(C.self, until: deadline)
            recovery.answered()
            return reply
        } catch {
            recovery.failed(error)
            if recovery.isTimeOut { excused = askedAt?() }
            throw error
        }
    }

    /// Sends the writer's frame and reads the reply.
    private func exchange<C: Command>(
        _ command: C.Type, until deadline: MonotonicInstant
    ) throws(WiFiError) -> C.Reply {
        let reply: ArraySlice<UInt8>
        do throws(LinkError) {
            try link.sendCommand(writer.frame, until: deadline)
            mayHaveRun = true
            reply = try link.receiveReply(expecting: C.opcode, until: deadline)
        } catch {
            if error.phase == .transfer { mayHaveRun = true }
            if error.kind == .restarted {
                forgetSockets()
                mayHaveRun = false
            }
            throw .link(error, C.opcode)
        }
        commandCount += 1
        do throws(FrameError) {
            return try FrameReader.reply(to: C.self, in: reply)
        } catch {
            if error.kind == .errorFrame {
                mayHaveRun = false
                throw .refused(C.opcode)
            }
            throw .badReply(error, C.opcode)
        }
    }

    /// Runs a command whose reply is one byte.
    func acknowledge<C: Command>(_ command: C) throws(WiFiError) -> Bool where C.Reply == Acknowledgement {
        try run(command).value != 0
    }

    // MARK: Waiting

    /// Whether to query the chip: IRQ is high, or the poll interval has passed since the last query.
    func claimQuery(_ askedAt: inout MonotonicInstant) throws(WiFiError) -> Bool {
        let isHigh = try interruptLevel()
        let now = link.now
        guard isHigh || now.nanoseconds(since: askedAt) >= pollNanoseconds else { return false }
        askedAt = now
        return true
    }

    /// Whether to query the chip for bytes of a socket.
    func claimQuery(_ id: SocketID) throws(WiFiError) -> Bool {
        var askedAt = sockets[id].pace.askedAt
        guard try claimQuery(&askedAt) else { return false }
        sockets[id].recordQuery(at: askedAt)
        return true
    }

    func interruptLevel() throws(WiFiError) -> Bool {
        do throws(LinkError) { lastInterruptLevel = try link.interruptLevel() } catch { throw .link(error, nil) }
        return lastInterruptLevel
    }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        do throws(LinkError) {
            lastInterruptLevel = try link.waitForInterrupt(until: deadline)
            return lastInterruptLevel
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
