import Foundation
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Frames that lie about themselves, in every profile: each is answered once, and the coprocessor goes on.
@Suite(.timeLimit(.minutes(60))) struct HostileFramesTests {
    /// Every command with counts, lengths and socket numbers that are none.
    @Test(arguments: Firmware.all) func everyLieIsAnswered(_ firmware: Firmware) throws {
        let host = try self.host(firmware)
        var count = 0
        for opcode in Opcode.allCases {
            for parameters in [UInt8(0), 1, 7, 255] {
                for length in [[0], [1], [255], [0, 0], [0, 2], [0, 255], [255, 255]] as [[UInt8]] {
                    for slot in [UInt8(0), 9, 10, 53, 54, 63, 64, 255] {
                        var window = [Frame.start, opcode.byte, parameters] + length
                        // The same lie again, as the length of what would follow the first parameter.
                        for _ in 0..<4 { window += [slot] + length }
                        window += [Frame.end, 0xFF, 0xFF]
                        _ = try host.exchange(window[...])
                        count += 1
                    }
                }
            }
        }
        print("\(firmware.name): \(count) lies answered")
        #expect(host.breaches.isEmpty)
        try checkService(of: host)
    }

    /// Random and damaged frames, 10,000 in each profile, or as many as NINA_FUZZ_ROUNDS says. In a long run, which has
    /// the process to itself, memory stays what it was when a tenth was done.
    @Test(arguments: Firmware.all) func everyRandomWindowIsAnswered(_ firmware: Firmware) throws {
        let host = try self.host(firmware)
        let rounds = ProcessInfo.processInfo.environment["NINA_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 10_000
        var source = FrameSource(seed: testSeed())
        var answers = 0
        var warm = 0
        for round in 0..<rounds {
            if round == rounds / 10 { warm = residentBytes() }
            let reply = try host.exchange(source.next(round)[...])
            try #require(host.device.device.sockets.slots.tallyFault == nil)
            // What was sent is of no use here, and would be kept.
            host.network.datagrams.removeAll(keepingCapacity: true)
            if reply.first == Frame.start { answers += 1 }
            if round % 16 == 0, let peer = host.network.connect(to: 80) { peer.send([1, 2, 3]) }
            guard host.breaches.isEmpty else { break }
        }
        let grown = residentBytes() - warm
        print(
            "\(firmware.name): \(rounds) random windows, \(answers) answered;",
            "\(warm >> 20) MiB resident when warm, grown by \(grown / 1024) KiB")
        if rounds > 50_000 { #expect(grown < 32 << 20) }
        #expect(host.breaches.isEmpty)
        #expect(answers > rounds / 4)
        try checkService(of: host)
    }

    private func host(_ firmware: Firmware) throws -> WindowHost {
        var configuration = Configuration()
        configuration.firmware = firmware
        return try WindowHost(configuration)
    }

    /// The host still gets its version and its network.
    private func checkService(of host: WindowHost) throws {
        let firmware = host.device.configuration.firmware
        let version = try host.run(GetFwVersion()).version
        #expect(String(decoding: version, as: UTF8.self).hasPrefix("\(firmware.version)"))
        _ = try host.run(SetPassphrase(ssid: "lab-net".bytes, passphrase: "correct-horse".bytes))
        try host.pass(.milliseconds(50))
        #expect(try host.run(GetConnStatus()).status == .connected)
        #expect(host.breaches.isEmpty)
    }
}
