import NINAWire

/// The device's side of the socket link without I/O: bytes in, bytes out.
///
/// A structure, so that one exclusive access by its owner covers all the work of a command.
public struct DeviceSession {
    /// The device.
    public let device: any LinkDevice
    /// Bytes from the host; append to it before calling ``receive(at:)``.
    public var input = MessageBuffer(acceptsHostMessages: true)
    /// Bytes for the host; send and remove them.
    public var output = ByteQueue()
    /// Receives windows, replies, lines and starts; nil for none, which costs a command two checks.
    public var observer: (any LinkObserver)?
    private var handshake = DeviceHandshake()
    private var reply: [UInt8] = []
    /// The device's status after the last call to it; nil while it has to be asked.
    private var cachedStatus: DeviceStatus?
    /// Delays READY; nil when nothing takes time, which costs a command two checks.
    private var timed: TimedReady?
    /// The starts of the device by itself that the host has been told of.
    private var restartsTold = 0

    /// Connects a device to the link; it is off until ``start(at:)``.
    public init(device: any LinkDevice) {
        self.device = device
        timed = device.timing.map { TimedReady($0) }
        reply.reserveCapacity(Frame.limit)
    }

    /// Windows that the host sent while a command was running.
    public var windowsDropped: Int { handshake.windowsDropped }
    /// Whether the host has sent its greeting.
    public var isGreeted: Bool { handshake.isGreeted }
    /// Number of boots on this connection.
    public var boots: Int { handshake.boots }
    /// Whether a command is running.
    public var isBusy: Bool { handshake.state == .busy }

    /// Powers the device on: queues the greeting and boots the device.
    public mutating func start(at now: MonotonicInstant) {
        handshake.appendHello(to: &output)
        boot(bluetooth: false, at: now)
    }

    /// When ``update(at:)`` is next due, after ``LinkDevice/advance(to:)``; nil when no timer is pending.
    public var nextDeadline: MonotonicInstant? {
        mutating get {
            guard let ready = timed?.pending?.at else { return status.nextDeadline }
            return min(status.nextDeadline ?? ready, ready)
        }
    }

    private var status: DeviceStatus {
        mutating get {
            if let cachedStatus { return cachedStatus }
            let status = device.status
            cachedStatus = status
            return status
        }
    }

    private mutating func boot(bluetooth: Bool, at now: MonotonicInstant) {
        cachedStatus = nil
        let isUp = device.boot(bluetooth: bluetooth, at: now)
        restartsTold = status.restarts
        started(bluetooth: bluetooth, isUp: isUp, at: now)
    }

    /// The device has started, by a reset or by itself.
    private mutating func started(bluetooth: Bool, isUp: Bool, at now: MonotonicInstant) {
        handshake.recordBoot()
        observer?.observe(start: boots, bluetooth: bluetooth)
        guard isUp else { return }
        guard timed == nil else {
            handshake.hold()
            timed?.halt()
            timed?.start(at: now)
            return
        }
        queueCommand()
    }

    private mutating func queueCommand() {
        let level = status.interrupt
        handshake.queueCommand(interrupt: level, to: &output)
        observer?.observe(interrupt: level)
    }

    /// Processes every complete message of the input, in order. Call ``update(at:)`` first if the device has had an event.
    /// - Throws: ``LinkError`` when the host violated the protocol; the connection must be closed.
    public mutating func receive(at now: MonotonicInstant) throws(LinkError) {
        while let header = try input.nextHeader() {
            let payload = input.takePayload(header)
            let isHeld = handshake.state == .held
            if timed != nil, header.kind == .window { clock(header.length, at: now) }
            let level = status.interrupt
            let action = try handshake.receive(header, payload, interrupt: level, output: &output)
            note(header, payload, isHeld: isHeld, runs: action == .run)
            if let observer { observe(observer, header, payload, action, isHeld: isHeld, interrupt: level) }
            switch action {
            case .none, .windowDropped: break
            case .hold:
                cachedStatus = nil
                timed?.halt()
                device.halt(at: now)
            case .boot: boot(bluetooth: false, at: now)
            case .bootBluetooth: boot(bluetooth: true, at: now)
            case .run:
                cachedStatus = nil
                timed?.begin()
                if device.run(payload.prefix(Frame.limit), reply: &reply, at: now) { queueReply(at: now) }
            }
        }
        finish(at: now)
    }

    /// Tells the device what it might log of a message.
    private func note(_ header: LinkMessage.Header, _ payload: ArraySlice<UInt8>, isHeld: Bool, runs: Bool) {
        let length = header.length
        switch header.kind {
        case .window where runs && length > Frame.limit:
            device.noteLinkEvent(.windowCut(sent: length, taken: Frame.limit))
        case .window where isHeld && length > 0: device.noteLinkEvent(.windowInReset(length: length))
        case .pins:
            let levels = PinLevels(rawValue: payload.first ?? 0)
            if !levels.isSubset(of: .all) { device.noteLinkEvent(.unknownLines(levels.rawValue)) }
            device.noteLinkEvent(.lines(levels.intersection(.all)))
        case .window, .hostHello, .deviceHello, .queued, .interrupt: break
        }
    }

    private func observe(
        _ observer: any LinkObserver, _ header: LinkMessage.Header, _ payload: ArraySlice<UInt8>,
        _ action: DeviceHandshake.Action, isHeld: Bool, interrupt: Bool
    ) {
        switch header.kind {
        case .window:
            // An empty window without a queued reply is reported as `.readsReply` too: an empty window is not traced.
            let fate: WindowFate = action == .run ? .command : isHeld || action == .windowDropped ? .lost : .readsReply
            observer.observe(window: payload, fate, interrupt: interrupt)
        case .pins: observer.observe(lines: PinLevels(rawValue: payload.first ?? 0).intersection(.all))
        case .hostHello, .deviceHello, .queued, .interrupt: break
        }
    }

    /// Call after an event or a timer of the device: queues the reply if it is now complete, and the IRQ level if it
    /// changed.
    public mutating func update(at now: MonotonicInstant) {
        cachedStatus = nil
        finish(at: now)
    }

    private mutating func finish(at now: MonotonicInstant) {
        if status.restarts != restartsTold {
            restartsTold = status.restarts
            started(bluetooth: false, isUp: true, at: now)
        }
        if timed?.pending != nil {
            finishTimed(at: now)
        } else if isBusy {
            cachedStatus = nil
            if device.finish(into: &reply, at: now) { queueReply(at: now) }
        }
        let level = status.interrupt
        guard handshake.owesInterrupt(level) else { return }
        handshake.reportInterrupt(level, to: &output)
        observer?.observe(interrupt: level)
    }

    /// READY falls if its time has come.
    private mutating func finishTimed(at now: MonotonicInstant) {
        switch timed?.take(at: now) {
        case .boot: queueCommand()
        case .reply: sendReply()
        case nil: break
        }
    }

    /// A window occupies the bus as long as the longer of its two directions.
    private mutating func clock(_ length: Int, at now: MonotonicInstant) {
        timed?.clock(bytes: handshake.state == .reply ? max(length, reply.count) : length, at: now)
    }

    private mutating func queueReply(at now: MonotonicInstant) {
        if timed?.isReady(at: now) == false { return }
        sendReply()
    }

    private mutating func sendReply() {
        let level = status.interrupt
        observer?.observe(reply: reply, interrupt: level)
        handshake.queueReply(length: reply.count, interrupt: level, to: &output)
        output.append(reply)
    }
}
