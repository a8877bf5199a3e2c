import Foundation
import LinuxIO
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// The emulator as a part of a program: whom it serves, and when it ends.
@Suite(.timeLimit(.minutes(10))) struct EmulatorTests {
    /// Of the hosts that say something: a look whether somebody listens counts for nothing.
    @Test func itEndsWithItsFirstHost() throws {
        let bench = try EmulatorBench { $0.endsAfterFirstHost = true }
        #expect(bench.hasFile)
        do { _ = try bench.connect() }
        var first: EmulatorBench.Host? = try bench.connect()
        #expect(first?.greet() == true)
        #expect(try first?.version() != nil)
        var second: EmulatorBench.Host? = try bench.connect()
        #expect(second?.greet() == true)
        #expect(try second?.version() != nil)
        second = nil
        #expect(try first?.version() != nil)
        let third = try bench.connect()
        #expect(third.greet())
        #expect(try third.version() != nil)
        #expect(bench.isRunning)
        first = nil
        #expect(try bench.end() == .ended(coprocessors: 0))
        #expect(try third.version() == nil)
        #expect(!bench.hasFile)
    }

    /// The first host has sent everything before its coprocessor is on.
    @Test func aHostInAHurryIsServed() throws {
        let bench = try EmulatorBench { $0.endsAfterFirstHost = true }
        let host = try bench.connect()
        #expect(host.greet() && host.send(HostBench.version))
        host.endSending()
        #expect(try host.reply()?.starts(with: [0xE0, 0xB7]) == true)
        #expect(try host.reply() == nil)
        #expect(try bench.end() == .ended(coprocessors: 0))
    }

    @Test func otherwiseItEndsWithTheProgramThatStartedIt() throws {
        let program = Process()
        program.executableURL = URL(fileURLWithPath: "/bin/cat")
        let input = Pipe()
        program.standardInput = input
        program.standardOutput = FileHandle.nullDevice
        try program.run()
        let bench = try EmulatorBench { $0.companion = program.processIdentifier }
        for _ in 0..<3 {
            let host = try bench.connect()
            #expect(host.greet())
            #expect(try host.version() != nil)
        }
        let last = try bench.connect()
        #expect(last.greet())
        #expect(try last.version() != nil)
        #expect(bench.isRunning)
        try input.fileHandleForWriting.close()
        #expect(try bench.end() == .ended(coprocessors: 0))
        #expect(try last.version() == nil && !bench.hasFile)
        program.waitUntilExit()
    }

    /// With addresses of their own, and with one that they share.
    @Test(arguments: [nil, IPv4Address.loopback]) func eachHasItsOwnHardwareAddress(_ shared: IPv4Address?) throws {
        let bench = try EmulatorBench {
            $0.endsAfterFirstHost = true
            $0.address = shared
        }
        var hosts: [EmulatorBench.Host?] = []
        var addresses: [[UInt8]] = []
        for _ in 0..<3 {
            let host = try bench.connect()
            #expect(host.greet())
            addresses.append(try #require(try host.hardwareAddress()))
            hosts.append(host)
        }
        // The odd ones are the access points'.
        #expect(Set(addresses).count == 3)
        #expect(addresses.allSatisfy { $0.count == 6 && $0.starts(with: [0x24, 0x0A, 0xC4]) && $0[5] % 2 == 1 })
        if shared != nil { #expect(addresses.map { $0[5] } == [3, 5, 7]) }
        hosts[1] = nil
        #expect(try hosts[0]?.version() != nil, "the end of the second was noticed before")
        let next = try bench.connect()
        #expect(next.greet())
        let address = try next.hardwareAddress()
        #expect(address.map { !addresses.contains($0) || $0 == addresses[1] } == true)
        if shared != nil { #expect(address == addresses[1]) }
        hosts[0] = nil
        #expect(try bench.end() == .ended(coprocessors: 0))
    }

    /// More than are accepted in one event.
    @Test func manyHostsAreServedAtOnce() throws {
        let bench = try EmulatorBench { $0.endsAfterFirstHost = true }
        var hosts = try (0..<40).map { _ in try bench.connect() }
        for host in hosts { #expect(host.greet() && host.send(HostBench.version)) }
        for host in hosts { #expect(try host.reply()?.starts(with: [0xE0, 0xB7]) == true) }
        hosts.removeAll()
        #expect(try bench.end() == .ended(coprocessors: 0))
    }

    private func errno(_ change: (inout EmulatorOptions) -> Void) throws -> Errno? {
        let bench = try EmulatorBench(change)
        guard case .failed(let error) = try bench.end() else { return nil }
        #expect(!bench.hasFile)
        return error.errno
    }

    /// Mistakes are reported at the start, not at the first server: another machine's address, a group, a broadcast address.
    @Test func addressesThatNoCoprocessorCanHave() throws {
        for address in [
            IPv4Address(203, 0, 113, 1), IPv4Address(224, 0, 0, 1), IPv4Address(239, 255, 255, 255), .broadcast,
            IPv4Address(127, 255, 255, 255),
        ] {
            #expect(try errno { $0.address = address } == .addressNotAvailable, "\(address)")
        }
    }

    /// A start that is refused leaves the trace that is there.
    @Test func aFailedStartKeepsTheTrace() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/keep.jsonl"
        try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
        let changes: [(inout EmulatorOptions) -> Void] = [
            { $0.address = IPv4Address(203, 0, 113, 1) }, { $0.authorities = "/no/such.pem" },
            { $0.socketPath = "/no/such/directory/link" }, { $0.devicePaths = ["/no/such/device"] },
        ]
        for change in changes {
            #expect(
                try errno {
                    $0.trace = TraceOptions(path: path, format: .jsonLines, program: "nina test")
                    change(&$0)
                } != nil)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("kept".utf8))
        }
        // And a trace that is refused leaves no socket.
        #expect(
            try errno {
                $0.trace = TraceOptions(path: "/no/such/t.jsonl", format: .jsonLines, program: "nina test")
            } == .noEntry)
    }

    /// An emulator without anything to do has written what has passed, without its end.
    @Test func anIdleEmulatorHasWrittenItsTrace() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/t.jsonl"
        let bench = try EmulatorBench {
            $0.endsAfterFirstHost = true
            $0.trace = TraceOptions(path: path, format: .jsonLines, program: "nina test")
        }
        let host = try bench.connect()
        #expect(host.greet())
        #expect(try host.version() != nil)
        var rounds = Rounds(3000)
        var isThere = false
        while !isThere, rounds.next() {
            Thread.sleep(forTimeInterval: 0.01)
            let trace = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
            isThere = trace.contains("\"event\":\"in\"")
        }
        #expect(isThere)
    }

    @Test func whatIsNotThereIsReported() throws {
        #expect(try errno { $0.authorities = "/no/such.pem" } == .noEntry)
        #expect(try errno { $0.companion = .max } == .noProcess)
        #expect(try errno { $0.storagePath = "/dev/null/storage" } != nil)
        #expect(try errno { $0.socketPath = "/no/such/directory/link" } == .noEntry)
        #expect(try errno { $0.devicePaths = ["/no/such/device"] } == .noEntry)
    }

    /// A file, and a device that cannot be waited for.
    @Test func whatIsNoDeviceOfACoprocessorIsNamed() throws {
        for path in ["/etc/passwd", "/dev/null"] {
            let bench = try EmulatorBench { $0.devicePaths = [path] }
            guard case .failed(let error) = try bench.end() else {
                Issue.record("\(path) is served")
                continue
            }
            #expect(error.context == path)
        }
    }

    @Test func thePathsAreOneEmulators() throws {
        let bench = try EmulatorBench { $0.endsAfterFirstHost = true }
        #expect(try errno { $0.socketPath = bench.path } == .addressInUse)
        #expect(bench.hasFile)
        let storage = bench.path.replacingOccurrences(of: "/link", with: "/storage")
        #expect(try errno { $0.storagePath = storage } == .wouldBlock)
        do {
            let host = try bench.connect()
            #expect(host.greet())
            #expect(try host.version() != nil)
        }
        #expect(try bench.end() == .ended(coprocessors: 0))
        // Both are free now.
        let next = try EmulatorBench {
            $0.endsAfterFirstHost = true
            $0.storagePath = storage
        }
        do {
            let host = try next.connect()
            #expect(host.greet())
            #expect(try host.version() != nil)
        }
        #expect(try next.end() == .ended(coprocessors: 0))
    }
}
