/// What the fast path does with a decoded word.
enum Operation: UInt32 {
    /// Decode the halfword, then try again.
    case decode
    /// Leave the instruction to the reference interpreter.
    case reference

    case moveImmediate, compareImmediate, addImmediate, subtractImmediate
    case moveFlags, shiftLeftImmediate, shiftRightImmediate, shiftArithmeticImmediate
    case add, subtract, and, xor, shiftLeft, shiftRight, shiftArithmetic, addCarry, subtractCarry, rotate
    case test, negate, compare, compareNegative, or, multiply, bitClear, moveNot
    case addHigh, moveHigh, addressOfCode, addressOnStack, raiseStack, lowerStack
    case signExtendHalf, signExtendByte, zeroExtendHalf, zeroExtendByte, reverse, reverseHalves, reverseSigned
    case noOperation

    case loadLiteral
    case storeWord, storeHalf, storeByte, loadSignedByte, loadWord, loadHalf, loadByte, loadSignedHalf
    case storeWordOffset, loadWordOffset, storeByteOffset, loadByteOffset, storeHalfOffset, loadHalfOffset
    case storeOnStack, loadFromStack
    case push, pop, popAndReturn, storeMultiple, loadMultiple

    case branch, branchLink, branchExchange, branchLinkExchange
    // In the order of the conditions' numbers, here and below.
    case branchEqual, branchNotEqual, branchCarry, branchNoCarry, branchNegative, branchPositive, branchOverflow
    case branchNoOverflow, branchHigher, branchLowerSame, branchGreaterEqual, branchLess, branchGreater, branchLessEqual

    // Pairs of a comparison and a branch. Those that no program has much use for are missing: MI, PL, VS, VC.
    case compareImmediateEqual, compareImmediateNotEqual, compareImmediateCarry, compareImmediateNoCarry
    case compareImmediateHigher, compareImmediateLowerSame, compareImmediateGreaterEqual, compareImmediateLess
    case compareImmediateGreater, compareImmediateLessEqual
    case compareEqual, compareNotEqual, compareCarry, compareNoCarry, compareHigher, compareLowerSame
    case compareGreaterEqual, compareLess, compareGreater, compareLessEqual
    case subtractImmediateEqual, subtractImmediateNotEqual, subtractImmediateCarry, subtractImmediateNoCarry
    case addImmediateEqual, addImmediateNotEqual, addImmediateCarry, addImmediateNoCarry

    /// The operation so many cases further.
    func advanced(by count: Int) -> Operation? { Operation(rawValue: rawValue + UInt32(count)) }
}

/// A decoded instruction: the operation in bits 0 to 7, operands in the bytes above.
struct Word {
    let bits: UInt32

    /// The word of `Operation.decode`.
    static let undecoded: UInt32 = 0

    @inline(__always) init(bits: UInt32) { self.bits = bits }

    init(_ operation: Operation, _ a: UInt32 = 0, _ b: UInt32 = 0, _ c: UInt32 = 0) {
        bits = operation.rawValue | a << 8 | b << 16 | c << 24
    }

    /// The offset of a branch in halfwords from the word behind it, in 16 or 24 bits.
    init(_ operation: Operation, offset: UInt32, bits count: UInt32) {
        let halfwords = UInt32(bitPattern: Int32(bitPattern: offset &+ 2) >> 1)
        bits = operation.rawValue | halfwords << (32 - count)
    }

    /// A register, and a number of 20 bits.
    init(_ operation: Operation, register: UInt32, number: UInt32) {
        bits = operation.rawValue | register << 8 | number << 12
    }

    @inline(__always) var a: Int { Int(UInt8(truncatingIfNeeded: bits >> 8)) }
    @inline(__always) var b: Int { Int(UInt8(truncatingIfNeeded: bits >> 16)) }
    @inline(__always) var c: Int { Int(bits >> 24) }
    @inline(__always) var offset16: Int { Int(Int32(bitPattern: bits) >> 16) }
    @inline(__always) var offset24: Int { Int(Int32(bitPattern: bits) >> 8) }
    @inline(__always) var offset8: Int { Int(Int32(bitPattern: bits) >> 24) }
    @inline(__always) var register: Int { Int(bits >> 8 & 15) }
    @inline(__always) var number: UInt32 { bits >> 12 }
}
