// What the reference interpreter's instructions consist of: accesses, branches, and sums and shifts with their flags.

/// A number of some bits as 32 bits.
@inline(__always) func signExtended(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    UInt32(bitPattern: Int32(bitPattern: value &<< (32 &- bits)) &>> Int32(bitPattern: 32 &- bits))
}

/// The offset of a BL from its address + 4.
func branchOffset(_ first: UInt32, _ second: UInt32) -> UInt32 {
    let sign = first >> 10 & 1
    let upper = sign << 24 | (second >> 13 & 1 ^ sign ^ 1) << 23 | (second >> 11 & 1 ^ sign ^ 1) << 22
    return signExtended(upper | (first & 0x3FF) << 12 | (second & 0x7FF) << 1, 25)
}

extension Processor {
    // MARK: Memory

    /// One access and its cycle beyond the 1 of each instruction; the port of the core takes none.
    func load(_ address: UInt32, _ width: AccessWidth) throws(Fault.Cause) -> UInt32 {
        guard address & (width.rawValue - 1) == 0 else { throw .unaligned(.read, address, width) }
        if let value = memory.read(address, width) {
            core.state.pointee.left -= 1
            return value
        }
        if SystemRegisters.range.contains(address) {
            guard width == .word else { throw .unmapped(.read, address, width) }
            let value = readSystem(address)
            core.state.pointee.left -= 1
            interruptRun()
            return value
        }
        guard let value = peripherals.read(address, width, at: cycle) else { throw .unmapped(.read, address, width) }
        finishAccess(address)
        return value
    }

    func store(_ value: UInt32, to address: UInt32, _ width: AccessWidth) throws(Fault.Cause) {
        guard address & (width.rawValue - 1) == 0 else { throw .unaligned(.write, address, width) }
        if memory.write(value, to: address, width) {
            core.state.pointee.left -= 1
            return
        }
        if SystemRegisters.range.contains(address) {
            guard width == .word else { throw .unmapped(.write, address, width) }
            writeSystem(value, to: address)
            core.state.pointee.left -= 1
            return interruptRun()
        }
        let mask: UInt32 = width == .byte ? 0xFF : width == .half ? 0xFFFF : .max
        guard peripherals.write(value & mask, to: address, width, at: cycle) else {
            throw .unmapped(.write, address, width)
        }
        finishAccess(address)
    }

    /// A peripheral may have changed its interrupt lines or its next event.
    private func finishAccess(_ address: UInt32) {
        // The port that the core reaches in one cycle: PORT's second address, 0x60000000 (SAM D21 data sheet, chapter Processor).
        if address >> 28 != 6 { core.state.pointee.left -= 1 }
        let new = peripherals.signals
        guard new != signals else { return }
        signals = new
        interruptRun()
    }

    /// Reads flash or RAM ahead of an instruction's counted accesses.
    func memoryWord(_ address: UInt32) throws(Fault.Cause) -> UInt32 {
        guard address & 3 == 0 else { throw .unaligned(.read, address, .word) }
        guard let value = memory.read(address, .word) else { throw .unmapped(.read, address, .word) }
        return value
    }

    /// - Returns: the address behind the last word.
    func storeMultiple(_ list: UInt32, _ start: UInt32) throws(Fault.Cause) -> UInt32 {
        var address = start
        var rest = list
        while rest != 0 {
            try store(core[rest.trailingZeroBitCount], to: address, .word)
            address = address &+ 4
            rest &= rest &- 1
        }
        return address
    }

    /// - Returns: the address behind the last word.
    func loadMultiple(_ list: UInt32, _ start: UInt32) throws(Fault.Cause) -> UInt32 {
        var address = start
        var rest = list
        while rest != 0 {
            core[rest.trailingZeroBitCount] = try load(address, .word)
            address = address &+ 4
            rest &= rest &- 1
        }
        return address
    }

    // MARK: Branches

    /// - Parameter cycles: those beyond the 1 of each instruction.
    func branch(from pc: UInt32, to target: UInt32, cycles: Int) {
        core.state.pointee.left -= cycles
        core.record(from: pc, to: target)
        core[15] = target
    }

    /// A branch whose bit 0 states the instruction set, or which ends a handler.
    func branchExchange(from pc: UInt32, to target: UInt32, cycles: Int, mayReturn: Bool = true) throws(Fault.Cause) {
        if mayReturn, target >> 28 == 15, exceptions.current != 0 { return try returnFromException(target) }
        isThumb = target & 1 != 0
        branch(from: pc, to: target & ~1, cycles: cycles)
    }

    func holds(_ condition: UInt32) -> Bool {
        let flags = core.flags
        let (n, z, c, v) = (flags >> 31 != 0, flags >> 30 & 1 != 0, flags >> 29 & 1 != 0, flags >> 28 & 1 != 0)
        let result =
            switch condition >> 1 {
            case 0: z
            case 1: c
            case 2: n
            case 3: v
            case 4: c && !z
            case 5: n == v
            default: n == v && !z
            }
        return result == (condition & 1 == 0)
    }

    // MARK: Results with flags

    func setNZ(_ result: UInt32) -> UInt32 {
        core.state.pointee.signAndZero = Int64(Int32(bitPattern: result))
        return result
    }

    /// AddWithCarry of the architecture; a difference is the sum with the complement and a carry of 1.
    func add(_ first: UInt32, _ second: UInt32, _ carry: UInt32 = 0) -> UInt32 {
        let sum = UInt64(first) + UInt64(second) + UInt64(carry)
        let signed = Int64(Int32(bitPattern: first)) + Int64(Int32(bitPattern: second)) + Int64(carry)
        let result = UInt32(truncatingIfNeeded: sum)
        core.state.pointee.carry = sum >> 32 == 0 ? 0 : 1
        core.state.pointee.overflow = signed == Int64(Int32(bitPattern: result)) ? 0 : 1 << 31
        return setNZ(result)
    }

    enum Shift { case left, right, arithmetic, rotate }

    /// A shift by 0 to 255, which leaves the carry alone if it is 0.
    func shift(_ kind: Shift, _ value: UInt32, _ amount: UInt32) -> UInt32 {
        guard amount > 0 else { return setNZ(value) }
        let carry: UInt32
        let result: UInt32
        switch kind {
        case .left:
            result = value << amount
            carry = amount > 32 ? 0 : value >> (32 - amount) & 1
        case .right:
            result = value >> amount
            carry = amount > 32 ? 0 : value >> (amount - 1) & 1
        case .arithmetic:
            let signed = Int32(bitPattern: value)
            result = UInt32(bitPattern: signed >> amount)
            carry = UInt32(bitPattern: signed >> (amount - 1)) & 1
        case .rotate:
            let turn = amount & 31
            result = value >> turn | value << (32 - turn)
            carry = result >> 31
        }
        core.state.pointee.carry = carry
        return setNZ(result)
    }
}
