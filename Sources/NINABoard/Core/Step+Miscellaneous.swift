// The miscellaneous 16-bit instructions, and those of 32 bits (DDI 0419, A5.2.5 and A5.3).

extension Processor {
    func executeMiscellaneous(_ code: UInt32, _ pc: UInt32) throws(Fault.Cause) {
        let low = Int(code & 7)
        let operand = core[Int(code >> 3 & 7)]
        let list = code & 0xFF
        switch code >> 8 & 15 {
        case 0b0000:
            let size = (code & 0x7F) * 4
            core[13] = code >> 7 & 1 == 0 ? core[13] &+ size : core[13] &- size
        case 0b0010:
            switch code >> 6 & 3 {
            case 0: core[low] = signExtended(operand & 0xFFFF, 16)
            case 1: core[low] = signExtended(operand & 0xFF, 8)
            case 2: core[low] = operand & 0xFFFF
            default: core[low] = operand & 0xFF
            }
        case 0b0100, 0b0101:
            let all = list | (code >> 8 & 1) << 14
            guard all != 0 else { throw .undefined }
            let start = core[13] &- UInt32(all.nonzeroBitCount * 4)
            _ = try storeMultiple(all, start)
            core[13] = start
        case 0b0110 where code & 0xEF == 0b0110_0010:
            system.primask = code >> 4 & 1 != 0
            interruptRun()
        case 0b1010:
            switch code >> 6 & 3 {
            case 0: core[low] = operand.byteSwapped
            case 1: core[low] = (operand & 0xFF00FF) << 8 | operand >> 8 & 0xFF00FF
            case 3: core[low] = signExtended(operand.byteSwapped >> 16, 16)
            default: throw .undefined
            }
        case 0b1100, 0b1101: return try pop(list, hasProgramCounter: code >> 8 & 1 != 0, pc)
        case 0b1110:
            guard stopsAtBreakpoints else { throw .breakpoint(UInt8(list)) }
            core.state.pointee.left += 1
            pendingStop = .breakpoint(UInt8(list))
            return interruptRun()
        case 0b1111 where code & 15 == 0: hint(code >> 4 & 15)
        default: throw .undefined
        }
        core[15] = pc &+ 2
    }

    private func pop(_ list: UInt32, hasProgramCounter: Bool, _ pc: UInt32) throws(Fault.Cause) {
        guard list != 0 || hasProgramCounter else { throw .undefined }
        let start = core[13]
        let above = start &+ UInt32(list.nonzeroBitCount * 4)
        // First, because it can fault after registers would have been written.
        let target = hasProgramCounter ? try memoryWord(above) : 0
        if list != 0 { _ = try loadMultiple(list, start) }
        core[13] = hasProgramCounter ? above &+ 4 : above
        guard hasProgramCounter else { return core[15] = pc &+ 2 }
        // One for the load of PC, two for the branch: 3 + N in all, where PC is one of the N.
        try branchExchange(from: pc, to: target, cycles: 3)
    }

    private func hint(_ number: UInt32) {
        switch number {
        case 2:  // WFE
            core.state.pointee.left -= 1
            if hasEvent { hasEvent = false } else { sleep = .untilEvent }
            interruptRun()
        case 3:  // WFI
            core.state.pointee.left -= 1
            sleep = .untilInterrupt
            interruptRun()
        case 4: hasEvent = true  // SEV
        default: break  // NOP, YIELD, and those without a meaning
        }
    }

    /// SVC. The handler returns behind it.
    func callSupervisor(_ pc: UInt32) throws(Fault.Cause) {
        let number = ExceptionState.supervisorCall
        guard exceptions.priority(number) < exceptions.executionPriority(primask: system.primask) else {
            throw .supervisorCall
        }
        core[15] = pc &+ 2
        exceptions.pend(number)
        interruptRun()
    }

    func executeWide(_ first: UInt32, _ pc: UInt32) throws(Fault.Cause) {
        guard let second = memory.read(pc &+ 2, .half) else { throw .fetch }
        guard first >> 11 == 0b11110 else { throw .undefined }
        if second & 0xD000 == 0xD000 {
            core[14] = pc &+ 4 | 1
            return branch(from: pc, to: pc &+ 4 &+ branchOffset(first, second), cycles: 2)
        }
        switch first {
        case 0xF380...0xF38F where second & 0xFF00 == 0x8800: writeSpecial(core[Int(first & 15)], second & 0xFF)
        case 0xF3EF where second & 0xF000 == 0x8000:
            let destination = Int(second >> 8 & 15)
            guard destination < 13 || destination == 14 else { throw .undefined }
            core[destination] = readSpecial(second & 0xFF)
        case 0xF3BF where second & 0xFFF0 == 0x8F40, 0xF3BF where second & 0xFFF0 == 0x8F50,
            0xF3BF where second & 0xFFF0 == 0x8F60:
            break  // DSB, DMB, ISB: everything happens in order
        default: throw .undefined
        }
        core.state.pointee.left -= 2
        core[15] = pc &+ 4
    }

    /// MRS.
    private func readSpecial(_ number: UInt32) -> UInt32 {
        switch number {
        // EPSR reads as 0: bit 0 of the number adds IPSR, bit 2 leaves out APSR.
        case 0...7: (number & 4 == 0 ? core.flags : 0) | (number & 1 != 0 ? UInt32(exceptions.current) : 0)
        case 8: usesProcessStack ? otherStack : core[13]
        case 9: usesProcessStack ? core[13] : otherStack
        case 16: system.primask ? 1 : 0
        case 20: usesProcessStack ? 2 : 0
        default: 0
        }
    }

    /// MSR.
    private func writeSpecial(_ value: UInt32, _ number: UInt32) {
        switch number {
        case 0...3: core.flags = value
        case 8: if usesProcessStack { otherStack = value & ~3 } else { core[13] = value & ~3 }
        case 9: if usesProcessStack { core[13] = value & ~3 } else { otherStack = value & ~3 }
        case 16:
            system.primask = value & 1 != 0
            interruptRun()
        case 20:
            // The SAM D21 has no unprivileged mode, so nPRIV stays 0; a handler cannot change its stack.
            guard exceptions.current == 0, selectsProcessStack != (value & 2 != 0) else { break }
            selectsProcessStack.toggle()
            (core[13], otherStack) = (otherStack, core[13])
        default: break
        }
    }
}
