import Foundation
import LinuxIO
import LinuxProcesses
import NINAWire
import Testing

/// What processes leave behind when they are killed.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LeftoverTests {
    /// A directory for temporary files of its own.
    private final class Place {
        let path = "\(Environment.temporaryDirectory)/nina-test-left-\(UInt32.random(in: 0 ... .max))"
        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        var folders: Set<String> {
            get throws {
                Set(try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("nina-storage-") })
            }
        }

        func emulator() throws -> EmulatorUnderTest { try EmulatorUnderTest([], environment: ["TMPDIR": path]) }
    }

    @Test func theStorageOfAKilledEmulatorIsRemovedByTheNext() throws {
        let place = try Place()
        let living = try place.emulator()
        let host = try living.commandHost(joined: false)
        #expect(try host.write("a", at: 0, [1, 2, 3]))
        let held = try place.folders
        #expect(held.count == 1)
        do {
            let killed = try place.emulator()
            let host = try killed.commandHost(joined: false)
            #expect(try host.write("b", at: 0, [4]))
            #expect(try killed.end(Signals.kill) == .signaled(Signals.kill))
        }
        #expect(try place.folders.count == 2)
        let next = try place.emulator()
        // That of the living one stays.
        #expect(try place.folders == held)
        #expect(try host.file("a") == [1, 2, 3])
        #expect(try next.end() == .exited(0))
        #expect(try living.end() == .exited(0))
        #expect(try place.folders.isEmpty)
    }

    /// The socket of the echo that `nina bench` measures has a name only until the tool is connected.
    @Test func theEchoOfTheBenchHasNoNameOnceItIsConnected() throws {
        let path = EmulatorUnderTest.freshSocketPath()
        let child = try ChildProcess(try EmulatorUnderTest.program("nina"), ["bench-echo", path], output: .pipe)
        guard let output = child.takeOutput() else { throw NoPipe() }
        #expect(
            try LineReader(output).nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000)) == .line("ready"))
        #expect(FileMode.permissions(path) != nil)
        let connection = try UnixSocket.connect(path: path, timeoutNanoseconds: 5_000_000_000)
        try UnixSocket.setReceiveTimeout(connection.rawValue, 10_000_000_000)
        let request = [UInt8](repeating: 0, count: 12)
        #expect(request.withUnsafeBytes { UnixSocket.sendWaiting(connection.rawValue, $0) } == .sent(12))
        var reply = [UInt8](repeating: 0, count: 64)
        let result = reply.withUnsafeMutableBytes { UnixSocket.receiveWaiting(connection.rawValue, into: $0) }
        #expect(result == .received(16))
        #expect(FileMode.permissions(path) == nil, "the socket still has its name")
        connection.close()
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
    }
}
