// Entry into exceptions and return from them (DDI 0419, B1.5.6 to B1.5.8).

/// Cycles from the last instruction to the first one of a handler (DDI 0484, 1.2: 15 cycles of interrupt latency).
private let entryCycles = 15
/// Cycles of a return. DDI 0484 does not state them; the pop of eight words and a refill of the pipeline.
private let returnCycles = 12
/// Cycles from one handler to the next without a return between them. DDI 0484 does not state them; those of the Cortex-M3.
private let tailChainCycles = 6

extension Processor {
    private var isInHandler: Bool { exceptions.current != 0 }

    /// Whether R13 is PSP.
    var usesProcessStack: Bool { selectsProcessStack && !isInHandler }

    /// Pushes the state and starts a handler: of this exception, or of one with a higher priority that arrives meanwhile.
    func enterException(_ requested: Int) {
        let priority = exceptions.priority(requested)
        let value = exceptionReturnValue
        let stackError = pushFrame()
        if usesProcessStack { swapStacks() }
        core.state.pointee.left -= entryCycles
        if let stackError {
            // A HardFault replaces the exception that could not be entered, which stays pending.
            let fault = makeFault(.stack(stackError))
            guard priority > -1 else { return lockUp(fault) }
            pendingStop = .fault(fault)
            return startHandler(ExceptionState.hardFault, returnValue: value)
        }
        if requested >= ExceptionState.supervisorCall {
            advanceEvents()
            if let late = exceptions.highestPending, exceptions.priority(late) < priority {
                return startHandler(late, returnValue: value)
            }
        }
        startHandler(requested, returnValue: value)
    }

    /// Takes a HardFault for what an instruction has done. The program counter is still at that instruction.
    func takeFault(_ cause: Fault.Cause) {
        let fault = makeFault(cause)
        guard exceptions.executionPriority(primask: false) > -1 else { return lockUp(fault) }
        pendingStop = .fault(fault)
        enterException(ExceptionState.hardFault)
        interruptRun()
    }

    private func lockUp(_ fault: Fault) {
        // The fault whose handler could not be entered says more than the stack's.
        if case .fault(let first)? = pendingStop { lockup = first } else { lockup = fault }
        pendingStop = nil
        interruptRun()
    }

    private func makeFault(_ cause: Fault.Cause) -> Fault {
        let pc = core[15]
        let first = memory.read(pc, .half)
        let instruction = first.map { isWide($0) ? $0 << 16 | (memory.read(pc &+ 2, .half) ?? 0) : $0 }
        return Fault(
            cause: cause, pc: pc, instruction: instruction, lr: core[14], sp: core[13], exception: exceptions.current,
            branches: core.branches)
    }

    /// EXC_RETURN for the state now: to a handler, to thread mode, to thread mode with the process stack.
    private var exceptionReturnValue: UInt32 {
        isInHandler ? 0xFFFF_FFF1 : usesProcessStack ? 0xFFFF_FFFD : 0xFFFF_FFF9
    }

    private func swapStacks() { (core[13], otherStack) = (otherStack, core[13]) }

    /// Pushes R0 to R3, R12, LR, the return address and xPSR; the stack is aligned to 8.
    /// - Returns: the address that is no RAM, if there is one.
    private func pushFrame() -> UInt32? {
        let stack = core[13]
        let frame = (stack &- 32) & ~7
        let words = [
            core[0], core[1], core[2], core[3], core[12], core[14], core[15], statusRegister | (stack & 4) << 7,
        ]
        core[13] = frame
        for (index, word) in words.enumerated() {
            let address = frame &+ UInt32(index * 4)
            if !memory.write(word, to: address, .word) { return address }
        }
        return nil
    }

    private func startHandler(_ number: Int, returnValue: UInt32) {
        exceptions.activate(number)
        sleep = .awake
        hasEvent = true
        core[14] = returnValue
        guard let vector = memory.read(system.vectors &+ UInt32(number * 4), .word) else {
            let fault = makeFault(.vector(number))
            guard number > ExceptionState.hardFault else { return lockUp(fault) }
            exceptions.deactivate()
            pendingStop = .fault(fault)
            return startHandler(ExceptionState.hardFault, returnValue: returnValue)
        }
        core.record(from: core[15], to: vector & ~1)
        core[15] = vector & ~1
        isThumb = vector & 1 != 0
    }

    /// A branch of a handler to EXC_RETURN.
    func returnFromException(_ value: UInt32) throws(Fault.Cause) {
        let handlers = exceptions.active.nonzeroBitCount
        switch value {
        case 0xFFFF_FFF1 where handlers > 1: break
        case 0xFFFF_FFF9 where handlers == 1, 0xFFFF_FFFD where handlers == 1: break
        default: throw .exceptionReturn(value)
        }
        let from = core[15]
        exceptions.deactivate()
        advanceEvents()
        // Tail-chaining: what is pending starts with the frame that is on the stack.
        if let number = exceptions.next(primask: system.primask) {
            core.state.pointee.left -= tailChainCycles
            startHandler(number, returnValue: value)
            return interruptRun()
        }
        let isToThread = value != 0xFFFF_FFF1
        if isToThread {
            exceptions.resume(0)
            selectsProcessStack = value == 0xFFFF_FFFD
            if selectsProcessStack { swapStacks() }
        }
        try popFrame(isToThread: isToThread)
        hasEvent = true
        core.state.pointee.left -= returnCycles
        core.record(from: from, to: core[15])
        if isToThread, system.sleepsOnExit { sleep = .untilInterrupt }
        interruptRun()
    }

    private func popFrame(isToThread: Bool) throws(Fault.Cause) {
        let frame = core[13]
        var words: [UInt32] = []
        for index in 0..<8 {
            let address = frame &+ UInt32(index * 4)
            guard address & 3 == 0, let word = memory.read(address, .word) else { throw .stack(address) }
            words.append(word)
        }
        let status = words[7]
        let number = Int(status & 0x3F)
        guard isToThread ? number == 0 : exceptions.isActive(number) else { throw .exceptionReturn(core[14]) }
        for index in 0..<4 { core[index] = words[index] }
        core[12] = words[4]
        core[14] = words[5]
        core[15] = words[6] & ~1
        isThumb = status >> 24 & 1 != 0
        core.flags = status
        exceptions.resume(number)
        core[13] = frame &+ 32 | (status >> 7 & 4)
    }
}
