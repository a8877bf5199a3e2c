import NINABoard
import TestSupport

/// A program of random Thumb instructions that only goes forward, and the registers that it starts with.
///
/// R6 and R7 point into ``data``, R5 is a small index and SP points to a stack above it, so that most accesses hit RAM; R0 to R4 have
/// whatever comes, often values at an edge. Some accesses use those: they fault, and end the program.
public struct RandomProgram {
    /// The RAM that accesses hit, and the only RAM that changes.
    public static let data: Range<UInt32> = 0x2000_1000..<0x2000_2000

    /// The address of the first instruction.
    public let address: UInt32
    /// The instructions, a BKPT, and zeros that literal loads read.
    public private(set) var code: [UInt16] = []
    /// The halfwords before the BKPT.
    public private(set) var length = 0
    /// R0 to R15.
    public private(set) var registers: [UInt32]
    /// N, Z, C, V in bits 31 to 28.
    public let flags: UInt32
    /// Another emulator keeps bits of APSR that ARMv6-M does not have, so no program writes and reads them.
    private let writesStatus: Bool
    private var random: RandomSource

    /// - Parameter instructions: about how many.
    public init(random source: inout RandomSource, instructions: Int) {
        random = RandomSource(seed: source.next())
        // Most in flash, from where the fast path executes them, some in RAM.
        address =
            random.below(8) > 0
            ? 0x1000 + 2 * UInt32(random.below(0x8000)) : Memory.ramBase + 0x4000 + 2 * UInt32(random.below(0x800))
        flags = UInt32(random.below(16)) << 28
        writesStatus = random.below(2) == 0
        registers = []
        for _ in 0..<15 { registers.append(edgeValue()) }
        registers[5] = UInt32(random.below(32) * 4)
        registers[6] = 0x2000_1100 + UInt32(random.below(64) * 4)
        registers[7] = 0x2000_1500 + UInt32(random.below(64) * 4)
        registers[13] = 0x2000_1B00 + UInt32(random.below(64) * 4)
        registers.append(address)
        var branches: [Int] = []
        var starts: [Int] = []
        for _ in 0..<instructions {
            starts.append(code.count)
            let first = code.count
            emit()
            if code.count == first + 1, code[first] >> 12 == 0xD, code[first] >> 8 & 15 < 14 {
                branches.append(starts.count - 1)
            }
        }
        length = code.count
        for branch in branches { aim(starts[branch], at: starts, after: branch) }
        code.append(0xBE00)
        code.append(contentsOf: [UInt16](repeating: 0, count: 20))
    }

    /// Sets the offset of a conditional branch, so that it goes to one of the next instructions.
    private mutating func aim(_ place: Int, at starts: [Int], after branch: Int) {
        let target = branch + 1 + random.below(6)
        let halfword = target < starts.count ? starts[target] : length
        // -1 for the next instruction.
        code[place] = code[place] & 0xFF00 | UInt16(truncatingIfNeeded: halfword - place - 2) & 0xFF
    }

    private mutating func edgeValue() -> UInt32 {
        switch random.below(8) {
        case 0: 0
        case 1: .max
        case 2: 1 << 31
        case 3: .max >> 1
        case 4: UInt32(random.below(40))
        case 5: 0 &- UInt32(random.below(40))
        default: UInt32(truncatingIfNeeded: random.next())
        }
    }

    private mutating func field(_ limit: Int, _ shift: Int) -> UInt16 { UInt16(random.below(limit) << shift) }

    /// A base register that points to data, or, rarely, one that holds anything. A program in RAM could change itself through that.
    private mutating func base() -> UInt16 {
        address < Memory.flashSize && random.below(60) == 0 ? field(5, 3) : (6 + field(2, 0)) << 3
    }

