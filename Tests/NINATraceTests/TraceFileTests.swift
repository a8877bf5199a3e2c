import Foundation
import LinuxIO
import NINATrace
import TestSupport
import Testing

@testable import NINATraceLinux

/// The file of a trace and the thread that writes it.
@Suite(.timeLimit(.minutes(10))) struct TraceFileTests {
    private static func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nina-trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private static func read(_ path: String) throws -> [TraceRecord] {
        try SampleTrace.read(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test(arguments: [TraceFormat.jsonLines, .pcapng]) func hasEveryEvent(_ format: TraceFormat) throws {
        try Self.inFolder { folder in
            let path = folder.path + "/t." + format.rawValue
            // A file that others could read becomes private.
            #expect(FileManager.default.createFile(atPath: path, contents: Data("old".utf8)))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let file = try TraceFile(path: path, format: format, program: "nina test")
            var calls = 0
            // The time of the start waits already.
            file.onWaiting = { calls += 1 }
            #expect(calls == 1)
            file.record(.coprocessor(.on()), coprocessor: 1)
            for number in 0..<5000 {
                file.record(window: [0xE0, 0x20, 0, UInt8(number & 0xFF)], isOut: true, [], coprocessor: 1)
            }
            file.close()
            #expect(file.failure == nil)
            #expect(file.leftOutInAll == 0)
            let records = try Self.read(path)
            #expect(records.count == 5002)
            #expect(records.first?.kind == .time)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func beginsAnotherFileWhenOneIsFull() throws {
        try Self.inFolder { folder in
            let path = folder.path + "/t.jsonl"
            let file = try TraceFile(path: path, format: .jsonLines, size: 1 << 17, program: "nina test")
            file.record(.coprocessor(.on(firmware: "modern", family: .arduino)), coprocessor: 1)
            for _ in 0..<2000 {
                file.record(window: Array(repeating: 0x55, count: 40)[...], isOut: false, [], coprocessor: 1)
            }
            file.close()
            let first = try Self.read(folder.path + "/t.1.jsonl")
            let second = try Self.read(path)
            #expect(first.count > 100 && second.count > 2)
            #expect(second[0].kind == .time)
            #expect(second[1].kind == .coprocessor)
            #expect(second[0].time >= first.last?.time ?? .max)
            for path in [path, folder.path + "/t.1.jsonl"] {
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count <= 1 << 16)
            }
        }
    }

    /// A window of a VCD takes many times its bytes: the file is full before it, not behind it.
    @Test func aFileIsNotLongerThanItsLimit() throws {
        try Self.inFolder { folder in
            let path = folder.path + "/t.vcd"
            let file = try TraceFile(path: path, format: .vcd, size: 1 << 17, program: "nina test")
            for number in 0..<40 {
                file.record(window: [UInt8](repeating: UInt8(number), count: 100)[...], isOut: true, [], coprocessor: 1)
            }
            #expect(file.close() == 0)
            for path in [path, folder.path + "/t.1.vcd"] {
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count <= 1 << 16)
            }
        }
    }

    /// A disk that stands still while the file is closed: the number of events that are missing is told.
    @Test func saysThatItsEndIsMissing() throws {
        try Self.inFolder { folder in
            let file = try TraceFile(path: folder.path + "/t.jsonl", format: .jsonLines, program: "nina test")
            file.record(.coprocessor(.on()), coprocessor: 1)
            let isOver = DispatchSemaphore(value: 0)
            file.hold { isOver.wait() }
            file.flush()
            #expect(file.isWaiting)
            // The batch behind fills meanwhile.
            file.record(.coprocessor(.off), coprocessor: 1)
            file.flush()
            #expect(file.close(after: 1) == 3)
            isOver.signal()
        }
    }

    /// Many small batches take no more memory than a few large ones: one waits until the thread has done the one before.
    @Test func whatWaitsIsBoundedByItsMemory() throws {
        try Self.inFolder { folder in
            let path = folder.path + "/t.jsonl"
            let file = try TraceFile(path: path, format: .jsonLines, program: "nina test")
            let isOver = DispatchSemaphore(value: 0)
            file.hold { isOver.wait() }
            for _ in 0..<1000 {
                file.record(.coprocessor(.on()), coprocessor: 1)
                file.flush()
            }
            #expect(file.memoryWaiting < 1 << 18)
            isOver.signal()
            #expect(file.close(after: 60_000_000_000) == 0)
            #expect(try Self.read(path).count == 1001)
        }
    }

    /// A disk that takes nothing costs events, and the trace says how many.
    @Test func saysHowManyEventsAreMissing() throws {
        try Self.inFolder { folder in
            let path = folder.path + "/t.pcapng"
            let file = try TraceFile(
                path: path, format: .pcapng, size: 1 << 30, program: "nina test", showsSecrets: false, queueLimit: 0)
            let window = Array(repeating: UInt8(1), count: 4000)[...]
            for _ in 0..<100 { file.record(window: window, isOut: true, [], coprocessor: 1) }
            #expect(file.leftOutInAll > 50)
            file.close()
            let records = try Self.read(path)
            let windows = records.count { $0.kind == .windowOut }
            guard case .gap(let count) = records.last?.event else {
                Issue.record("no gap")
                return
            }
            #expect(windows + Int(count) == 100)
        }
    }

    @Test func refusesWhatIsNoPlainFile() throws {
        try Self.inFolder { folder in
            let target = folder.path + "/target"
            #expect(FileManager.default.createFile(atPath: target, contents: Data("kept".utf8)))
            let link = folder.path + "/link.jsonl"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            let fifo = folder.path + "/fifo.jsonl"
            #expect(mkfifo(fifo, 0o600) == 0)
            for (path, errno) in [
                (link, Errno.tooManyLinks), (fifo, .invalidArgument), ("/dev/null", .invalidArgument),
                (folder.path, .isDirectory), (folder.path + "/none/t.jsonl", .noEntry),
            ] {
                var found: LinuxError?
                do throws(LinuxError) {
                    _ = try TraceFile(path: path, format: .jsonLines, program: "nina test")
                } catch {
                    found = error
                }
                #expect(found?.errno == errno, "\(path)")
                #expect(found?.context == path)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("kept".utf8))
        }
    }
}
