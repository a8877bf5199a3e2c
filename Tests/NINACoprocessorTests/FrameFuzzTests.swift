import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// Whatever a host sends, the device answers each window once and goes on.
@Suite struct FrameFuzzTests {
    @Test func everyPrefixIsAnswered() throws {
        let world = try FuzzWorld()
        var count = 0
        for golden in GoldenFrames.commands {
            for length in 1...golden.bytes.count {
                _ = try world.host.exchange(golden.bytes.prefix(length))
                count += 1
            }
        }
        print("\(count) prefixes answered")
        #expect(count > 300)
        #expect(world.host.breaches.isEmpty)
        try world.checkSession()
    }

    @Test func everyBitFlipIsAnswered() throws {
        var world = try FuzzWorld()
        var random = SplitMix64(seed: testSeed())
        var count = 0
        for golden in GoldenFrames.commands {
            var frame = golden.bytes
            for bit in 0..<8 * frame.count {
                frame[bit / 8] ^= 1 << UInt8(bit % 8)
                _ = try world.host.exchange(frame[...])
                frame[bit / 8] ^= 1 << UInt8(bit % 8)
                count += 1
            }
            try world.stir(&random)
            try world.furnish()
        }
        print("\(count) bit flips answered")
        #expect(count > 2400)
        #expect(world.host.breaches.isEmpty)
        try world.checkSession()
    }

    @Test func everyRandomWindowIsAnswered() throws {
        var world = try FuzzWorld()
        var source = FrameSource(seed: testSeed())
        var answers = 0
        var moved = 0
        for round in 0..<100_000 {
            let reply = try world.host.exchange(source.next(round)[...])
            if reply[0] == Frame.start { answers += 1 }
            if reply[1] == Opcode.getDatabuf.replyByte, reply.count > 8 { moved += 1 }
            if round % 16 == 0 { try world.stir(&source.random) }
            if round % 16 == 8 { try world.furnish() }
            guard world.host.breaches.isEmpty else { break }
        }
        print("100000 random windows: \(answers) answered, \(100_000 - answers) refused, \(moved) moved received bytes")
        #expect(world.host.breaches.isEmpty)
        // The fuzz is worth its time only when the device does more than refuse.
        #expect(answers > 30_000 && answers < 90_000)
        #expect(moved > 100)
        try world.checkSession()
    }
}

/// Random windows of three kinds: noise, frames that are well formed, and golden frames that were damaged.
private struct FrameSource {
    var random: SplitMix64
    private var frame: [UInt8] = []

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The kinds take turns.
    mutating func next(_ round: Int) -> [UInt8] {
        switch round % 3 {
        case 0: noise()
        case 1: wellFormed()
        default: damaged()
        }
    }

    /// Random bytes; half of them behind the start byte and a known opcode.
    private mutating func noise() -> [UInt8] {
        var filler = RandomFiller(random: random)
        let bits = filler.random.next()
        // A long window now and then, beyond what the device takes.
        let length = bits % 512 == 0 ? Int(bits >> 32) % 5000 : Int(bits >> 32) % 40
        var bytes = filler.randomBytes(length + 1)
        random = filler.random
        if bits & 1 == 0, bytes.count > 1 {
            bytes[0] = Frame.start
            bytes[1] = Opcode.allCases[Int(bits >> 16 & 0xFFFF) % Opcode.allCases.count].byte
        }
        return bytes
    }

    /// Every opcode, those that move bytes far more often: the others soon end what there is to move.
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