    /// Appends an instruction, or a few that belong together.
    private mutating func emit() {
        let low = field(5, 0)
        let any = field(8, 3)
        switch random.below(34) {
        case 0: code.append(field(0x1800 / 8, 3) | low)
        case 1, 2: code.append(0x1800 | field(32, 6) | any | low)
        case 3: code.append(0x2000 | low << 8 | field(256, 0))
        case 4: code.append(0x2800 | field(8, 8) | field(256, 0))
        case 5: code.append(0x3000 | field(2, 11) | low << 8 | field(256, 0))
        case 6...10: code.append(0x4000 | field(16, 6) | any | low)
        case 11:
            let destination: UInt16 = [low, 8, 9, 10, 11, 12, 14][random.below(7)]
            code.append(0x4400 | field(2, 9) | (destination & 8) << 4 | field(16, 3) | destination & 7)
        case 12: code.append(0x4500 | 0x80 | field(16, 3) | field(7, 0))
        case 13: code.append(0x4800 | low << 8 | field(8, 0))
        case 14, 15: code.append(0x5000 | field(8, 9) | 5 << 6 | base() | low)
        case 16, 17: code.append(0x6000 | field(4, 11) | field(32, 6) | base() | low)
        case 18: code.append(0x8000 | field(2, 11) | field(32, 6) | base() | low)
        case 19: code.append(0x9000 | field(2, 11) | low << 8 | field(64, 0))
        case 20: code.append(0xA000 | field(2, 11) | low << 8 | field(256, 0))
        case 21: code.append(0xB000 | field(2, 7) | field(4, 0))
        case 22: code.append(0xB200 | field(4, 6) | any | low)
        case 23: code.append(0xBA00 | [0, 1, 3][random.below(3)] << 6 | any | low)
        case 24: code.append(0xB400 | field(2, 8) | (1 + field(255, 0)))
        case 25: code.append(0xBC00 | (1 + field(31, 0)))
        case 26: code.append(0xC700 | (1 + field(127, 0)))
        case 27: code.append(0xCF00 | (1 + field(31, 0)))
        case 28, 29: code.append(0xD000 | field(14, 8))
        // A pair for the fast path.
        case 30:
            code.append(
                [0x2800 | field(8, 8) | field(256, 0), 0x3800 | low << 8 | field(16, 0), 0x4280 | any | low][
                    random.below(3)])
        case 31: emitSpecial(low)
        case 32: emitBranch()
        default: emitRare()
        }
    }

    private mutating func emitSpecial(_ low: UInt16) {
        if writesStatus {
            code += [0xF380 | field(8, 0), 0x8800 | field(4, 0)]
        } else {
            code += [0xF3EF, 0x8000 | low << 8 | [0, 3, 5, 8, 16][random.below(5)]]
        }
    }

    /// Branches to an address, which go to the next aligned place, and BL.
    private mutating func emitBranch() {
        if random.below(2) == 0 {
            let skipped = random.below(3)
            code += [0xF000, 0xF800 | UInt16(skipped)] + [UInt16](repeating: 0xDE00, count: skipped)
            return
        }
        // ADR R4, #8 or so; ADDS R4, #1; the branch.
        let start = code.count
        let kind = random.below(4)
        code += [0xA400, 0x3401]
        switch kind {
        case 0: code.append(0x4720)  // BX R4
        case 1: code.append(0x47A0)  // BLX R4
        case 2: code.append(0x46A7)  // MOV PC, R4
        default:
            let list = field(16, 0)
            code += [0xB410, 0xB400 | list, 0xBD00 | list]  // PUSH {R4}; PUSH list; POP {list, PC}
            if list == 0 { code.remove(at: code.count - 2) }
        }
        let aligned = (address / 2 + UInt32(start)) & 1 == 0 ? start + 2 : start + 1
        if (code.count - aligned) % 2 != 0 { code.append(0xDE00) }
        code[start] |= UInt16((code.count - aligned) / 2)
    }

    /// Barriers, hints and CPS; very rarely something that ends the program: SVC, UDF, an undefined REV.
    private mutating func emitRare() {
        switch random.below(60) {
        case 0: code.append(0xDF00 | field(256, 0))
        case 1: code.append(0xDE00 | field(256, 0))
        case 2: code.append(0xBA80 | field(64, 0))
        case 3..<20: code += [0xF3BF, [0x8F4F, 0x8F5F, 0x8F6F][random.below(3)]]
        case 20..<40: code.append([0xB662, 0xB672][random.below(2)])
        default: code.append([0xBF00, 0xBF40][random.below(2)])
        }
    }
}
