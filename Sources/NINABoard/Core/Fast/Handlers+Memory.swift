// Handlers of loads and stores. An address outside of RAM and flash, and one that is not aligned, goes to the reference interpreter.

extension Core {
    func installLoads() {
        install(.loadLiteral) {
            always($0, $1, $2, $3, $4, $5) { hot, word in
                let flash = hot.core.state.pointee.flash
                hot[word.register] = flash.load(fromByteOffset: Int(word.number) &* 4, as: UInt32.self)
                hot.left &-= 1
            }
        }
        install(.loadWord) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.word(hot[word.b] &+ hot[word.c]) else { return .reference }
                hot[word.a] = place.pointee
                hot.left &-= 1
                return .done
            }
        }
        install(.loadHalf) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.half(hot[word.b] &+ hot[word.c]) else { return .reference }
                hot[word.a] = UInt32(place.pointee)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadByte) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.byte(hot[word.b] &+ hot[word.c]) else { return .reference }
                hot[word.a] = UInt32(place.pointee)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadSignedHalf) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.half(hot[word.b] &+ hot[word.c]) else { return .reference }
                hot[word.a] = signExtended(UInt32(place.pointee), 16)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadSignedByte) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.byte(hot[word.b] &+ hot[word.c]) else { return .reference }
                hot[word.a] = signExtended(UInt32(place.pointee), 8)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadWordOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.word(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                hot[word.a] = place.pointee
                hot.left &-= 1
                return .done
            }
        }
        install(.loadHalfOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.half(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                hot[word.a] = UInt32(place.pointee)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadByteOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.byte(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                hot[word.a] = UInt32(place.pointee)
                hot.left &-= 1
                return .done
            }
        }
        install(.loadFromStack) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.word(hot[13] &+ UInt32(word.c) &* 4) else { return .reference }
                hot[word.a] = place.pointee
                hot.left &-= 1
                return .done
            }
        }
    }

    func installStores() {
        install(.storeWord) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramWord(hot[word.b] &+ hot[word.c]) else { return .reference }
                place.pointee = hot[word.a]
                hot.left &-= 1
                return .done
            }
        }
        install(.storeHalf) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramHalf(hot[word.b] &+ hot[word.c]) else { return .reference }
                place.pointee = UInt16(truncatingIfNeeded: hot[word.a])
                hot.left &-= 1
                return .done
            }
        }
        install(.storeByte) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramByte(hot[word.b] &+ hot[word.c]) else { return .reference }
                place.pointee = UInt8(truncatingIfNeeded: hot[word.a])
                hot.left &-= 1
                return .done
            }
        }
        install(.storeWordOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramWord(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                place.pointee = hot[word.a]
                hot.left &-= 1
                return .done
            }
        }
        install(.storeHalfOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramHalf(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                place.pointee = UInt16(truncatingIfNeeded: hot[word.a])
                hot.left &-= 1
                return .done
            }
        }
        install(.storeByteOffset) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramByte(hot[word.b] &+ UInt32(word.c)) else { return .reference }
                place.pointee = UInt8(truncatingIfNeeded: hot[word.a])
                hot.left &-= 1
                return .done
            }
        }
        install(.storeOnStack) {
            perform($0, $1, $2, $3, $4, $5) { hot, word in
                guard let place = hot.ramWord(hot[13] &+ UInt32(word.c) &* 4) else { return .reference }
                place.pointee = hot[word.a]
                hot.left &-= 1
                return .done
            }
        }
    }
}
