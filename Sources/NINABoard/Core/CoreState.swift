/// What an instruction changes, in memory that the handlers of the fast path address directly: behind the registers at offset 0 the rest
/// of this structure, then the last branches, then the table of handlers.
struct CoreState {
    typealias Registers = (
        UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32,
        UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
    )

    /// R0 to R15. R13 is the stack pointer in use, R15 the address of the next instruction.
    var registers: Registers = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    /// N and Z: N when it is negative, Z when its low 32 bits are zero. An instruction stores its result here and computes no flags.
    var signAndZero: Int64 = 1
    /// 0 or 1.
    var carry: UInt32 = 0
    /// V in bit 31; the other bits have no meaning.
    var overflow: UInt32 = 0
    /// Cycles up to `deadline`; not above 0 when it is reached or passed.
    var left = 0
    /// The next decoded word, when handlers return.
    var next: UnsafeMutablePointer<UInt32>
    let words: UnsafeMutablePointer<UInt32>
    let flash: UnsafeMutableRawPointer
    let ram: UnsafeMutableRawPointer
    /// Branches that were taken, modulo 2^32.
    var branchCount: UInt32 = 0
}

/// Unowned access to a `CoreState` and what follows it. The processor owns the memory.
struct Core {
    static let branchLimit: UInt32 = 32
    static let branchOffset = 256
    static let tableOffset = branchOffset + Int(branchLimit) * 8
    static let tableCount = 128

    let base: UnsafeMutableRawPointer

    static func allocate(_ memory: Memory) -> Core {
        precondition(MemoryLayout<CoreState>.size <= branchOffset)
        let base = UnsafeMutableRawPointer.allocate(byteCount: tableOffset + tableCount * 8, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: tableOffset + tableCount * 8)
        base.initializeMemory(
            as: CoreState.self,
            to: CoreState(next: memory.words, words: memory.words, flash: memory.flash, ram: memory.ram))
        return Core(base: base)
    }

    @inline(__always) var state: UnsafeMutablePointer<CoreState> { base.assumingMemoryBound(to: CoreState.self) }

    /// A register; the number is below 16.
    @inline(__always) subscript(_ number: Int) -> UInt32 {
        get { base.load(fromByteOffset: number &* 4, as: UInt32.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: number &* 4, as: UInt32.self) }
    }

    @inline(__always) func record(from: UInt32, to: UInt32) {
        let count = state.pointee.branchCount
        let entry = base + (Self.branchOffset &+ Int(count & (Self.branchLimit - 1)) &* 8)
        entry.storeBytes(of: UInt64(from) | UInt64(to) << 32, as: UInt64.self)
        state.pointee.branchCount = count &+ 1
    }

    /// The last branches, the newest last.
    var branches: [Branch] {
        let count = state.pointee.branchCount
        return (1...Self.branchLimit).reversed().compactMap { age in
            let entry = base + (Self.branchOffset + Int((count &- age) & (Self.branchLimit - 1)) * 8)
            let pair = entry.load(as: UInt64.self)
            return pair == 0 ? nil : Branch(from: UInt32(truncatingIfNeeded: pair), to: UInt32(pair >> 32))
        }
    }

    func forgetBranches() {
        (base + Self.branchOffset).initializeMemory(as: UInt64.self, repeating: 0, count: Int(Self.branchLimit))
    }

    /// N, Z, C, V in bits 31 to 28.
    var flags: UInt32 {
        get {
            let state = state.pointee
            return (state.signAndZero < 0 ? 1 << 31 : 0)
                | (UInt32(truncatingIfNeeded: state.signAndZero) == 0 ? 1 << 30 : 0)
                | state.carry << 29 | (state.overflow >> 31) << 28
        }
        nonmutating set {
            state.pointee.signAndZero =
                switch newValue >> 30 {
                case 0: 1
                case 1: 0
                case 2: -1
                default: .min  // N and Z
                }
            state.pointee.carry = newValue >> 29 & 1
            state.pointee.overflow = newValue << 3
        }
    }
}
