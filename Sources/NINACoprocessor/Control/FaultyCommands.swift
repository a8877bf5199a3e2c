import NINALink
import NINAWire

// Commands of a module with faults. They act inside the device and not around it, because the same faults also concern its
// seams, and one call of `apply` reaches all of them.

extension Device {
    /// Runs a command with faults; see ``run(_:reply:at:)``.
    mutating func runWithFaults(_ window: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool {
        guard !clocksOwedReply() else {
            reply.removeAll(keepingCapacity: true)
            return true
        }
        let header = try? CommandHeader(window: window, family: context.firmware.family)
        context.faults.opcode = header?.opcode
        context.planFaults()
        let plan = context.faults.command
        if plan.restarts {
            // It takes the faults of this command with it.
            restart(at: context.now)
            return false
        }
        if plan.resetsConnections { resetConnections() }
        var window = window
        if let bit = plan.bit, !window.isEmpty {
            let position = Int(bit % UInt64(window.count * 8))
            window[window.startIndex + position / 8] ^= 1 << UInt8(position % 8)
        }
        let isAnswered = runCommand(window, reply: &reply)
        if plan.isReadyEarly {
            context.faults.command = CommandFaults()
            context.faults.command.behind = isAnswered ? .owed : .running
            reply.removeAll(keepingCapacity: true)
            return true
        }
        return isAnswered && context.faults.command.deliver(&reply, at: context.now)
    }

    /// Fetches the reply of a pending command with faults; see ``finish(into:)``.
    mutating func finishWithFaults(into reply: inout [UInt8]) -> Bool {
        reportFailures()
        if context.faults.command.held != nil { return context.faults.command.takeHeld(&reply, at: context.now) }
        return finishCommand(into: &reply) && context.faults.command.deliver(&reply, at: context.now)
    }

    mutating func advanceFaults() {
        reportFailures()
        guard context.faults.command.behind == .running else { return }
        // No session asks for this reply.
        var lost: [UInt8] = []
        if finishCommand(into: &lost) { context.faults.command.behind = .owed }
    }

    /// Whether a window is no command, because the reply to the command before is queued, or will be.
    private mutating func clocksOwedReply() -> Bool {
        advanceFaults()
        switch context.faults.command.behind {
        case .no: return false
        case .running: break
        case .owed: context.faults.command.behind = .no
        }
        context.log(.debug, "a window reads the reply that was queued late: it is no command")
        return true
    }

    /// Reports the failures of seams: from outside of the call that has caused them.
    private mutating func reportFailures() {
        while !context.faults.failures.isEmpty {
            switch context.faults.failures.removeFirst() {
            case .lookup(let token): networkEvent(.resolved(token: token, nil))
            case .storage(let token): storageEvent(token: token, .failure(.full))
            }
        }
    }

    /// The peers reset every connection, as the next use of each shows.
    private mutating func resetConnections() {
        for socket in sockets.connections + bsd.connections {
            context.streams.breakDown(socket)
            networkEvent(.readable(socket))
        }
    }
}

extension Context {
    /// Gives each fault of the link an opportunity, and records what is to happen to the command.
    fileprivate mutating func planFaults() {
        var plan = CommandFaults()
        for index in faults.entries.indices {
            let fault = faults.entries[index].fault
            switch fault.kind {
            case .interruptStuck, .nameLookupFails, .tlsFails, .storageFull: continue
            case .replyLate, .replyLost, .replyWrong, .replyCut, .readyHigh, .readyLow, .windowBit, .brownOut,
                .connectionReset:
                guard goesOff(index) else { continue }
            }
            switch fault.kind {
            case .replyLate(let delay): plan.delay = max(plan.delay ?? .zero, delay)
            case .replyLost: plan.isLost = true
            case .replyWrong: plan.isWrong = true
            case .replyCut(let count): plan.cut = min(plan.cut ?? count, count)
            case .readyHigh: plan.holder = fault.id
            case .readyLow: plan.isReadyEarly = true
            case .windowBit: plan.bit = faults.random(index)
            case .brownOut: plan.restarts = true
            case .connectionReset: plan.resetsConnections = true
            case .interruptStuck, .nameLookupFails, .tlsFails, .storageFull: break
            }
        }
        faults.command = plan
    }

    private mutating func goesOff(_ index: Int) -> Bool {
        guard faults.fires(index) else { return false }
        let fault = faults.entries[index].fault
        counters.faults += 1
        log(.info, "fault '\(fault.id)': \(fault.kind)")
        events?(.faultFired(id: fault.id))
        return true
    }

    /// Gives the faults of a seam an opportunity.
    mutating func goesOff(_ kind: Fault.Kind) -> Bool {
        guard faults.isActive else { return false }
        var result = false
        for index in faults.entries.indices where faults.entries[index].fault.kind == kind && goesOff(index) {
            result = true
        }
        return result
    }

    /// Connects with TLS, unless a fault makes the handshake fail.
    mutating func connect(
        to endpoint: Endpoint, security: TLSParameters
    ) -> Result<NetworkSocket, NetworkFailure> {
        if goesOff(.tlsFails) { return .failure(.tls(TLSFailure(.handshake, "a fault on purpose"))) }
        return streams.connect(to: endpoint, security: security)
    }
}

extension StorageOperation {
    /// Whether it takes room.
    var takesRoom: Bool {
        switch self {
        case .write, .storePreferences, .append, .createTemporary, .commit: true
        case .size, .read, .remove, .rename, .loadPreferences, .discard: false
        }
    }
}

extension Sockets {
    /// The sockets of all TCP connections, with a slot or without.
    fileprivate var connections: [NetworkSocket] {
        slots.indices.flatMap { index -> [NetworkSocket] in
            let server = slots.listener(index)
            let waiting = (server?.waiting ?? []) + [server?.held].compactMap { $0 }
            return ([slots[index].client?.connection].compactMap { $0 } + waiting).map(\.socket)
        }.filter { $0 != .invalid }
    }
}

extension BSDSockets {
    fileprivate var connections: [NetworkSocket] {
        entries.indices.compactMap {
            if case .connected(let peer)? = stream($0)?.state { peer.socket } else { nil }
        }
    }
}
