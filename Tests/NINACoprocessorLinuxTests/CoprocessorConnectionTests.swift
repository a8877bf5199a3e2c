import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// A host and its coprocessor, connected by a socket.
@Suite(.timeLimit(.minutes(10))) struct CoprocessorConnectionTests {
    private static let device = HostChannel.device(path: "/dev/x")

    private func isVersion(_ reply: [UInt8]) -> Bool { reply.starts(with: [0xE0, 0xB7, 0x01]) }

    /// A coprocessor says that it is there before its host says anything.
    @Test func aCoprocessorIsOnFromTheStart() throws {
        let bench = try HostBench(isGreeting: false)
        #expect(try bench.run { bench.messages.count == 2 })
        #expect(bench.messages.map(\.kind) == [.deviceHello, .queued])
        #expect(bench.connection?.isGreeted == false)
        bench.send(.hostHello, LinkMessage.greeting)
        bench.send(HostBench.version)
        #expect(try bench.run { bench.messages.count == 4 })
        #expect(bench.connection?.isGreeted == true)
        #expect(bench.replies.count == 1 && bench.replies.allSatisfy(isVersion))
        #expect(bench.messages.map(\.kind) == [.deviceHello, .queued, .queued, .queued])
        #expect(bench.closed.isEmpty && bench.log.isEmpty)
    }

    /// More at once than the coprocessor takes in one event, and than one buffer holds.
    @Test(arguments: [HostChannel.socket, device]) func allCommandsAreAnswered(_ channel: HostChannel) throws {
        let bench = try HostBench(channel)
        let commands = [[UInt8]](repeating: HostBench.version, count: 5000).flatMap(\.self)
        #expect(bench.send(commands) == commands.count)
        #expect(try bench.run { bench.replies.count == 5000 })
        #expect(bench.replies.allSatisfy(isVersion) && bench.closed.isEmpty)
        // And a host that was quiet is heard again.
        bench.send(HostBench.version)
        #expect(try bench.run { bench.replies.count == 5001 })
    }

    /// What a host does not read is limited: then nothing more is received from it, until it reads.
    @Test(arguments: [HostChannel.socket, device]) func aHostThatDoesNotReadWaits(_ channel: HostChannel) throws {
        let bench = try HostBench(channel)
        let commands = [[UInt8]](repeating: HostBench.version, count: 1000).flatMap(\.self)
        var sent: [UInt8] = []
        var quiet = 0
        var rounds = Rounds(2000)
        while quiet < 3, rounds.next() {
            let count = bench.send(Array(commands[(sent.count % commands.count)...]))
            sent += commands[(sent.count % commands.count)...].prefix(count)
            try bench.settle()
            quiet = count == 0 ? quiet + 1 : 0
        }
        #expect(quiet == 3, "the kernel takes nothing more")
        let expected = sent.count / HostBench.version.count
        #expect(try bench.run { bench.replies.count == expected })
        #expect(bench.closed.isEmpty && bench.log.isEmpty)
        // The rest of the last command.
        bench.send(Array(HostBench.version[(sent.count % HostBench.version.count)...]))
        #expect(try bench.run { bench.replies.count == expected + 1 })
        #expect(bench.replies.allSatisfy(isVersion))
    }

    /// Nothing is received from it, and nothing can be sent: that it has gone is noticed all the same.
    @Test func aHostThatGoesWithoutReadingIsNoticed() throws {
        let bench = try HostBench()
        let commands = [[UInt8]](repeating: HostBench.version, count: 1000).flatMap(\.self)
        var sum = 0
        var quiet = 0
        var rounds = Rounds(2000)
        while quiet < 3, rounds.next() {
            let count = bench.send(Array(commands[(sum % commands.count)...]))
            sum += count
            try bench.settle()
            quiet = count == 0 ? quiet + 1 : 0
        }
        bench.end(sending: false)
        #expect(try bench.run { bench.closed == [7] })
        #expect(bench.reactor.registrationCount == 0 && bench.reactor.timerCount == 0)
    }

    /// Also one that ends its direction together with its last bytes.
    @Test(arguments: [HostChannel.socket, device], [1, 3000]) func aHostThatHasEndedItsDirectionGetsItsReplies(
        _ channel: HostChannel, _ count: Int
    ) throws {
        let bench = try HostBench(channel)
        try bench.settle()
        bench.send([[UInt8]](repeating: HostBench.version, count: count).flatMap(\.self))
        bench.end(sending: true)
        #expect(try bench.run { bench.closed == [7] })
        bench.forget()
        #expect(try bench.run { bench.isAtEnd })
        #expect(bench.replies.count == count && bench.replies.allSatisfy(isVersion))
        #expect(bench.log.isEmpty)
    }

    @Test func aHostThatHasGoneLeavesNothing() throws {
        let bench = try HostBench()
        #expect(try bench.run { bench.messages.count == 2 })
        // Joining a network takes some time: a timer runs.
        bench.send(HostBench.exchange("E0 10 01 | 08 'open-net' | EE"))
        #expect(try bench.run { bench.replies.count == 1 })
        #expect(bench.reactor.timerCount == 1 && bench.reactor.registrationCount == 1)
        bench.end(sending: false)
        #expect(try bench.run { bench.closed == [7] })
        #expect(bench.reactor.timerCount == 0 && bench.reactor.registrationCount == 0)
        bench.connection?.close()
        #expect(bench.closed == [7], "once")
        #expect(!bench.log.contains { $0.contains("joined") })
    }

    /// What happens by itself, and what a reply waits for.
    @Test func timePassesWithoutTheHost() throws {
        let bench = try HostBench()
        bench.send(HostBench.exchange("E0 10 01 | 08 'open-net' | EE"))
        #expect(try bench.run { bench.log.contains { $0.contains("joined 'open-net'") } })
        #expect(bench.reactor.timerCount == 0)
        bench.send(HostBench.exchange("E0 20 00 EE"))
        #expect(try bench.run { bench.replies.count == 2 })
        #expect(bench.replies.last?.starts(with: Array(hex: "E0 A0 01 01 03 EE")) == true, "WL_CONNECTED")
    }

    /// A command that waits for the disk; the windows meanwhile are lost, and its reply is not.
    @Test func aWindowDuringACommandIsDropped() throws {
        let bench = try HostBench()
        let exists = HostBench.message(
            .window, Array(hex: "E0 63 03 | 04 00000000 | 04 04000000 | 05 '/fs/t' | EE"))
        let version = HostBench.message(.window, Array(hex: "E0 37 00 EE"))
        bench.send(exists + version + version)
        #expect(try bench.run { bench.replies.count == 1 })
        #expect(bench.replies.last?.starts(with: [0xE0, 0xE3]) == true)
        #expect(bench.log == ["warning: the host sent a window while a command ran (2 so far): dropped"])
        bench.send(HostBench.message(.window) + HostBench.version)
        #expect(try bench.run { bench.replies.count == 2 })
        #expect(bench.log.count == 1)
        bench.send(exists + version)
        #expect(try bench.run { bench.replies.count == 3 })
        #expect(bench.log.last == "warning: the host sent a window while a command ran (3 so far): dropped")
    }

    @Test(
        arguments: [
            ([0xE0, 0x37, 0x00, 0xEE], " 0xE0 (a NINA frame without the link's header?)"),
            ([0x05, 0x00, 0x00, 0x00], " 0x05"), ([0x83, 0x00, 0x00, 0x00], " 0x83"),
            ([0x03, 0x00, 0x00, 0x02], ""), ([0x01, 0, 0, 5, 0x4E, 0x49, 0x4E, 0x41, 1], ""),
        ] as [([UInt8], String)]) func aHostThatViolatesTheProtocolIsDisconnected(_ bytes: [UInt8], _ end: String)
        throws
    {
        let bench = try HostBench()
        bench.send(HostBench.version + bytes + HostBench.version)
        #expect(try bench.run { bench.closed == [7] })
        #expect(bench.log.count == 1)
        #expect(bench.log.first?.hasPrefix("warning: the host is disconnected: ") == true)
        #expect(bench.log.first?.hasSuffix(end) == true)
        if end.isEmpty { #expect(bench.log.first?.contains(" 0x") == false) }
        bench.forget()
        #expect(try bench.run { bench.isAtEnd })
        #expect(bench.replies.count == 1, "what came before is answered")
    }

    /// A device takes a reply as one from before a reset unless it is written before the reset is read.
    @Test func aDeviceGetsItsReplyBeforeMoreIsRead() throws {
        #expect(Self.device.repliesFirst && !HostChannel.socket.repliesFirst)
        #expect(!Self.device.isDrainedByShortReceive && HostChannel.socket.isDrainedByShortReceive)
        for (channel, greeting, farewell) in [
            (.socket, "a host has connected", "the host has gone"),
            (Self.device, "attached to /dev/x", "detached from /dev/x"),
        ] as [(HostChannel, String, String)] {
            #expect(channel.greeting == greeting && channel.farewell == farewell)
        }
    }
}
