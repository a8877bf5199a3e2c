import NINALink
import NINAWire

// Recovery after a command without a valid reply: the steps are tried in order of cost.

extension Driver {
    /// Makes the link reliable again before a command.
    /// - Parameter deadline: the command's; a hard reset may exceed it by its own duration.
    /// - Throws: `.link` with `.restarted` when recovery closed the module's sockets; the error of the last step when
    ///   that failed.
    func recover(before opcode: Opcode, until deadline: MonotonicInstant) throws(WiFiError) {
        guard let cause = recovery.trouble, !recovery.isRunning else { return }
        recovery.isRunning = true
        defer { recovery.isRunning = false }
        var (step, last) = recovery.steps
        while let failure = attempt(step, isLast: step == last, until: deadline) {
            recovery.observer?(RecoveryReport(step: step, cause: cause, failure: failure))
            guard !recovery.recordFailure(failure), step < last else { throw failure.named(opcode) }
            // A module that does not answer would not run the commands of a soft reset either.
            step = last
        }
        recovery.helped(step)
        recovery.observer?(RecoveryReport(step: step, cause: cause, failure: nil))
        guard step == .resynchronize else {
            throw .link(LinkError(.restarted, .readyForCommand, "the library has reset it"), opcode)
        }
    }

    /// Takes a step.
    /// - Returns: why it failed; nil when it succeeded.
    private func attempt(_ step: RecoveryStep, isLast: Bool, until deadline: MonotonicInstant) -> WiFiError? {
        do throws(WiFiError) {
            try take(step, isLast: isLast, until: deadline)
            return nil
        } catch {
            return error
        }
    }

    private func take(_ step: RecoveryStep, isLast: Bool, until deadline: MonotonicInstant) throws(WiFiError) {
        let left = deadline.nanoseconds(since: now)
        // Reserves time for the next step if this one fails.
        let share = isLast ? left : left / 2
        recovery.deadline = now.advanced(
            byNanoseconds: step == .hardReset ? max(share, RecoveryState.resetNanoseconds) : share)
        defer { recovery.deadline = nil }
        switch step {
        case .resynchronize: try resynchronize()
        case .softReset: try softReset()
        case .hardReset: try hardReset()
        }
    }

    /// Sends two queries with different replies until each gets its own, so that a late reply is not taken for another
    /// command's. The link discards a reply that was not received.
    private func resynchronize() throws(WiFiError) {
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
        try resynchronize()
        for id in SocketID.all where sockets[id].isOpen {
            // A server, or a datagram socket; the latter is stopped like a client.
            if sockets[id].outlivesNetwork { _ = try commands(id).stopListener(id, on: self) }
            try stopClient(id)
        }
        // Also forget sockets whose numbers were in a lost reply.
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
            // If the line is not wired, the module was not reset and keeps its state.
            if error.kind != .unavailable { forgetModule() }
            throw .link(error, nil)
        }
        forgetModule()
    }

    private func forgetModule() {
        forgetSockets()
        // A firmware update ends with a reset, so the firmware may have changed.
        forgetFirmware()
    }

    /// Resets the module at the program's request.
    func reset() throws(WiFiError) {
        try hardReset()
        recovery.restarted()
    }
}

extension WiFiError {
    /// The error for a link error, with the command that the program called.
    fileprivate func named(_ opcode: Opcode) -> WiFiError {
        if case .link(let fault, _) = self { .link(fault, opcode) } else { self }
    }
}
