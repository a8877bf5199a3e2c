// Decodes an instruction in flash for the fast path. What is rare, undefined, or leaves flash becomes `Operation.reference`.

extension Memory {
    /// Decodes the instruction at an even address of flash.
    func decode(at pc: UInt32) {
        words[Int(pc / 2)] = fused(decoded(pc), pc).bits
    }

    private func halfword(_ address: UInt32) -> UInt32 { read(address, .half) ?? 0 }

    /// One word for a comparison and the conditional branch behind it.
    private func fused(_ first: Word, _ pc: UInt32) -> Word {
        let second = halfword(pc &+ 2)
        guard second >> 12 == 0b1101, pc + 2 < Self.flashSize else { return first }
        let place: Int
        switch second >> 8 & 15 {
        case let condition where condition < 4: place = Int(condition)
        case let condition where condition >= 8 && condition < 14: place = Int(condition) - 4
        default: return first
        }
        guard pc &+ 6 &+ signExtended((second & 0xFF) << 1, 9) < Self.flashSize else { return first }
        let offset = second & 0xFF
        let operation: Operation
        var operand = UInt32(first.c)
        switch Operation(rawValue: first.bits & 0xFF) {
        case .compareImmediate: operation = .compareImmediateEqual
        case .compare:
            operation = .compareEqual
            operand = UInt32(first.b)
        case .subtractImmediate where first.a == first.b && place < 4: operation = .subtractImmediateEqual
        case .addImmediate where first.a == first.b && place < 4: operation = .addImmediateEqual
        default: return first
        }
        guard let fused = operation.advanced(by: place) else { return first }
        return Word(fused, UInt32(first.a), operand, offset)
    }

    private func decoded(_ pc: UInt32) -> Word {
        let code = halfword(pc)
        let low = code & 7
        let second = code >> 3 & 7
        let third = code >> 6 & 7
        let five = code >> 6 & 31
        let high = code >> 8 & 7
        let byte = code & 0xFF
        switch code >> 11 {
        case 0b00000: return five == 0 ? Word(.moveFlags, low, second) : Word(.shiftLeftImmediate, low, second, five)
        case 0b00001: return Word(.shiftRightImmediate, low, second, five == 0 ? 32 : five)
        case 0b00010: return Word(.shiftArithmeticImmediate, low, second, five == 0 ? 32 : five)
        case 0b00011:
            let isImmediate = code >> 10 & 1 != 0
            let isSubtraction = code >> 9 & 1 != 0
            let operation: Operation =
                isImmediate ? isSubtraction ? .subtractImmediate : .addImmediate : isSubtraction ? .subtract : .add
            return Word(operation, low, second, third)
        case 0b00100: return Word(.moveImmediate, high, 0, byte)
        case 0b00101: return Word(.compareImmediate, high, high, byte)
        case 0b00110: return Word(.addImmediate, high, high, byte)
        case 0b00111: return Word(.subtractImmediate, high, high, byte)
        case 0b01000:
            return code >> 10 & 1 == 0 ? Word(Self.dataOperations[Int(code >> 6 & 15)], low, second) : special(code)
        case 0b01001:
            let address = (pc &+ 4) & ~3 &+ byte * 4
            return address < Self.flashSize ? Word(.loadLiteral, register: high, number: address / 4) : Word(.reference)
        case 0b01010, 0b01011: return Word(Self.indexedOperations[Int(code >> 9 & 7)], low, second, third)
        case 0b01100: return Word(.storeWordOffset, low, second, five * 4)
        case 0b01101: return Word(.loadWordOffset, low, second, five * 4)
        case 0b01110: return Word(.storeByteOffset, low, second, five)
        case 0b01111: return Word(.loadByteOffset, low, second, five)
        case 0b10000: return Word(.storeHalfOffset, low, second, five * 2)
        case 0b10001: return Word(.loadHalfOffset, low, second, five * 2)
        case 0b10010: return Word(.storeOnStack, high, 0, byte)
        case 0b10011: return Word(.loadFromStack, high, 0, byte)
        case 0b10100: return Word(.addressOfCode, register: high, number: ((pc &+ 4) & ~3 &+ byte * 4) / 4)
        case 0b10101: return Word(.addressOnStack, high, 0, byte)
        case 0b10110, 0b10111: return miscellaneous(code)
        case 0b11000: return byte == 0 ? Word(.reference) : Word(.storeMultiple, high, 0, byte)
        case 0b11001: return byte == 0 ? Word(.reference) : Word(.loadMultiple, high, 0, byte)
        case 0b11010, 0b11011:
            guard let operation = Operation.branchEqual.advanced(by: Int(code >> 8 & 15)), code >> 8 & 15 < 14 else {
                break
            }
            return branch(operation, pc, signExtended(byte << 1, 9), 16)
        case 0b11100: return branch(.branch, pc, signExtended((code & 0x7FF) << 1, 12), 16)
        case 0b11110:
            let next = halfword(pc &+ 2)
            guard next & 0xD000 == 0xD000, pc + 2 < Self.flashSize else { break }
            return branch(.branchLink, pc, branchOffset(code, next), 24)
        default: break
        }
        return Word(.reference)
    }

    private func branch(_ operation: Operation, _ pc: UInt32, _ offset: UInt32, _ bits: UInt32) -> Word {
        pc &+ 4 &+ offset < Self.flashSize ? Word(operation, offset: offset, bits: bits) : Word(.reference)
    }

    private static let dataOperations: [Operation] = [
        .and, .xor, .shiftLeft, .shiftRight, .shiftArithmetic, .addCarry, .subtractCarry, .rotate, .test, .negate,
        .compare,
        .compareNegative, .or, .multiply, .bitClear, .moveNot,
    ]

    private static let indexedOperations: [Operation] = [
        .storeWord, .storeHalf, .storeByte, .loadSignedByte, .loadWord, .loadHalf, .loadByte, .loadSignedHalf,
    ]

    private func special(_ code: UInt32) -> Word {
        let destination = code & 7 | code >> 4 & 8
        let source = code >> 3 & 15
        guard source != 15 else { return Word(.reference) }
        switch code >> 8 & 3 {
        case 1: return destination == 15 ? Word(.reference) : Word(.compare, destination, source)
        case 3: return Word(code >> 7 & 1 == 0 ? .branchExchange : .branchLinkExchange, 0, source)
        case _ where destination == 13 || destination == 15: return Word(.reference)
        case 0: return Word(.addHigh, destination, source)
        default: return Word(.moveHigh, destination, source)
        }
    }

    private func miscellaneous(_ code: UInt32) -> Word {
        let low = code & 7
        let second = code >> 3 & 7
        let byte = code & 0xFF
        switch code >> 8 & 15 {
        case 0b0000: return Word(code >> 7 & 1 == 0 ? .raiseStack : .lowerStack, 0, 0, code & 0x7F)
        case 0b0010:
            let operations: [Operation] = [.signExtendHalf, .signExtendByte, .zeroExtendHalf, .zeroExtendByte]
            return Word(operations[Int(code >> 6 & 3)], low, second)
        case 0b0100 where byte != 0: return Word(.push, 0, 0, byte)
        case 0b0101: return Word(.push, 1, 0, byte)
        case 0b1010:
            let operations: [Operation] = [.reverse, .reverseHalves, .reference, .reverseSigned]
            return Word(operations[Int(code >> 6 & 3)], low, second)
        case 0b1100 where byte != 0: return Word(.pop, 0, 0, byte)
        case 0b1101: return Word(.popAndReturn, 0, 0, byte)
        case 0b1111 where byte == 0: return Word(.noOperation)
        default: return Word(.reference)
        }
    }
}
