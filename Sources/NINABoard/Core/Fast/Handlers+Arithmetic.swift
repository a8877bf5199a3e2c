// Handlers of the instructions that compute.

extension Core {
    func installArithmetic() {
        install(.moveImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(UInt32(word.c))
            }
        }
        install(.compareImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.subtract(hot[word.b], UInt32(word.c))
            }
        }
        install(.addImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.b], UInt32(word.c))
            }
        }
        install(.subtractImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.subtract(hot[word.b], UInt32(word.c))
            }
        }
        install(.moveFlags) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.b])
            }
        }
        install(.add) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.b], hot[word.c])
            }
        }
        install(.subtract) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.subtract(hot[word.b], hot[word.c])
            }
        }
        install(.and) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.a] & hot[word.b])
            }
        }
        install(.xor) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.a] ^ hot[word.b])
            }
        }
        install(.addCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], hot[word.b], hot.carry)
            }
        }
        install(.subtractCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], ~hot[word.b], hot.carry)
            }
        }
        install(.test) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                _ = hot.setNZ(hot[word.a] & hot[word.b])
            }
        }
        install(.negate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.subtract(0, hot[word.b])
            }
        }
        install(.compare) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.subtract(hot[word.a], hot[word.b])
            }
        }
        install(.compareNegative) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                _ = hot.add(hot[word.a], hot[word.b])
            }
        }
        install(.or) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.a] | hot[word.b])
            }
        }
        install(.multiply) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.a] &* hot[word.b])
            }
        }
        install(.bitClear) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(hot[word.a] & ~hot[word.b])
            }
        }
        install(.moveNot) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.setNZ(~hot[word.b])
            }
        }
    }

    func installMoves() {
        install(.addHigh) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[word.a] &+ hot[word.b]
            }
        }
        install(.moveHigh) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[word.b]
            }
        }
        install(.addressOfCode) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.register] = word.number &* 4
            }
        }
        install(.addressOnStack) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[13] &+ UInt32(word.c) &* 4
            }
        }
        install(.raiseStack) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[13] = hot[13] &+ UInt32(word.c) &* 4
            }
        }
        install(.lowerStack) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[13] = hot[13] &- UInt32(word.c) &* 4
            }
        }
        install(.signExtendHalf) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = signExtended(hot[word.b], 16)
            }
        }
        install(.signExtendByte) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = signExtended(hot[word.b], 8)
            }
        }
        install(.zeroExtendHalf) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[word.b] & 0xFFFF
            }
        }
        install(.zeroExtendByte) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[word.b] & 0xFF
            }
        }
        install(.reverse) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot[word.b].byteSwapped
            }
        }
        install(.reverseHalves) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let value = hot[word.b]
                hot[word.a] = (value & 0xFF00FF) << 8 | value >> 8 & 0xFF00FF
            }
        }
        install(.reverseSigned) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = signExtended(hot[word.b].byteSwapped >> 16, 16)
            }
        }
        install(.noOperation) { always($0, $1, $2, $3, $4, $5) { _, _ in } }
    }

    /// A shift of a double width leaves the last bit shifted out beside the result.
    func installShifts() {
        install(.shiftLeftImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let wide = UInt64(hot[word.b]) &<< UInt64(word.c)
                hot.carry = UInt32(truncatingIfNeeded: wide >> 32) & 1
                hot[word.a] = hot.setNZ(UInt32(truncatingIfNeeded: wide))
            }
        }
        install(.shiftRightImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let wide = (UInt64(hot[word.b]) << 1) &>> UInt64(word.c)
                hot.carry = UInt32(truncatingIfNeeded: wide) & 1
                hot[word.a] = hot.setNZ(UInt32(truncatingIfNeeded: wide >> 1))
            }
        }
        install(.shiftArithmeticImmediate) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let wide = (Int64(Int32(bitPattern: hot[word.b])) << 1) &>> Int64(word.c)
                hot.carry = UInt32(truncatingIfNeeded: wide) & 1
                hot[word.a] = hot.setNZ(UInt32(truncatingIfNeeded: wide >> 1))
            }
        }
        install(.shiftLeft) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            hot.shiftLeft(hot.word)
            return proceed(hot, .done)
        }
        install(.shiftRight) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            hot.shiftRight(hot.word)
            return proceed(hot, .done)
        }
        install(.shiftArithmetic) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            hot.shiftArithmetic(hot.word)
            return proceed(hot, .done)
        }
        install(.rotate) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            hot.rotate(hot.word)
            return proceed(hot, .done)
        }
    }
}

// Bodies of handlers that are too long for a closure: the compiler would call them.

extension Hot {
    @inline(__always) mutating func shiftLeft(_ word: Word) {
        let amount = UInt64(self[word.b] & 0xFF)
        guard amount != 0 else {
            _ = setNZ(self[word.a])
            return
        }
        let wide = UInt64(self[word.a]) << amount
        carry = UInt32(truncatingIfNeeded: wide >> 32) & 1
        self[word.a] = setNZ(UInt32(truncatingIfNeeded: wide))
    }

    @inline(__always) mutating func shiftRight(_ word: Word) {
        let amount = UInt64(self[word.b] & 0xFF)
        guard amount != 0 else {
            _ = setNZ(self[word.a])
            return
        }
        let wide = (UInt64(self[word.a]) << 1) >> amount
        carry = UInt32(truncatingIfNeeded: wide) & 1
        self[word.a] = setNZ(UInt32(truncatingIfNeeded: wide >> 1))
    }

    @inline(__always) mutating func shiftArithmetic(_ word: Word) {
        let amount = Int64(min(self[word.b] & 0xFF, 33))
        guard amount != 0 else {
            _ = setNZ(self[word.a])
            return
        }
        let wide = (Int64(Int32(bitPattern: self[word.a])) << 1) &>> amount
        carry = UInt32(truncatingIfNeeded: wide) & 1
        self[word.a] = setNZ(UInt32(truncatingIfNeeded: wide >> 1))
    }

    @inline(__always) mutating func rotate(_ word: Word) {
        let amount = self[word.b]
        let value = self[word.a]
        guard amount & 0xFF != 0 else {
            _ = setNZ(value)
            return
        }
        let result = value &>> amount | value &<< (0 &- amount)
        carry = result >> 31
        self[word.a] = setNZ(result)
    }
}
