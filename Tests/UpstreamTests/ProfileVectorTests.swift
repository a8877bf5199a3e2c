import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

/// Every command in every profile has a vector, made by a real driver or by hand, and the profile serves or
/// refuses it as its table says.
@Suite(.timeLimit(.minutes(10))) struct ProfileVectorTests {
    /// A command window and whether it was recorded.
    private struct Vector {
        var opcode: Opcode
        var window: [UInt8]
        var isRecorded: Bool
    }

    /// The result of a window.
    private enum Outcome: Equatable {
        /// A handler ran.
        case handled
        /// The firmware does not know the command.
        case unknown
        /// It was not read: the opcode belongs to another firmware, or the frame is malformed.
        case unread
    }

    /// A coprocessor that records whether a handler ran.
    private final class Device {
        private let coprocessor: Coprocessor
        private var lines: [String] = []
        private var now = MonotonicInstant(nanoseconds: 1)
        private var reply: [UInt8] = []

        init(_ firmware: Firmware) {
            var configuration = Configuration()
            configuration.firmware = firmware
            coprocessor = Coprocessor(configuration, network: VirtualNetwork(), storage: MemoryStorage())
            coprocessor.logLevel = .info
            coprocessor.log = { [unowned self] _, line in lines.append(line) }
        }

        /// Runs a window on a freshly booted device until it is answered, for at most a minute of virtual time.
        func run(_ vector: Vector) -> Outcome {
            #expect(coprocessor.boot(bluetooth: false, at: now))
            lines = []
            reply = []
            let end = now.advanced(by: .seconds(60))
            var isAnswered = coprocessor.run(vector.window[...], reply: &reply, at: now)
            while !isAnswered, let next = coprocessor.nextDeadline, next <= end {
                now = max(now, next)
                coprocessor.advance(to: now)
                isAnswered = coprocessor.finish(into: &reply, at: now)
            }
            let isRefused = reply.starts(with: [Frame.error, 0, Frame.end])
            if lines.contains(where: { $0.contains("does not know it") || $0.contains("does not serve it") }) {
                #expect(isRefused)
                return .unknown
            }
            if lines.contains(where: { $0.hasPrefix("command refused") }) { return .unread }
            // Some firmware answers these with bytes that are not a frame.
            let isNoFrame =
                [.writeFile, .readFile].contains(vector.opcode)
                && coprocessor.firmware.quirks.contains(.unopenedFilesAnswerNothing)
            if isAnswered, !isRefused, !isNoFrame {
                #expect(reply.starts(with: [Frame.start, vector.opcode.byte | Frame.replyBit]), "\(vector.window.hex)")
            }
            return .handled
        }
    }

    private func vectors() throws -> [Vector] {
        let recorded = try Recordings.allCases.flatMap { try $0.load() }.compactMap { recording in
            recording.opcode.map { Vector(opcode: $0, window: recording.command, isRecorded: true) }
        }
        return recorded + GoldenFrames.commands.map { Vector(opcode: $0.opcode, window: $0.bytes, isRecorded: false) }
    }

    @Test(arguments: Firmware.all) func everyCommandHasAVector(_ firmware: Firmware) throws {
        let vectors = try vectors()
        let device = Device(firmware)
        var served = 0
        var recorded: Set<Opcode> = []
        for opcode in Opcode.allCases {
            // A number with another meaning in the other family is not a command of this profile.
            guard Opcode(byte: opcode.byte, family: firmware.family) == opcode else { continue }
            let own = vectors.filter { $0.opcode == opcode }
            #expect(!own.isEmpty, "no vector of \(opcode.name)")
            if firmware.serves(opcode) { served += 1 }
            for vector in own {
                let outcome = device.run(vector)
                #expect(
                    outcome == (firmware.serves(opcode) ? .handled : .unknown), "\(opcode.name) \(vector.window.hex)")
                if vector.isRecorded, outcome == .handled { recorded.insert(opcode) }
            }
        }
        let percent = recorded.count * 100 / served
        print("\(firmware.name): \(recorded.count) of \(served) handlers hit by recorded vectors (\(percent) %)")
        // Preferences beyond WiFiNINA's, Bluetooth and the other family's commands are in no recording.
        #expect(percent >= 85)
    }
}
