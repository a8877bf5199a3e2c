import Foundation
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing

/// The emulator is killed while several coprocessors write, whose changes are made durable together, 40 times or
/// NINA_TEST_KILLS: each file is whole, and what was acknowledged is there.
@Suite(.serialized, .timeLimit(.minutes(10))) struct GroupCrashTests {
    private static let writers = 6
    private static let longestFile = 1200

    @Test func everyFileIsWholeAfterAKill() throws {
        let kills = ProcessInfo.processInfo.environment["NINA_TEST_KILLS"].flatMap { Int($0) } ?? 40
        let directory = StorageDirectory()
        var random = RandomSource("everyFileIsWholeAfterAKill")
        var known = [[UInt8]?](repeating: nil, count: Self.writers)
        var unanswered = known
        for round in 0...kills {
            let emulator = try EmulatorUnderTest(directory.options)
            let hosts = try (0..<Self.writers).map { _ in try emulator.commandHost(joined: false) }
            for (index, host) in hosts.enumerated() {
                // The first command with a file gives each host the folder that it had before.
                let found = try host.file("a")
                try #require(found == known[index] || found == unanswered[index], "after kill \(round)")
                if round > 0 { #expect(try directory.names("\(index + 1)/files").isSubset(of: ["a"])) }
                known[index] = found
            }
            guard round < kills else { break }
            for (index, host) in hosts.enumerated() {
                let bytes = (0...random.below(Self.longestFile)).map { _ in UInt8(random.below(256)) }
                unanswered[index] = bytes + (known[index] ?? []).dropFirst(bytes.count)
                try host.start(WriteFile(offset: 0, path: "/fs/a".bytes, data: bytes[...]))
            }
            for index in 0..<random.below(Self.writers + 1) {
                let link = hosts[index].link
                let reply = try link.receiveReply(
                    expecting: .writeFile, until: link.now.advanced(byNanoseconds: 10_000_000_000))
                #expect(try FrameReader.reply(to: WriteFile.self, in: reply).value == 1)
                known[index] = unanswered[index]
            }
            MonotonicClock.sleep(until: MonotonicClock.deadline(after: UInt64(random.below(2_000_000))))
            #expect(try emulator.end(Signals.kill) == .signaled(Signals.kill))
        }
    }
}
