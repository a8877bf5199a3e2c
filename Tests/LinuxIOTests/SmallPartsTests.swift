import Foundation
import Glibc
import TestThreads
import Testing

@testable import LinuxIO

/// Clocks, names, files and streams of a process.
@Suite(.timeLimit(.minutes(5))) struct SmallPartsTests {
    @Test func bothTimesOfDayAreTheSame() {
        var hasFraction = false
        for _ in 0..<1_000_000 {
            let before = TimeOfDay.seconds()
            let milliseconds = TimeOfDay.milliseconds()
            // time() may be a tick of the kernel behind.
            #expect(milliseconds / 1000 >= before && milliseconds / 1000 <= TimeOfDay.seconds() + 1)
            hasFraction = milliseconds % 1000 != 0
            if hasFraction { break }
        }
        #expect(hasFraction)
    }

    @Test func temporaryFilesAreWhereTheUserSays() {
        #expect(Environment.temporaryDirectory(chosen: nil) == "/tmp")
        #expect(Environment.temporaryDirectory(chosen: "") == "/tmp")
        #expect(Environment.temporaryDirectory(chosen: "/var/tmp") == "/var/tmp")
    }

    /// https://no-color.org: any value but an empty one.
    @Test func colorsAreForTerminalsWhoseUserWantsThem() {
        func takesColors(_ isTerminal: Bool, _ noColor: String?, _ terminal: String?) -> Bool {
            StandardError.takesColors(isTerminal: isTerminal, noColor: noColor, terminal: terminal)
        }
        #expect(takesColors(true, nil, "xterm") && takesColors(true, "", nil))
        #expect(!takesColors(false, nil, "xterm") && !takesColors(true, "1", "xterm") && !takesColors(true, "0", nil))
        #expect(!takesColors(true, nil, "dumb"))
    }

    /// More than a pipe takes at once, to a reader that comes later.
    @Test func aTextIsWrittenAsAWhole() throws {
        let pair = try UnixSocket.pair(nonblocking: false)
        let text = String(repeating: "0123456789", count: 100_000)
        let number = pair.first.rawValue
        let outcome = Guarded<LinuxError?>(LinuxError("write", .wouldBlock))
        let end = pair.second.rawValue
        try DetachedThread.start {
            let error = writeAll(number, text)
            outcome.withLock { $0 = error }
            UnixSocket.shutdownWrite(number)
        }
        var received: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while case .received(let count) = bytes.withUnsafeMutableBytes({ UnixSocket.receiveWaiting(end, into: $0) }) {
            received += bytes.prefix(count)
        }
        #expect(received == Array(text.utf8))
        #expect(outcome.withLock { $0 } == nil)
        withExtendedLifetime(pair) {}
    }

    @Test func aTextThatCannotBeWrittenIsTold() throws {
        let full = FileDescriptor(adopting: open("/dev/full", O_WRONLY | O_CLOEXEC))
        let error = writeAll(full.rawValue, "x")
        #expect(error?.errno == .noSpace && error?.description.contains("descriptor \(full.rawValue)") == true)
        #expect(writeAll(full.rawValue, "") == nil, "nothing is written")
        #expect(writeAll(1_000_000, "x")?.errno == .badDescriptor)
    }

    @Test func namesOfThisMachineNeedNoLookUp() {
        for name in ["localhost", "LOCALHOST", "LocalHost.", "127.0.0.1"] {
            #expect(NameLookup.immediate(name) == IPv4Endpoint.loopbackAddress)
        }
        // Letters alone have a case.
        for name in ["localhost\u{0E}", "loca\u{4C}host..", "\u{0C}ocalhost", "localhos", "localhostt", ""] {
            #expect(NameLookup.immediate(name) == nil, "\(name)")
        }
        #expect(NameLookup.blocking("") == .failed(.unknownName))
        #expect(NameLookup.blocking("localhost\0x") == .failed(.unknownName))
    }

    /// Root, and those who were named.
    @Test func whoMayListen() {
        let own = Environment.userID
        #expect(TrustedListener.own.includes(own) && TrustedListener.own.includes(0))
        #expect(!TrustedListener.own.includes(own + 1) && !TrustedListener.own.includes(Apart.stranger))
        let user = TrustedListener.user(77)
        #expect(user.includes(77) && user.includes(0) && !user.includes(78) && !user.includes(own + 76_000))
        #expect(TrustedListener.anyone.includes(0) && TrustedListener.anyone.includes(Apart.stranger))
        for (text, path, listener) in [
            ("/a,uid=7", "/a", .user(7)), ("/a,uid=any", "/a", .anyone), ("/a,b", "/a,b", .own),
            ("/a,uid=7/b", "/a,uid=7/b", .own), ("/a,uid=1,uid=2", "/a,uid=1", .user(2)),
        ] as [(String, String, TrustedListener)] {
            let parsed = TrustedListener.parse(text)
            #expect(parsed?.path == path && parsed?.listener == listener, "\(text)")
        }
        #expect(TrustedListener.parse("/a,uid=x") == nil && TrustedListener.parse("/a,uid=") == nil)
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func whatOthersMayNotReadIsReported() throws {
        let scratch = try Scratch()
        let path = scratch.file("secret")
        try Data([1]).write(to: URL(fileURLWithPath: path))
        try #require(chmod(path, 0o600) == 0 && chmod(scratch.path, 0o755) == 0)
        #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: path) } == nil)
        let refused = try Apart.asUser {
            errno { () throws(LinuxError) in try FileAccess.checkReadable(path: path) }
        }
        #expect(refused == .accessDenied)
        let device = try Apart.asUser {
            errno { () throws(LinuxError) in _ = try CharacterDevice.open(path: "/dev/kmsg") }
        }
        #expect(device == (access("/dev/kmsg", F_OK) == 0 ? .accessDenied : .noEntry))
    }

    @Test func whatIsInMemoryNeedsNoDisk() {
        #expect(!FileAccess.isInMemory(path: "/proc") && !FileAccess.isInMemory(path: "/no/such"))
        let mounts = (try? String(contentsOfFile: "/proc/mounts", encoding: .utf8)) ?? ""
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields[2] == "tmpfs", fields[1] == "/dev/shm" { #expect(FileAccess.isInMemory(path: "/dev/shm")) }
        }
    }

    /// One thread at a time.
    @Test func aGuardedStateIsNotTornApart() throws {
        let state = Guarded((sum: 0, ended: 0))
        for _ in 0..<4 {
            try DetachedThread.start {
                for _ in 0..<100_000 { state.withLock { $0.sum += 1 } }
                state.withLock { $0.ended += 1 }
            }
        }
        let deadline = patienceDeadline()
        while state.withLock({ $0.ended }) < 4, MonotonicClock.nanoseconds() < deadline { sched_yield() }
        #expect(state.withLock { $0.sum } == 400_000)
    }

    @Test func aProcessIsFoundByItsNumber() throws {
        let own = try ProcessDescriptor.open(Environment.processID)
        #expect(try DescriptorWait.wait(own.rawValue, for: .readable, deadline: 0).isEmpty)
        #expect(errno { () throws(LinuxError) in _ = try ProcessDescriptor.open(.max) } == .noProcess)
    }

    /// A delay of nothing is the shortest one: it does not stop the timer.
    @Test func aTimerOfItsOwnExpires() throws {
        let timer = try TimerDescriptor()
        #expect(try DescriptorWait.wait(timer.rawValue, for: .readable, deadline: 0).isEmpty)
        for delay in [0, 1, 2_000_000] as [UInt64] {
            try timer.arm(after: .max)
            #expect(try DescriptorWait.wait(timer.rawValue, for: .readable, deadline: 0).isEmpty)
            let start = MonotonicClock.nanoseconds()
            try timer.arm(after: delay)
            try waitUntilReady(timer.rawValue, .readable)
            #expect(MonotonicClock.nanoseconds() >= start + delay)
        }
    }
}
