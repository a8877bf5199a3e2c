// Handlers of the instructions with a list of registers. The list is in `c`; one that is not all in RAM, or flash, goes to the reference.

extension Core {
    func installLists() {
        install(.push) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let count = UInt32(word.c.nonzeroBitCount &+ word.a)
                let stack = hot[13] &- count &* 4
                guard var place = hot.ramWords(stack, count) else { return .reference }
                hot.store(word.c, &place)
                if word.a != 0 { place.pointee = hot[14] }
                hot[13] = stack
                hot.left &-= Int(count)
                return .done
            }
        }
        install(.pop) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let count = UInt32(word.c.nonzeroBitCount)
                guard var place = hot.words(hot[13], count) else { return .reference }
                hot.load(word.c, &place)
                hot[13] = hot[13] &+ count &* 4
                hot.left &-= Int(count)
                return .done
            }
        }
        install(.popAndReturn) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let count = UInt32(word.c.nonzeroBitCount)
                guard var place = hot.words(hot[13], count &+ 1) else { return .reference }
                guard hot.branch(to: (place + Int(count)).pointee, cycles: 3) else { return .reference }
                hot.load(word.c, &place)
                hot[13] = hot[13] &+ count &* 4 &+ 4
                hot.left &-= Int(count)
                return .done
            }
        }
        install(.storeMultiple) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let count = UInt32(word.c.nonzeroBitCount)
                let start = hot[word.a]
                guard var place = hot.ramWords(start, count) else { return .reference }
                hot.store(word.c, &place)
                hot[word.a] = start &+ count &* 4
                hot.left &-= Int(count)
                return .done
            }
        }
        install(.loadMultiple) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                let count = UInt32(word.c.nonzeroBitCount)
                let start = hot[word.a]
                guard var place = hot.words(start, count) else { return .reference }
                hot[word.a] = start &+ count &* 4
                // A base that is in the list gets what is loaded.
                hot.load(word.c, &place)
                hot.left &-= Int(count)
                return .done
            }
        }
    }
}

extension Hot {
    @inline(__always) func store(_ list: Int, _ place: inout UnsafeMutablePointer<UInt32>) {
        var rest = list
        while rest != 0 {
            place.pointee = self[rest.trailingZeroBitCount]
            place += 1
            rest &= rest &- 1
        }
    }

    @inline(__always) func load(_ list: Int, _ place: inout UnsafeMutablePointer<UInt32>) {
        var rest = list
        while rest != 0 {
            self[rest.trailingZeroBitCount] = place.pointee
            place += 1
            rest &= rest &- 1
        }
    }
}
