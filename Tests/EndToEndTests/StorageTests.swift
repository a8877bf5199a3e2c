import Foundation
import LinuxIO
import LinuxProcesses
import NINALink
import NINATransport
import NINAWire
import TestSupport
import Testing

/// Files and preferences of an emulator process, in a real directory.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StorageTests {
    @Test func aHostFindsItsFilesAgain() throws {
        let directory = StorageDirectory()
        do {
            let emulator = try EmulatorUnderTest(directory.options)
            do {
                let host = try emulator.commandHost(joined: false)
                #expect(try host.write("a.txt", at: 0, Array("hello".utf8)))
                #expect(try host.begin("space"))
                #expect(try host.put("key", [1, 2, 3]))
                host.link.close()
            }
            // The same emulator: a power cycle of the module.
            let host = try emulator.commandHost(joined: false)
            #expect(try host.file("a.txt") == Array("hello".utf8))
            #expect(try host.begin("space"))
            #expect(try host.value("key") == [1, 2, 3])
            host.link.close()
            #expect(try emulator.end() == .exited(0))
        }
        let emulator = try EmulatorUnderTest(directory.options)
        let host = try emulator.commandHost(joined: false)
        #expect(try host.file("a.txt") == Array("hello".utf8))
        #expect(try host.begin("space"))
        #expect(try host.value("key") == [1, 2, 3])
        #expect(try directory.names("") == ["1", "lock"])
        #expect(try directory.names("1/files") == ["a.txt"])
    }

    @Test func eachCoprocessorHasItsOwn() throws {
        let directory = StorageDirectory()
        let emulator = try EmulatorUnderTest(directory.options)
        let first = try emulator.commandHost(joined: false)
        #expect(try first.write("a", at: 0, [1]))
        // A program that only reads does not lock the storage.
        let visitor = try emulator.commandHost()
        #expect(try visitor.run(GetConnStatus()).status == .connected)
        let second = try emulator.commandHost(joined: false)
        #expect(try second.file("a") == nil)
        #expect(try second.write("a", at: 0, [2]))
        #expect(try first.file("a") == [1])
        #expect(try directory.names("") == ["1", "2", "lock"])
    }

    @Test func oneEmulatorUsesADirectory() throws {
        let directory = StorageDirectory()
        let emulator = try EmulatorUnderTest(directory.options)
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"),
            ["--socket", EmulatorUnderTest.freshSocketPath()] + directory.options, output: .discard, errors: .pipe)
        guard let errors = child.takeErrors() else { throw NoPipe() }
        let log = LogCollector()
        let end = log.collect(errors)
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(3))
        _ = try end.wait()
        #expect(log.text.contains("Another nina-emulator stores its files there"))
        #expect(try emulator.commandHost(joined: false).write("a", at: 0, [1]))
        // The socket may be in that directory, too.
        let other = StorageDirectory()
        try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: false)
        let both = try EmulatorUnderTest(other.options, socketPath: other.path + "/nina.sock")
        #expect(try both.commandHost(joined: false).write("a", at: 0, [1]))
    }

    @Test func anUnusableDirectoryIsExplained() throws {
        for path in ["/no/such/directory", "/etc/passwd"] {
            let child = try ChildProcess(
                try EmulatorUnderTest.program("nina-emulator"),
                ["--socket", EmulatorUnderTest.freshSocketPath(), "--storage", path], output: .discard, errors: .pipe)
            guard let errors = child.takeErrors() else { throw NoPipe() }
            let log = LogCollector()
            let end = log.collect(errors)
            #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(3))
            _ = try end.wait()
            #expect(log.text.contains("choose another --storage"))
        }
    }

    @Test func withoutADirectoryAllEndsWithTheEmulator() throws {
        let scratch = StorageDirectory()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: false)
        let path = EmulatorUnderTest.freshSocketPath()
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"), ["--socket", path],
            environment: ["TMPDIR": scratch.path], output: .pipe, errors: .discard)
        guard let output = child.takeOutput() else { throw NoPipe() }
        let line = try LineReader(output).nextLine(deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
        try #require(line == .line("nina-emulator ready unix:\(path)"))
        // It is created when needed.
        #expect(try scratch.names("").isEmpty)
        let host = CommandHost(try Transport.unix(path: path).open())
        #expect(try host.write("a", at: 0, [1]))
        let made = try #require(try scratch.names("").first)
        #expect(made.hasPrefix("nina-storage-"))
        #expect(try scratch.names("\(made)/1/files") == ["a"])
        let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/\(made)")[.posixPermissions]
        #expect(mode as? Int == 0o700)
        try child.terminate()
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
        #expect(try scratch.names("").isEmpty)
    }

    @Test func damagedPreferencesAreTold() throws {
        let directory = StorageDirectory()
        let emulator = try EmulatorUnderTest(directory.options)
        let host = try emulator.commandHost(joined: false)
        #expect(try host.begin("space"))
        #expect(try host.put("key", [1, 2, 3]))
        try host.end()
        try Data("damaged".utf8).write(to: URL(fileURLWithPath: "\(directory.path)/1/preferences/space"))
        #expect(try !host.begin("space"))
        #expect(try emulator.logs("the preferences of 'space' are damaged"))
        #expect(try host.begin("other"))
    }

    /// A coprocessor that writes all the time does not block another one of the process.
    @Test func aBusyDiskHoldsNobodyUp() throws {
        let directory = StorageDirectory()
        let emulator = try EmulatorUnderTest(directory.options)
        let writer = try emulator.commandHost(joined: false)
        let other = try emulator.commandHost(joined: false)
        for round in 0..<50 {
            // Its reply waits for the disk; meanwhile the other is answered.
            try writer.start(
                WriteFile(offset: 0, path: "/fs/a".bytes, data: Array(repeating: UInt8(round), count: 3000)[...]))
            #expect(try other.run(GetFwVersion()).version.starts(with: "3.5".bytes))
            let reply = try writer.link.receiveReply(
                expecting: .writeFile, until: writer.link.now.advanced(byNanoseconds: 10_000_000_000))
            #expect(try FrameReader.reply(to: WriteFile.self, in: reply).value == 1)
        }
    }

    /// The thread for the disk starts with the first operation, and serves all of them, of all coprocessors.
    @Test func theDiskHasOneThread() throws {
        let directory = StorageDirectory()
        let emulator = try EmulatorUnderTest(directory.options)
        let hosts = try (0..<2).map { _ in try emulator.commandHost(joined: false) }
        let before = try emulator.threads()
        #expect(try hosts[0].write("a", at: 0, [1]))
        let after = try emulator.threads()
        #expect(after.count == before.count + 1)
        for number in 0..<20 {
            for host in hosts {
                #expect(try host.write("a", at: 0, [UInt8(number)]))
                #expect(try emulator.threads() == after)
            }
        }
        #expect(try emulator.end() == .exited(0))
    }
}
