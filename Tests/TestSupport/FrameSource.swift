import NINALink
import NINAWire

/// Random windows of three kinds: noise, well-formed frames, and corrupted golden frames.
public struct FrameSource {
    /// The source of random numbers.
    public var random: SplitMix64
    private var frame: [UInt8] = []

    /// A source that is reproducible with its seed.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Alternates between the kinds.
    public mutating func next(_ round: Int) -> [UInt8] {
        switch round % 3 {
        case 0: noise()
        case 1: wellFormed()
        default: damaged()
        }
    }

    /// Random bytes; half of them follow the start byte and a known opcode.
    private mutating func noise() -> [UInt8] {
        var filler = RandomFiller(random: random)
        let bits = filler.random.next()
        // Occasionally a window longer than the device accepts.
        let length = bits % 512 == 0 ? Int(bits >> 32) % 5000 : Int(bits >> 32) % 40
        var bytes = filler.randomBytes(length + 1)
        random = filler.random
        if bits & 1 == 0, bytes.count > 1 {
            bytes[0] = Frame.start
            bytes[1] = Opcode.allCases[Int(bits >> 16 & 0xFFFF) % Opcode.allCases.count].byte
        }
        return bytes
    }

    /// Every opcode; those that transfer bytes far more often, because the others soon leave nothing to transfer.
    private static let opcodes =
        Opcode.allCases
        + Array(repeating: [.sendData, .getDatabuf, .getData, .availData, .getClientState], count: 40)
        .joined()

    private mutating func wellFormed() -> [UInt8] {
        var maker = FrameMaker(filler: RandomFiller(random: random, isPlausible: true))
        let opcode = Self.opcodes[Int(maker.filler.random.next() >> 16 & 0xFFFF) % Self.opcodes.count]
        let bytes = opcode.accept(&maker)
        random = maker.filler.random
        return bytes
    }

    private mutating func damaged() -> [UInt8] {
        let commands = GoldenFrames.commands
        var bytes = commands[Int(random.next() >> 16 & 0xFFFF) % commands.count].bytes
        for _ in 0...Int(random.next() % 3) {
            let bits = random.next()
            let index = Int(bits >> 16 & 0xFFFF) % bytes.count
            switch bits % 5 {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: bits >> 8)
            case 1: bytes[index] ^= 1 << UInt8(bits >> 8 & 7)
            case 2: bytes.insert(UInt8(truncatingIfNeeded: bits >> 8), at: index)
            case 3: if bytes.count > 1 { bytes.remove(at: index) }
            default: bytes.removeLast(min(bytes.count - 1, Int(bits >> 8 & 3)))
            }
        }
        return bytes
    }
}

private struct FrameMaker: CommandVisitor {
    var filler: RandomFiller

    mutating func visit<C: Command>(_ command: C.Type) -> [UInt8] {
        let forms = C.forms
        var command = forms[Int(filler.random.next() >> 16 & 0xFFFF) % forms.count]
        filler.fill(&command)
        var writer = FrameWriter()
        try? writer.write(command)
        return writer.frame
    }
}
