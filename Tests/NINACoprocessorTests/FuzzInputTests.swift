import NINALink
import NINAWire
import TestSupport
import Testing

/// The fuzzer's short form: random sessions without coverage feedback, and earlier findings.
@Suite(.timeLimit(.minutes(10))) struct FuzzInputTests {
    @Test func randomSessionsBreakNothing() throws {
        var source = FrameSource(seed: testSeed())
        for _ in 0..<500 {
            var input = [UInt8(truncatingIfNeeded: source.random.next())]
            for round in 0..<20 {
                let bits = source.random.next()
                if bits % 4 == 0 {
                    input += [0, UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits >> 16)]
                } else {
                    let window = source.next(round).prefix(239)
                    input += [UInt8(window.count)] + window
                }
            }
            let breaches = try FuzzInput.play(input[...])
            #expect(breaches == [], "\(input.hex)")
        }
    }
}
