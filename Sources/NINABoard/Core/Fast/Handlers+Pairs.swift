// Handlers of pairs: a comparison, or a sum or difference, and the conditional branch behind it.

extension Core {
    func installComparisons() {
        install(.compareImmediateEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 == $1 }
            }
        }
        install(.compareImmediateNotEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 != $1 }
            }
        }
        install(.compareImmediateCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 >= $1 }
            }
        }
        install(.compareImmediateNoCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 < $1 }
            }
        }
        install(.compareImmediateHigher) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 > $1 }
            }
        }
        install(.compareImmediateLowerSame) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], UInt32(word.b), word) { $0 <= $1 }
            }
        }
        install(.compareImmediateGreaterEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], UInt32(word.b), word) { $0 >= $1 }
            }
        }
        install(.compareImmediateLess) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], UInt32(word.b), word) { $0 < $1 }
            }
        }
        install(.compareImmediateGreater) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], UInt32(word.b), word) { $0 > $1 }
            }
        }
        install(.compareImmediateLessEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], UInt32(word.b), word) { $0 <= $1 }
            }
        }
        install(.compareEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 == $1 }
            }
        }
        install(.compareNotEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 != $1 }
            }
        }
        install(.compareCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 >= $1 }
            }
        }
        install(.compareNoCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 < $1 }
            }
        }
        install(.compareHigher) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 > $1 }
            }
        }
        install(.compareLowerSame) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compare(hot[word.a], hot[word.b], word) { $0 <= $1 }
            }
        }
        install(.compareGreaterEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], hot[word.b], word) { $0 >= $1 }
            }
        }
        install(.compareLess) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], hot[word.b], word) { $0 < $1 }
            }
        }
        install(.compareGreater) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], hot[word.b], word) { $0 > $1 }
            }
        }
        install(.compareLessEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.compareSigned(hot[word.a], hot[word.b], word) { $0 <= $1 }
            }
        }
    }

    func installSums() {
        install(.subtractImmediateEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let first = hot[word.a]
                hot[word.a] = hot.subtract(first, UInt32(word.b))
                hot.branchNext(first == UInt32(word.b), word)
            }
        }
        install(.subtractImmediateNotEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let first = hot[word.a]
                hot[word.a] = hot.subtract(first, UInt32(word.b))
                hot.branchNext(first != UInt32(word.b), word)
            }
        }
        install(.subtractImmediateCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let first = hot[word.a]
                hot[word.a] = hot.subtract(first, UInt32(word.b))
                hot.branchNext(first >= UInt32(word.b), word)
            }
        }
        install(.subtractImmediateNoCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let first = hot[word.a]
                hot[word.a] = hot.subtract(first, UInt32(word.b))
                hot.branchNext(first < UInt32(word.b), word)
            }
        }
        install(.addImmediateEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], UInt32(word.b))
                hot.branchNext(hot.isZero, word)
            }
        }
        install(.addImmediateNotEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], UInt32(word.b))
                hot.branchNext(!hot.isZero, word)
            }
        }
        install(.addImmediateCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], UInt32(word.b))
                hot.branchNext(hot.carry != 0, word)
            }
        }
        install(.addImmediateNoCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[word.a] = hot.add(hot[word.a], UInt32(word.b))
                hot.branchNext(hot.carry == 0, word)
            }
        }
    }
}

extension Hot {
    @inline(__always) mutating func compare(
        _ first: UInt32, _ second: UInt32, _ word: Word, _ holds: (UInt32, UInt32) -> Bool
    ) {
        subtract(first, second)
        branchNext(holds(first, second), word)
    }

    @inline(__always) mutating func compareSigned(
        _ first: UInt32, _ second: UInt32, _ word: Word, _ holds: (Int32, Int32) -> Bool
    ) {
        subtract(first, second)
        branchNext(holds(Int32(bitPattern: first), Int32(bitPattern: second)), word)
    }
}
