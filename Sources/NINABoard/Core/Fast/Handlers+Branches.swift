// Handlers of branches.

extension Core {
    func installBranches() {
        install(.branch) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(word.offset16)
            }
        }
        install(.branchLink) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot[14] = hot.address(hot.next) &+ 2 | 1
                hot.left &-= 1
                hot.branch(word.offset24)
            }
        }
        install(.branchExchange) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(to: hot[word.b], cycles: 1) ? .done : .reference
            }
        }
        install(.branchLinkExchange) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let link = hot.address(hot.next) | 1
                guard hot.branch(to: hot[word.b], cycles: 1) else { return .reference }
                hot[14] = link
                return .done
            }
        }
        install(.branchEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.isZero, word)
            }
        }
        install(.branchNotEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(!hot.isZero, word)
            }
        }
        install(.branchCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.carry != 0, word)
            }
        }
        install(.branchNoCarry) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.carry == 0, word)
            }
        }
        install(.branchNegative) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.signAndZero < 0, word)
            }
        }
        install(.branchPositive) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.signAndZero >= 0, word)
            }
        }
        install(.branchOverflow) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.overflow >> 31 != 0, word)
            }
        }
        install(.branchNoOverflow) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.overflow >> 31 == 0, word)
            }
        }
        install(.branchHigher) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.carry != 0 && !hot.isZero, word)
            }
        }
        install(.branchLowerSame) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.carry == 0 || hot.isZero, word)
            }
        }
        install(.branchGreaterEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(!hot.isLess, word)
            }
        }
        install(.branchLess) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.isLess, word)
            }
        }
        install(.branchGreater) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(!hot.isLess && !hot.isZero, word)
            }
        }
        install(.branchLessEqual) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                hot.branch(hot.isLess || hot.isZero, word)
            }
        }
    }
}
