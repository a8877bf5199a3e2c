// The shape of the fast path. Each operation is a C function of six arguments, which the calling convention keeps in registers: the next
// decoded word, the state, and what nearly every instruction reads or changes. A handler ends with a call of the next word's handler, which
// an optimized build turns into a jump. Handlers see no object, so there is nothing to retain, to check or to allocate.

/// - Returns: an ``Exit``.
typealias Handler =
    @convention(c) (
        _ next: UnsafeMutablePointer<UInt32>, _ state: UnsafeMutableRawPointer, _ signAndZero: Int64, _ carry: UInt32,
        _ overflow: UInt32, _ left: Int
    ) -> UInt32

/// Why handlers returned to the driver.
enum Exit {
    /// The cycles are used up.
    static let budget: UInt32 = 0
    /// The next instruction is one for the reference interpreter.
    static let reference: UInt32 = 1
    /// The next word is not decoded yet.
    static let decode: UInt32 = 2
}

/// Whether a handler has executed its instruction; otherwise it has changed nothing.
enum Outcome { case done, reference }

/// The arguments of a handler.
struct Hot {
    var next: UnsafeMutablePointer<UInt32>
    let core: Core
    var signAndZero: Int64
    var carry: UInt32
    var overflow: UInt32
    var left: Int

    @inline(__always) init(
        _ next: UnsafeMutablePointer<UInt32>, _ state: UnsafeMutableRawPointer, _ signAndZero: Int64, _ carry: UInt32,
        _ overflow: UInt32, _ left: Int
    ) {
        self.next = next
        core = Core(base: state)
        self.signAndZero = signAndZero
        self.carry = carry
        self.overflow = overflow
        self.left = left
    }

    /// The word of the handler's instruction, until its branch.
    @inline(__always) var word: Word { Word(bits: (next - 1).pointee) }

    @inline(__always) subscript(_ register: Int) -> UInt32 {
        get { core[register] }
        nonmutating set { core[register] = newValue }
    }

    // MARK: Flags

    @inline(__always) mutating func setNZ(_ result: UInt32) -> UInt32 {
        signAndZero = Int64(Int32(bitPattern: result))
        return result
    }

    @inline(__always) mutating func add(_ first: UInt32, _ second: UInt32, _ carryIn: UInt32 = 0) -> UInt32 {
        let sum = UInt64(first) &+ UInt64(second) &+ UInt64(carryIn)
        let result = UInt32(truncatingIfNeeded: sum)
        carry = UInt32(truncatingIfNeeded: sum >> 32)
        overflow = ~(first ^ second) & (first ^ result)
        return setNZ(result)
    }

    @inline(__always) @discardableResult mutating func subtract(_ first: UInt32, _ second: UInt32) -> UInt32 {
        let result = first &- second
        carry = first >= second ? 1 : 0
        overflow = (first ^ second) & (first ^ result)
        return setNZ(result)
    }

    @inline(__always) var isZero: Bool { UInt32(truncatingIfNeeded: signAndZero) == 0 }
    @inline(__always) var isLess: Bool { (UInt32(truncatingIfNeeded: signAndZero >> 32) ^ overflow) >> 31 != 0 }

    // MARK: Memory: a rotation moves the low bits of an unaligned address to the top, so that one comparison checks range and alignment

    @inline(__always) func ramWord(_ address: UInt32) -> UnsafeMutablePointer<UInt32>? {
        let offset = address &- Memory.ramBase
        let index = offset >> 2 | offset << 30
        guard index < Memory.ramSize / 4 else { return nil }
        return core.state.pointee.ram.assumingMemoryBound(to: UInt32.self) + Int(index)
    }

    @inline(__always) func ramHalf(_ address: UInt32) -> UnsafeMutablePointer<UInt16>? {
        let offset = address &- Memory.ramBase
        let index = offset >> 1 | offset << 31
        guard index < Memory.ramSize / 2 else { return nil }
        return core.state.pointee.ram.assumingMemoryBound(to: UInt16.self) + Int(index)
    }

    @inline(__always) func ramByte(_ address: UInt32) -> UnsafeMutablePointer<UInt8>? {
        let offset = address &- Memory.ramBase
        guard offset < Memory.ramSize else { return nil }
        return core.state.pointee.ram.assumingMemoryBound(to: UInt8.self) + Int(offset)
    }

    @inline(__always) func word(_ address: UInt32) -> UnsafeMutablePointer<UInt32>? {
        if let place = ramWord(address) { return place }
        let index = address >> 2 | address << 30
        guard index < Memory.flashSize / 4 else { return nil }
        return core.state.pointee.flash.assumingMemoryBound(to: UInt32.self) + Int(index)
    }

    @inline(__always) func half(_ address: UInt32) -> UnsafeMutablePointer<UInt16>? {
        if let place = ramHalf(address) { return place }
        let index = address >> 1 | address << 31
        guard index < Memory.flashSize / 2 else { return nil }
        return core.state.pointee.flash.assumingMemoryBound(to: UInt16.self) + Int(index)
    }

