import Foundation
import NINAControl
import TestSupport
import Testing

/// Damaged lines: each is read or refused with an error that names a field.
@Suite(.timeLimit(.minutes(60))) struct HostileLineTests {
    /// 10,000, or NINA_CONTROL_ROUNDS.
    @Test func everyDamagedLineIsReadOrRefused() {
        let rounds = ProcessInfo.processInfo.environment["NINA_CONTROL_ROUNDS"].flatMap { Int($0) } ?? 10_000
        var random = RandomSource(seed: testSeed())
        var lines = RequestLines()
        var refused = 0
        for round in 0..<rounds {
            let bytes = damaged(Array(sampleRequests[round % sampleRequests.count].utf8), &random)
            lines.append(bytes + [UInt8(ascii: "\n")])
            while let line = lines.next() {
                guard case .whole(let bytes) = line else { continue }
                switch ControlRequest.read(bytes).request {
                case .success(let request): _ = ControlCoding.line(request)
                case .failure(let error):
                    refused += 1
                    #expect(!error.field.isEmpty && error.problem.utf8.count < 2000)
                }
            }
            if round % 16 == 0 { _ = try? ControlCoding.decode(ControlEvent.self, from: bytes) }
        }
        #expect(refused > rounds / 4)
        print("control: \(rounds) damaged lines, \(refused) refused")
    }

    private static let pieces = [
        "9e999999", "-1", "{}", "[]", "\"", ",", ":", "null", "\\uD800", "18446744073709551616", "1e-400", "\u{0}",
        "\u{FEFF}",
    ]

    private func damaged(_ line: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = line
        for _ in 0...random.below(3) {
            guard !bytes.isEmpty else { return bytes }
            let index = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: Self.pieces[random.below(Self.pieces.count)].utf8, at: index)
            case 3: bytes.removeLast(bytes.count - index)
            case 4: bytes.insert(contentsOf: bytes.prefix(random.below(40)), at: index)
            default:
                bytes.insert(contentsOf: Array(repeating: UInt8(ascii: "["), count: 1 + random.below(600)), at: index)
            }
        }
        return bytes
    }
}
