import NINALink
import NINAWire

/// The state of the firmware: its parts, and the context they share. What crosses parts is in
/// AssociationCommands.swift and Events.swift.
struct Device {
    var context: Context
    var station: Station
    var clock = Clock()
    var names = Names()
    var sockets: Sockets
    var bsd: BSDSockets
    var files = Files()
    var preferences = Preferences()
    var downloads = Downloads()
    var bluetooth: Bluetooth
    var pins = PinBank()
    /// How often it has started.
    private(set) var boots = 0
    /// How often it has started by itself, of which the session learns by ``status``.
    private var restarts = 0
    /// Between a start and a halt.
    private(set) var isRunning = false
    /// When the command that waits has begun.
    private var commandBegin = MonotonicInstant(nanoseconds: 0)

    init(_ context: Context, bluetooth controller: (any BluetoothController)?) {
        self.context = context
        let configuration = context.configuration
        station = Station(context, air: Air(configuration))
        sockets = Sockets(context)
        bsd = BSDSockets(count: context.configuration.slotCount)
        bluetooth = Bluetooth(controller)
    }

    mutating func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        halt(at: now)
        station = Station(context, air: station.radio.air)
        clock = Clock()
        names = Names()
        pins.reset()
        boots += 1
        isRunning = true
        context.events?(.booted(boots: boots))
        context.log(.debug, boots == 1 ? "powered on" : "RESET: started again, boot \(boots)")
        guard bluetooth else { return true }
        guard context.has(.chipSelectBootsBluetooth) else {
            context.log(.info, "chip select was low at reset: this firmware stays with SPI")
            return true
        }
        context.log(
            .warning, "chip select was low at reset: a Bluetooth controller now, without SPI until the next reset")
        return false
    }

    /// The supply has broken down: starts again, without a reset by the host.
    mutating func restart(at now: MonotonicInstant) {
        restarts += 1
        _ = boot(bluetooth: false, at: now)
    }

    mutating func halt(at now: MonotonicInstant) {
        context.now = now
        isRunning = false
        if let pending = context.pending { context.log(.debug, "stopped while a command waited: \(pending.wait)") }
        context.dropDeferredReply()
        context.faults.halt()
        sockets.finishSending(&context)
        context.numbers = SocketNumbers(count: context.configuration.slotCount)
        sockets = Sockets(context)
        bsd = BSDSockets(count: context.configuration.slotCount)
        preferences = Preferences()
        downloads = Downloads()
        bluetooth.end()
        context.storage?.abandon()
        context.streams.closeAll()
        context.network.closeAll()
    }

    /// Runs a command.
    /// - Returns: false when the reply follows later.
    mutating func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        tick(now)
        return context.faults.isActive ? runWithFaults(window, reply: &reply) : runCommand(window, reply: &reply)
    }

    /// Runs a command, without faults of the link.
    mutating func runCommand(_ window: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool {
        context.log(.debug, FrameDescriber.describe(command: window, family: context.firmware.family))
        context.counters.count(window: window.count)
        let isAnswered = answer(window)
        if isAnswered { context.takeReply(&reply) } else { commandBegin = context.now }
        sockets.endOfCommand(&context)
        return isAnswered
    }

    /// - Returns: false when the reply follows later.
    private mutating func answer(_ window: ArraySlice<UInt8>) -> Bool {
        let header: CommandHeader
        do throws(FrameError) {
            header = try CommandHeader(window: window, family: context.firmware.family)
        } catch {
            context.log(.warning, "command refused: \(error)")
            context.counters.countRefused()
            context.writeErrorFrame()
            return true
        }
        guard context.firmware.serves(header.opcode) else {
            context.log(
                .info, "\(header.opcode.name) refused: firmware \(context.firmware.name) does not know it")
            context.counters.countRefused()
            context.writeErrorFrame()
            return true
        }
        context.counters.count(header.opcode)
        context.events?(.command(header.opcode))
        return dispatch(header, window)
    }

    /// Passes on the reply of the pending command, if it has completed or timed out.
    mutating func finish(into reply: inout [UInt8]) -> Bool {
        context.faults.isActive ? finishWithFaults(into: &reply) : finishCommand(into: &reply)
    }

    /// The same without faults of the link.
    mutating func finishCommand(into reply: inout [UInt8]) -> Bool {
        if let pending = context.pending, let deadline = pending.deadline, deadline <= context.now {
            timeOut(pending.wait)
        }
        guard case .ready = context.deferredReply else { return false }
        context.takeReply(&reply)
        context.counters.count(latency: context.now.nanoseconds(since: commandBegin))
        sockets.serveListeners(&context)
        return true
    }

    mutating func advance(to now: MonotonicInstant) {
        tick(now)
        if context.faults.isActive { advanceFaults() }
        if sockets.needTime(context) { sockets.serveListeners(&context) }
    }

    /// Records the time of a call, and runs what is due in the radio.
    mutating func tick(_ now: MonotonicInstant) {
        context.now = now
        sockets.slots.now = now
        guard let deadline = station.radio.nextDeadline, deadline <= now else { return }
        advanceRadio()
    }

    /// Advances the time to that of an event.
    mutating func tickEvent() { tick(max(context.now, context.network.now)) }

    /// IRQ, derived from the state of the slots: unread bytes, or a client that can be handed out.
    ///
    /// This and ``nextDeadline`` change nothing. They are mutating, and not inlined, because a class copies a structure
    /// that it owns, or the part that is asked, before a nonmutating call.
    var interrupt: Bool {
        @inline(never) mutating get {
            if let level = context.faults.stuckInterrupt { return level }
            return sockets.interrupt(
                context.dialect.interruptRule, at: context.now, bsdSockets: context.numbers.bsdSocketCount)
        }
    }

    var nextDeadline: MonotonicInstant? {
        @inline(never) mutating get {
            var next = station.radio.nextDeadline
            func consider(_ deadline: MonotonicInstant?) {
                guard let deadline else { return }
                next = min(next ?? deadline, deadline)
            }
            consider(context.replyDeadline)
            if context.faults.isActive { consider(context.faults.deadline) }
            if sockets.needTime(context) { consider(sockets.nextRetry(after: context.now)) }
            return next
        }
    }

    var status: DeviceStatus {
        @inline(never) mutating get {
            DeviceStatus(interrupt: interrupt, nextDeadline: nextDeadline, restarts: restarts)
        }
    }

    /// Whether sockets have network access.
    var isOnline: Bool { station.isOnline(context) }

    /// Why a download cannot start now; nil when it can.
    var downloadObstacle: StaticString? {
        if !isOnline { return "no network: join one first" }
        return sockets.hasSocketLeft(context) ? nil : "no socket is free"
    }
}
