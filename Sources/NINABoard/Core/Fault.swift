/// A taken branch: the address of its instruction, and where it went. Exceptions and their returns are branches too.
public struct Branch: Equatable, Sendable {
    /// The instruction that branched.
    public let from: UInt32
    /// The next instruction.
    public let to: UInt32

    /// A branch between two addresses.
    public init(from: UInt32, to: UInt32) {
        self.from = from
        self.to = to
    }
}

/// Something that the program must not do. The chip takes a HardFault for each.
public struct Fault: Error, Equatable, Sendable {
    /// What was wrong.
    public enum Cause: Error, Equatable, Sendable {
        /// Nothing is at this address.
        case unmapped(Access, UInt32, AccessWidth)
        /// ARMv6-M has no access to an address that is no multiple of its width.
        case unaligned(Access, UInt32, AccessWidth)
        /// The instruction does not exist in ARMv6-M, or the architecture leaves its effect open.
        case undefined
        /// The program counter is outside of flash and RAM.
        case fetch
        /// A branch, or a vector, to an even address: Arm code, which this core does not have.
        case evenAddress
        /// BKPT without a debugger.
        case breakpoint(UInt8)
        /// SVC where its handler must not interrupt.
        case supervisorCall
        /// A return from an exception with a value that does not fit the state.
        case exceptionReturn(UInt32)
        /// Registers cannot be pushed to the stack, or popped from it, around an exception.
        case stack(UInt32)
        /// The vector of this exception cannot be read.
        case vector(Int)
    }

    /// The direction of an access.
    public enum Access: String, Sendable {
        /// A load.
        case read
        /// A store.
        case write
    }

    /// What was wrong.
    public let cause: Cause
    /// The address of the instruction.
    public let pc: UInt32
    /// The instruction: 16 bits, or 32 with the first halfword above; nil when it cannot be read.
    public let instruction: UInt32?
    /// The link register, usually the return address of the current function.
    public let lr: UInt32
    /// The stack pointer.
    public let sp: UInt32
    /// The exception whose handler ran; 0 for none.
    public let exception: Int
    /// The last 32 taken branches, the newest last.
    public let branches: [Branch]
}

extension Fault: CustomStringConvertible {
    /// One line for a log, with the newest eight branches.
    public var description: String {
        let code = instruction.map { $0 >> 16 == 0 ? hex($0, 4) : hex($0 >> 16, 4) + " " + hex($0 & 0xFFFF, 4) }
        let place = exception == 0 ? "" : ", in the handler of exception \(exception)"
        let path = branches.suffix(8).map { "\(hex($0.from))->\(hex($0.to))" }.joined(separator: " ")
        return "\(cause) at pc \(hex(pc)), instruction \(code ?? "unreadable")\(place); lr \(hex(lr)), sp \(hex(sp)); "
            + "last branches: \(path.isEmpty ? "none" : path)"
    }
}

extension Fault.Cause: CustomStringConvertible {
    /// The cause in words.
    public var description: String {
        switch self {
        case .unmapped(let access, let address, let width):
            "\(access.rawValue) of \(bytes(width)) at \(hex(address)), where nothing is"
        case .unaligned(let access, let address, let width):
            "\(access.rawValue) of \(bytes(width)) at \(hex(address)), which is not a multiple of \(width.rawValue)"
        case .undefined: "an instruction that ARMv6-M does not have"
        case .fetch: "execution outside of flash and RAM"
        case .evenAddress: "a branch to an even address, as for Arm code"
        case .breakpoint(let number): "BKPT \(number) without a debugger"
        case .supervisorCall: "SVC while its handler must not interrupt"
        case .exceptionReturn(let value): "a return from an exception with \(hex(value)), which does not fit"
        case .stack(let address): "the stack of an exception at \(hex(address)), where no RAM is"
        case .vector(let number): "no vector of exception \(number) can be read"
        }
    }
}

private func bytes(_ width: AccessWidth) -> String { width == .byte ? "1 byte" : "\(width.rawValue) bytes" }

/// A number in hexadecimal with leading zeros.
private func hex(_ value: UInt32, _ digits: Int = 8) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
