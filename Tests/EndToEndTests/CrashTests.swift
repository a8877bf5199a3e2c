import Foundation
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing

/// The emulator is killed in the middle of writes and puts, 200 times or NINA_TEST_KILLS; acknowledged data must
/// be there after the restart.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CrashTests {
    private static let files = ["a", "b", "c", "long-name-of-a-file.txt"]
    private static let keys = ["one", "two", "fifteen-letters"]
    private static let longestFile = 1200

    /// The acknowledged content, and the content it may have after the unanswered operation.
    private struct Model {
        var files: [String: [UInt8]] = [:]
        var values: [String: [UInt8]] = [:]
    }

    private enum Change {
        case write(String, offset: Int, [UInt8])
        case remove(String)
        case rename(String, String)
        case put(String, [UInt8])
        case removeValue(String)
        case clear

        func apply(to model: inout Model) {
            switch self {
            case .write(let name, let offset, let bytes):
                var file = model.files[name] ?? []
                file.replaceSubrange(offset..<min(file.count, offset + bytes.count), with: bytes)
                model.files[name] = file
            case .remove(let name): model.files[name] = nil
            case .rename(let old, let new):
                guard let file = model.files[old], model.files[new] == nil else { return }
                model.files[old] = nil
                model.files[new] = file
            case .put(let key, let bytes): model.values[key] = bytes
            case .removeValue(let key): model.values[key] = nil
            case .clear: model.values = [:]
            }
        }

        private static func path(_ name: String) -> ArraySlice<UInt8> { "/fs/\(name)".bytes }

        /// Sends the command without reading the reply.
        func start(_ host: CommandHost) throws {
            switch self {
            case .write(let name, let offset, let bytes):
                try host.start(WriteFile(offset: UInt32(offset), path: Self.path(name), data: bytes[...]))
            case .remove(let name): try host.start(DeleteFile(path: Self.path(name)))
            case .rename(let old, let new): try host.start(RenameFile(old: Self.path(old), new: Self.path(new)))
            case .put(let key, let bytes): try host.start(PrefPut(key: key.bytes, type: .blob, value: bytes[...]))
            case .removeValue(let key): try host.start(PrefRemove(key: key.bytes))
            case .clear: try host.start(PrefClear())
            }
        }
    }

    private func change(_ model: Model, _ random: inout RandomSource) -> Change {
        let name = Self.files[random.below(Self.files.count)]
        let key = Self.keys[random.below(Self.keys.count)]
        let bytes = (0..<random.below(Self.longestFile)).map { _ in UInt8(random.below(256)) }
        switch random.below(10) {
        case 0..<4: return .write(name, offset: random.below((model.files[name]?.count ?? 0) + 1), bytes)
        case 4: return .remove(name)
        case 5: return .rename(name, Self.files[random.below(Self.files.count)])
        case 6..<8: return .put(key, bytes)
        case 8: return .removeValue(key)
        default: return random.below(4) == 0 ? .clear : .put(key, bytes)
        }
    }

    /// Waits for the reply to the command.
    private func finish(_ host: CommandHost) throws {
        let deadline = host.link.now.advanced(byNanoseconds: 10_000_000_000)
        let reply = try host.link.receiveReply(expecting: .getFwVersion, until: deadline)
        try #require(reply.first == Frame.start)
    }

    private func stored(_ host: CommandHost) throws -> Model {
        var model = Model()
        for name in Self.files { model.files[name] = try host.file(name) }
        try #require(try host.begin("space"))
        for key in Self.keys { model.values[key] = try host.value(key) }
        return model
    }

    @Test func acknowledgedIsWholeAfterAKill() throws {
        let kills = ProcessInfo.processInfo.environment["NINA_TEST_KILLS"].flatMap { Int($0) } ?? 200
        let directory = StorageDirectory()
        var random = RandomSource("acknowledgedIsWholeAfterAKill")
        var known = [Model()]
        var acknowledged = 0
        var cameAbout = 0
        var unfinished = 0
        let start = MonotonicClock.nanoseconds()
        for round in 0...kills {
            let emulator = try EmulatorUnderTest(directory.options)
            let host = try emulator.commandHost(joined: false)
            for part in ["files", "preferences"] where round > 0 {
                let names = try directory.names("1/\(part)")
                #expect(names.isSubset(of: Self.files + ["space"]), "left over after kill \(round): \(names)")
            }
            var model = try stored(host)
            let match = known.lastIndex { $0.files == model.files && $0.values == model.values }
            try #require(match != nil, "after kill \(round) found \(model), expected one of \(known)")
            if match == 1 { cameAbout += 1 }
            guard round < kills else { break }
            for _ in 0..<random.below(4) {
                let change = change(model, &random)
                try change.start(host)
                try finish(host)
                change.apply(to: &model)
                acknowledged += 1
            }
            let last = change(model, &random)
            var after = model
            last.apply(to: &after)
            known = after.files == model.files && after.values == model.values ? [model] : [model, after]
            try last.start(host)
            try pause(microseconds: random.below(4000))
            #expect(try emulator.end(Signals.kill) == .signaled(Signals.kill))
            for part in ["files", "preferences"] {
                unfinished += try directory.names("1/\(part)").subtracting(Self.files + ["space"]).count
            }
        }
        let milliseconds = (MonotonicClock.nanoseconds() - start) / 1_000_000
        print(
            "\(kills) kills in \(milliseconds) ms: \(acknowledged) changes acknowledged and found again, "
                + "of \(kills) others \(cameAbout) had come about and \(unfinished) were half written")
    }
}
