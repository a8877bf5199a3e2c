import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// Whatever a host sends, the device answers each window once and continues.
@Suite(.timeLimit(.minutes(10))) struct FrameFuzzTests {
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
        let count = testRounds(25_000, long: 100_000)
        for round in 0..<count {
            let reply = try world.host.exchange(source.next(round)[...])
            if reply.first == Frame.start { answers += 1 }
            if reply.dropFirst().first == Opcode.getDatabuf.replyByte, reply.count > 8 { moved += 1 }
            if round % 16 == 0 { try world.stir(&source.random) }
            if round % 16 == 8 { try world.furnish() }
            guard world.host.breaches.isEmpty else { break }
        }
        print("\(count) random windows: \(answers) answered, \(count - answers) refused, \(moved) moved received bytes")
        #expect(world.host.breaches.isEmpty)
        // The fuzz is worthwhile only if the device does more than refuse.
        #expect(answers > 3 * count / 10 && answers < 9 * count / 10)
        #expect(moved > count / 1000)
        try world.checkSession()
    }
}
