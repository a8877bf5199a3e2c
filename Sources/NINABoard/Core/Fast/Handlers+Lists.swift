// Handlers of the instructions with a list of registers. The list is in `c`; one that is not all in RAM, or flash, goes to the reference. The
// bodies are methods, because the compiler would call closures of this length.

extension Core {
    func installLists() {
        install(.push) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            let outcome = hot.push(hot.word)
            return proceed(hot, outcome)
        }
        install(.pop) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            let outcome = hot.pop(hot.word)
            return proceed(hot, outcome)
        }
        install(.popAndReturn) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            let outcome = hot.popAndReturn(hot.word)
            return proceed(hot, outcome)
        }
        install(.storeMultiple) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            let outcome = hot.storeMultiple(hot.word)
            return proceed(hot, outcome)
        }
        install(.loadMultiple) {
            var hot = Hot($0, $1, $2, $3, $4, $5)
            let outcome = hot.loadMultiple(hot.word)
            return proceed(hot, outcome)
        }
    }
}

extension Hot {
    @inline(__always) mutating func push(_ word: Word) -> Outcome {
        let count = UInt32(word.c.nonzeroBitCount &+ word.a)
        let stack = self[13] &- count &* 4
        guard var place = ramWords(stack, count) else { return .reference }
        store(word.c, &place)
        if word.a != 0 { place.pointee = self[14] }
        self[13] = stack
        left &-= Int(count)
        return .done
    }

    @inline(__always) mutating func pop(_ word: Word) -> Outcome {
        let count = UInt32(word.c.nonzeroBitCount)
        guard var place = words(self[13], count) else { return .reference }
        load(word.c, &place)
        self[13] = self[13] &+ count &* 4
        left &-= Int(count)
        return .done
    }

    @inline(__always) mutating func popAndReturn(_ word: Word) -> Outcome {
        let count = UInt32(word.c.nonzeroBitCount)
        guard var place = words(self[13], count &+ 1) else { return .reference }
        guard branch(to: (place + Int(count)).pointee, cycles: 3) else { return .reference }
        load(word.c, &place)
        self[13] = self[13] &+ count &* 4 &+ 4
        left &-= Int(count)
        return .done
    }

    @inline(__always) mutating func storeMultiple(_ word: Word) -> Outcome {
        let count = UInt32(word.c.nonzeroBitCount)
        let start = self[word.a]
        guard var place = ramWords(start, count) else { return .reference }
        store(word.c, &place)
        self[word.a] = start &+ count &* 4
        left &-= Int(count)
        return .done
    }

    @inline(__always) mutating func loadMultiple(_ word: Word) -> Outcome {
        let count = UInt32(word.c.nonzeroBitCount)
        let start = self[word.a]
        guard var place = words(start, count) else { return .reference }
        self[word.a] = start &+ count &* 4
        // A base that is in the list gets what is loaded.
        load(word.c, &place)
        left &-= Int(count)
        return .done
    }

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
