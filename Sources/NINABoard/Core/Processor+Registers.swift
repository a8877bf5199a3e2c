extension Processor {
    /// R0 to R15 for debuggers and tests.
    public struct Registers {
        fileprivate let processor: Processor

        /// A register below 16. R13 is the stack pointer in use, R15 the address of the next instruction.
        public subscript(_ number: Int) -> UInt32 {
            get {
                precondition(0..<16 ~= number, "there is no register \(number)")
                return processor.core[number]
            }
            nonmutating set {
                precondition(0..<16 ~= number, "there is no register \(number)")
                processor.core[number] = number == 13 ? newValue & ~3 : number == 15 ? newValue & ~1 : newValue
            }
        }
    }

    /// R0 to R15.
    public var registers: Registers { Registers(processor: self) }

    /// xPSR. Only the flags and the bit for Thumb can be changed.
    public var statusRegister: UInt32 {
        get { core.flags | (isThumb ? 1 << 24 : 0) | UInt32(exceptions.current) }
        set {
            core.flags = newValue
            isThumb = newValue >> 24 & 1 != 0
        }
    }

    /// The main stack pointer.
    public var mainStack: UInt32 { usesProcessStack ? otherStack : core[13] }

    /// The process stack pointer.
    public var processStack: UInt32 { usesProcessStack ? core[13] : otherStack }

    /// PRIMASK: whether interrupts wait.
    public var primask: Bool { system.primask }

    /// Whether the core waits for an interrupt or an event.
    public var isAsleep: Bool { sleep != .awake }

    /// The last 32 taken branches, the newest last.
    public var branches: [Branch] { core.branches }
}
