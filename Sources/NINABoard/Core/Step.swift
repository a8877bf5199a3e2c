// The reference interpreter: one instruction, straight from its encoding (DDI 0419, A5 and A6.7). It is what the fast path is compared
// with, and executes what the fast path does not.

/// Whether this is the first half of a 32-bit instruction.
@inline(__always) func isWide(_ first: UInt32) -> Bool { first >> 11 >= 0b11101 }

extension Processor {
    /// Executes the instruction at the program counter, or takes the fault that it causes.
    func step() {
        referenceSteps &+= 1
        do throws(Fault.Cause) {
            let pc = core[15]
            guard isThumb else { throw .evenAddress }
            guard let instruction = memory.read(pc, .half) else { throw .fetch }
            core.state.pointee.left &-= 1
            try execute(instruction, pc)
        } catch {
            takeFault(error)
        }
    }

    /// An instruction writes no register before the last of its accesses that can fault.
    private func execute(_ code: UInt32, _ pc: UInt32) throws(Fault.Cause) {
        let low = Int(code & 7)
        let second = Int(code >> 3 & 7)
        let third = Int(code >> 6 & 7)
        let high = Int(code >> 8 & 7)
        let byte = code & 0xFF
        switch code >> 11 {
        case 0b00000 where code >> 6 & 31 == 0: core[low] = setNZ(core[second])
        case 0b00000: core[low] = shift(.left, core[second], code >> 6 & 31)
        case 0b00001: core[low] = shift(.right, core[second], code >> 6 & 31 == 0 ? 32 : code >> 6 & 31)
        case 0b00010: core[low] = shift(.arithmetic, core[second], code >> 6 & 31 == 0 ? 32 : code >> 6 & 31)
        case 0b00011:
            let operand = code >> 10 & 1 == 0 ? core[third] : UInt32(third)
            core[low] = code >> 9 & 1 == 0 ? add(core[second], operand) : add(core[second], ~operand, 1)
        case 0b00100: core[high] = setNZ(byte)
        case 0b00101: _ = add(core[high], ~byte, 1)
        case 0b00110: core[high] = add(core[high], byte)
        case 0b00111: core[high] = add(core[high], ~byte, 1)
        case 0b01000 where code >> 10 & 1 == 0: executeData(code, low, second)
        case 0b01000: return try executeSpecial(code, pc)
        case 0b01001: core[high] = try load((pc &+ 4) & ~3 &+ byte * 4, .word)
        case 0b01010, 0b01011: try executeIndexed(code, core[second] &+ core[third], low)
        case 0b01100: try store(core[low], to: core[second] &+ (code >> 6 & 31) * 4, .word)
        case 0b01101: core[low] = try load(core[second] &+ (code >> 6 & 31) * 4, .word)
        case 0b01110: try store(core[low], to: core[second] &+ code >> 6 & 31, .byte)
        case 0b01111: core[low] = try load(core[second] &+ code >> 6 & 31, .byte)
        case 0b10000: try store(core[low], to: core[second] &+ (code >> 6 & 31) * 2, .half)
        case 0b10001: core[low] = try load(core[second] &+ (code >> 6 & 31) * 2, .half)
        case 0b10010: try store(core[high], to: core[13] &+ byte * 4, .word)
        case 0b10011: core[high] = try load(core[13] &+ byte * 4, .word)
        case 0b10100: core[high] = (pc &+ 4) & ~3 &+ byte * 4
        case 0b10101: core[high] = core[13] &+ byte * 4
        case 0b10110, 0b10111: return try executeMiscellaneous(code, pc)
        case 0b11000:
            guard byte != 0 else { throw .undefined }
            core[high] = try storeMultiple(byte, core[high])
        case 0b11001:
            guard byte != 0 else { throw .undefined }
            let end = try loadMultiple(byte, core[high])
            if byte >> UInt32(high) & 1 == 0 { core[high] = end }
        case 0b11010, 0b11011:
            switch code >> 8 & 15 {
            case 14: throw .undefined
            case 15: return try callSupervisor(pc)
            case let condition:
                guard holds(condition) else { break }
                return branch(from: pc, to: pc &+ 4 &+ signExtended(byte << 1, 9), cycles: 1)
            }
        case 0b11100: return branch(from: pc, to: pc &+ 4 &+ signExtended((code & 0x7FF) << 1, 12), cycles: 1)
        default: return try executeWide(code, pc)
        }
        core[15] = pc &+ 2
    }

    private func executeData(_ code: UInt32, _ low: Int, _ second: Int) {
        let (first, operand) = (core[low], core[second])
        switch code >> 6 & 15 {
        case 0: core[low] = setNZ(first & operand)
        case 1: core[low] = setNZ(first ^ operand)
        case 2: core[low] = shift(.left, first, operand & 0xFF)
        case 3: core[low] = shift(.right, first, operand & 0xFF)
        case 4: core[low] = shift(.arithmetic, first, operand & 0xFF)
        case 5: core[low] = add(first, operand, core.state.pointee.carry)
        case 6: core[low] = add(first, ~operand, core.state.pointee.carry)
        case 7: core[low] = shift(.rotate, first, operand & 0xFF)
        case 8: _ = setNZ(first & operand)
        case 9: core[low] = add(~operand, 0, 1)
        case 10: _ = add(first, ~operand, 1)
        case 11: _ = add(first, operand)
        case 12: core[low] = setNZ(first | operand)
        case 13: core[low] = setNZ(first &* operand)  // 1 cycle: the SAM D21 has the fast multiplier
        case 14: core[low] = setNZ(first & ~operand)
        default: core[low] = setNZ(~operand)
        }
    }

    /// ADD, CMP and MOV of all registers, BX, BLX.
    private func executeSpecial(_ code: UInt32, _ pc: UInt32) throws(Fault.Cause) {
        let destination = Int(code & 7 | code >> 4 & 8)
        let source = Int(code >> 3 & 15)
        let operand = source == 15 ? pc &+ 4 : core[source]
        let first = destination == 15 ? pc &+ 4 : core[destination]
        switch code >> 8 & 3 {
        case 1:
            _ = add(first, ~operand, 1)
            core[15] = pc &+ 2
        case 3:
            if code >> 7 & 1 != 0 {
                core[14] = pc &+ 2 | 1
                return try branchExchange(from: pc, to: operand, cycles: 1, mayReturn: false)
            }
            try branchExchange(from: pc, to: operand, cycles: 1)
        case let operation:
            let result = operation == 0 ? first &+ operand : operand
            switch destination {
            case 15: return branch(from: pc, to: result & ~1, cycles: 1)
            case 13: core[13] = result & ~3
            default: core[destination] = result
            }
            core[15] = pc &+ 2
        }
    }

    private func executeIndexed(_ code: UInt32, _ address: UInt32, _ low: Int) throws(Fault.Cause) {
        switch code >> 9 & 7 {
        case 0: try store(core[low], to: address, .word)
        case 1: try store(core[low], to: address, .half)
        case 2: try store(core[low], to: address, .byte)
        case 3: core[low] = signExtended(try load(address, .byte), 8)
        case 4: core[low] = try load(address, .word)
        case 5: core[low] = try load(address, .half)
        case 6: core[low] = try load(address, .byte)
        default: core[low] = signExtended(try load(address, .half), 16)
        }
    }
}
