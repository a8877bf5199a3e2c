import NINALink
import NINAWire

// What follows a command that was not answered as it should: one step of the ladder after the other.

extension Driver {
    /// Makes the link trustworthy again before a command.
    /// - Parameter deadline: the command's; a hard reset may pass it by its own time.
    /// - Throws: `.link` with `.restarted` when that cost the module its sockets; why the last step did not help.
    func recover(before opcode: Opcode, until deadline: MonotonicInstant) throws(WiFiError) {
        guard let cause = recovery.trouble, !recovery.isRunning else { return }
        recovery.isRunning = true
        defer { recovery.isRunning = false }
        var (step, last) = recovery.steps
        while let failure = failure(of: step, isLast: step == last, until: deadline) {
            recovery.observer?(RecoveryReport(step: step, cause: cause, failure: failure))
            guard !recovery.isOver(after: failure), step < last else { throw failure.named(opcode) }
            // A module that does not answer would not close its sockets on command either.
            step = last
        }
        recovery.helped(step)
        recovery.observer?(RecoveryReport(step: step, cause: cause, failure: nil))
        guard step == .resynchronise else {
            throw .link(LinkError(.restarted, .readyForCommand, "the library has reset it"), opcode)
        }
    }

    /// Takes a step.
    /// - Returns: nil when it has helped.
    private func failure(
        of step: RecoveryStep, isLast: Bool, until deadline: MonotonicInstant
    ) -> WiFiError? {
        do throws(WiFiError) {
            try take(step, isLast: isLast, until: deadline)
            return nil
        } catch {
            return error
        }
    }

    private func take(_ step: RecoveryStep, isLast: Bool, until deadline: MonotonicInstant) throws(WiFiError) {
        let left = deadline.nanoseconds(since: now)
        // A step that does not help leaves time for the one after it.
        let share = isLast ? left : left / 2
        recovery.deadline = now.advanced(
            byNanoseconds: step == .hardReset ? max(share, RecoveryState.resetNanoseconds) : share)
        defer { recovery.deadline = nil }
        switch step {
        case .resynchronise: try resynchronise()
        case .softReset: try softReset()
        case .hardReset: try hardReset()
        }
    }

    /// Asks two questions whose answers differ until each gets its own: one reply too late or too early is not taken for
    /// another. The link discards a reply that was not received.
    private func resynchronise() throws(WiFiError) {
        var attempts = 4
        while true {
            do throws(WiFiError) {
                _ = try send(GetConnStatus())
                _ = try send(GetFwVersion())
                return
            } catch {
                attempts -= 1
                if case .badReply = error, attempts > 0 { continue }
                if case .refused = error, attempts > 0 { continue }
                throw error
            }
        }
    }

    private func softReset() throws(WiFiError) {
        try resynchronise()
        for id in SocketID.all where sockets[id].isOpen {
            // A server, or a datagram socket, which is stopped as a client is.
            if sockets[id].outlivesNetwork { _ = try commands(id).stopListener(id, on: self) }
            try stopClient(id)
        }
        // Those whose numbers came in a reply that was lost.
        forgetKnownSockets()
        slots.markAllUnknown()
        bsd.markNumberLost()
        try slots.reclaimUnknownSlots(on: self)
        try leaveNetwork()
    }

    private func hardReset() throws(WiFiError) {
        do throws(LinkError) {
            try link.reset(until: recovery.deadline ?? now.advanced(byNanoseconds: commandNanoseconds))
        } catch {
            // Where the line is not wired the module has lost nothing.
            if error.kind != .unavailable { forgetModule() }
            throw .link(error, nil)
        }
        forgetModule()
    }

    private func forgetModule() {
        forgetSockets()
        // An update of the firmware ends with a reset.
        forgetFirmware()
    }

    /// Resets the module because the program wants it.
    func reset() throws(WiFiError) {
        try hardReset()
        recovery.restarted()
    }
}

extension WiFiError {
    /// The error of a link with the command that the program has asked for.
    fileprivate func named(_ opcode: Opcode) -> WiFiError {
        if case .link(let fault, _) = self { .link(fault, opcode) } else { self }
    }
}