    @inline(__always) func byte(_ address: UInt32) -> UnsafeMutablePointer<UInt8>? {
        if let place = ramByte(address) { return place }
        guard address < Memory.flashSize else { return nil }
        return core.state.pointee.flash.assumingMemoryBound(to: UInt8.self) + Int(address)
    }

    /// The first of some aligned words that are all in RAM.
    @inline(__always) func ramWords(_ address: UInt32, _ count: UInt32) -> UnsafeMutablePointer<UInt32>? {
        let offset = address &- Memory.ramBase
        let index = offset >> 2 | offset << 30
        guard index <= Memory.ramSize / 4 &- count else { return nil }
        return core.state.pointee.ram.assumingMemoryBound(to: UInt32.self) + Int(index)
    }

    /// The first of some aligned words that are all in RAM, or all in flash.
    @inline(__always) func words(_ address: UInt32, _ count: UInt32) -> UnsafeMutablePointer<UInt32>? {
        if let place = ramWords(address, count) { return place }
        let index = address >> 2 | address << 30
        guard index <= Memory.flashSize / 4 &- count else { return nil }
        return core.state.pointee.flash.assumingMemoryBound(to: UInt32.self) + Int(index)
    }

    // MARK: Branches

    @inline(__always) func address(_ word: UnsafeMutablePointer<UInt32>) -> UInt32 {
        UInt32(truncatingIfNeeded: word - core.state.pointee.words) << 1
    }

    @inline(__always) mutating func branch(_ halfwords: Int) {
        let from = address(next - 1)
        next += halfwords
        core.record(from: from, to: address(next))
        left &-= 1
    }

    @inline(__always) mutating func branch(_ condition: Bool, _ word: Word) {
        if condition { branch(word.offset16) }
    }

    /// The branch of a pair.
    @inline(__always) mutating func branchNext(_ condition: Bool, _ word: Word) {
        next += 1
        left &-= 1
        // An offset from the instruction's address + 4, which is one word on.
        if condition { branch(word.offset8 &+ 1) }
    }

    /// A branch to an address with the bit for Thumb, if it is in flash.
    @inline(__always) mutating func branch(to target: UInt32, cycles: Int) -> Bool {
        let address = target & ~1
        guard target & 1 != 0, address < Memory.flashSize else { return false }
        core.record(from: self.address(next - 1), to: address)
        next = core.state.pointee.words + Int(address >> 1)
        left &-= cycles
        return true
    }
}

/// Goes on to the next handler, after an instruction that is done.
@inline(__always) func proceed(_ hot: Hot, _ outcome: Outcome) -> UInt32 {
    let state = hot.core.base
    guard outcome == .done else {
        return leave(hot.next - 1, state, hot.signAndZero, hot.carry, hot.overflow, hot.left &+ 1, Exit.reference)
    }
    guard hot.left > 0 else {
        return leave(hot.next, state, hot.signAndZero, hot.carry, hot.overflow, hot.left, Exit.budget)
    }
    let handler = (state + (Core.tableOffset &+ Int(hot.next.pointee & 127) &* 8)).load(as: Handler.self)
    return handler(hot.next + 1, state, hot.signAndZero, hot.carry, hot.overflow, hot.left &- 1)
}

/// Executes a handler's instruction and goes on to the next handler.
@inline(__always) func perform(
    _ next: UnsafeMutablePointer<UInt32>, _ state: UnsafeMutableRawPointer, _ signAndZero: Int64, _ carry: UInt32,
    _ overflow: UInt32, _ left: Int, _ body: (inout Hot, Word) -> Outcome
) -> UInt32 {
    var hot = Hot(next, state, signAndZero, carry, overflow, left)
    let outcome = body(&hot, hot.word)
    return proceed(hot, outcome)
}

/// The same for an instruction that the fast path can always execute.
@inline(__always) func always(
    _ next: UnsafeMutablePointer<UInt32>, _ state: UnsafeMutableRawPointer, _ signAndZero: Int64, _ carry: UInt32,
    _ overflow: UInt32, _ left: Int, _ body: (inout Hot, Word) -> Void
) -> UInt32 {
    var hot = Hot(next, state, signAndZero, carry, overflow, left)
    body(&hot, hot.word)
    return proceed(hot, .done)
}

/// Stores what was in registers, and returns to the driver.
@inline(__always) func leave(
    _ next: UnsafeMutablePointer<UInt32>, _ state: UnsafeMutableRawPointer, _ signAndZero: Int64, _ carry: UInt32,
    _ overflow: UInt32, _ left: Int, _ exit: UInt32
) -> UInt32 {
    let state = Core(base: state).state
    state.pointee.next = next
    state.pointee.signAndZero = signAndZero
    state.pointee.carry = carry
    state.pointee.overflow = overflow
    state.pointee.left = left
    return exit
}
