// The driver of the handlers.

/// More cycles than an instruction or a pair takes: POP of eight registers and PC takes 12.
private let longestInstruction = 16

/// Cycles between two looks of the driver. They bound the depth of calls where a build does not turn them into jumps.
private let stretch = 1024

extension Core {
    func install(_ operation: Operation, _ handler: @escaping Handler) {
        (base + (Self.tableOffset + Int(operation.rawValue) * 8)).initializeMemory(as: Handler.self, to: handler)
    }

    func installHandlers() {
        precondition(Operation.addImmediateNoCarry.rawValue < Self.tableCount)
        install(.decode) { leave($0 - 1, $1, $2, $3, $4, $5 &+ 1, Exit.decode) }
        install(.reference) { leave($0 - 1, $1, $2, $3, $4, $5 &+ 1, Exit.reference) }
        installArithmetic()
        installMoves()
        installShifts()
        installLoads()
        installStores()
        installLists()
        installBranches()
        installComparisons()
        installSums()
    }
}

extension Processor {
    /// Executes instructions from decoded words, or one by the reference interpreter where that must be.
    ///
    /// Handlers look at the cycles that are left after each instruction, and get fewer than there are, so that no instruction starts when an
    /// event is due. The reference interpreter executes those before the event. Interrupts thus come at the same instruction in both.
    func runStretch() {
        let state = core.state
        let left = state.pointee.left
        let pc = core[15]
        guard left > longestInstruction, pc < Memory.flashSize, isThumb else { return step() }
        let cycles = min(left - longestInstruction, stretch)
        let next = memory.words + Int(pc >> 1)
        let handler = (core.base + (Core.tableOffset + Int(next.pointee & 127) * 8)).load(as: Handler.self)
        let exit = handler(
            next + 1, core.base, state.pointee.signAndZero, state.pointee.carry, state.pointee.overflow, cycles - 1)
        state.pointee.left += left - cycles
        core[15] = UInt32(state.pointee.next - memory.words) << 1
        switch exit {
        case Exit.decode: memory.decode(at: core[15])
        case Exit.reference: step()
        default: break
        }
    }
}
