import Glibc
import LinuxIO
import LinuxProcesses
import Testing

@Suite(.timeLimit(.minutes(10))) struct SystemTests {
    @Test func errorNumbersHaveNamesAndTexts() {
        #expect(Errno.addressInUse.description == "EADDRINUSE (Address already in use)")
        #expect(Errno.wouldBlock.description == "EAGAIN (Resource temporarily unavailable)")
        #expect(Errno(rawValue: 9999).description == "errno 9999 (Unknown error 9999)")
        #expect(LinuxError("listen", .invalidArgument).description == "listen: EINVAL (Invalid argument)")
        #expect(
            LinuxError("bind", .accessDenied, "127.0.0.1:80").description
                == "bind 127.0.0.1:80: EACCES (Permission denied)")
        #expect(LinuxError("bind", .accessDenied, "a") != LinuxError("bind", .accessDenied, "b"))
        #expect(LinuxError("bind", .accessDenied, "a") == LinuxError("bind", .accessDenied, "a"))
        #expect(CallName("bind") != CallName("listen"))
    }

    @Test func descriptorsCloseOnceTheirOwnerIsDone() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let (kept, peer) = (pair.first.rawValue, pair.second.rawValue)
        let duplicate = FileDescriptor(adopting: dup(peer))
        let number = duplicate.release()
        #expect(send(number, "x") == .sent(1))
        // Once this and the pair's own descriptor are closed, the other end reads the end of the stream.
        FileDescriptor(adopting: number).close()
        #expect(receiveText(kept) == "x")
        #expect(receive(kept) == .wouldBlock)
    }

    @Test func endpointsConvert() {
        let endpoint = IPv4Endpoint(address: 0x7F00_0001, port: 8080)
        #expect(endpoint.description == "127.0.0.1:8080")
        #expect(IPv4Endpoint(endpoint.socketAddress) == endpoint)
        #expect(endpoint.socketAddress.sin_port == UInt16(8080).bigEndian)
        #expect(IPv4Endpoint(address: .max, port: .max).description == "255.255.255.255:65535")
        #expect(IPv4Endpoint.address(dotted: "1.2.3.4") == 0x0102_0304)
        #expect(IPv4Endpoint.address(dotted: "1.2.3.04x") == nil)
    }

    @Test func networksContainTheirAddresses() throws {
        let networks = try NetworkInterfaces.ipv4Networks()
        let loopback = try #require(networks.first { $0.address == IPv4Endpoint.loopbackAddress })
        #expect(loopback.prefixLength == 8)
        #expect(loopback.contains(0x7FFF_FFFF))
        #expect(!loopback.contains(0x8000_0000))
        #expect(loopback.description == "\(loopback.interface) 127.0.0.1/8")
        let whole = IPv4Network(interface: "x", address: 1, prefixLength: 0)
        #expect(whole.mask == 0)
        #expect(whole.contains(.max))
        let single = IPv4Network(interface: "x", address: 1, prefixLength: 32)
        #expect(single.contains(1))
        #expect(!single.contains(2))
    }

    @Test func limitsAndEnvironment() {
        let limit = Limits.raiseOpenFiles()
        #expect(limit > 0)
        #expect(Limits.raiseOpenFiles() == limit)
        #expect(Environment.value("PATH")?.isEmpty == false)
        #expect(Environment.value("LINUXIO_NOT_SET") == nil)
        #expect(Environment.temporaryDirectory.hasPrefix("/"))
        #expect(Environment.userID == geteuid())
        #expect(ProcessTimes.ticksPerSecond > 0)
        #expect(ProcessTimes.cpuTimeTicks(pid: Environment.processID) != nil)
        #expect(ProcessTimes.cpuTimeTicks(pid: -1) == nil)
    }

    @Test func threadsCanBePinned() throws {
        let reactor = try Reactor()
        let mailbox = reactor.mailbox
        try DetachedThread.start {
            var before: Int32 = -1
            var after: Int32 = -2
            let failure = errno { () throws(LinuxError) in
                before = try CPUAffinity.current()
                try CPUAffinity.pin(to: before)
                after = try CPUAffinity.current()
            }
            #expect(failure == nil)
            #expect(before == after)
            #expect(errno { () throws(LinuxError) in try CPUAffinity.pin(to: -1) } == .invalidArgument)
            #expect(errno { () throws(LinuxError) in try CPUAffinity.pin(to: 1_000_000) } == .invalidArgument)
            mailbox.postStop()
        }
        try reactor.run()
    }

    @Test func theClockGoesForward() {
        let first = MonotonicClock.nanoseconds()
        #expect(MonotonicClock.nanoseconds() >= first)
        #expect(MonotonicClock.deadline(after: .max) == .max)
    }

    /// The first and the last address of a network are reserved, unless it has only one or two addresses (RFC 3021).
    @Test func networksReserveTwoAddresses() {
        func network(_ length: Int) -> IPv4Network {
            IPv4Network(interface: "x", address: 0x0A00_0005, prefixLength: length)
        }
        for (length, first, last) in [(8, 0x0A00_0000, 0x0AFF_FFFF), (30, 0x0A00_0004, 0x0A00_0007)]
            as [(Int, UInt32, UInt32)]
        {
            #expect(network(length).reserves(first) && network(length).reserves(last))
            #expect(!network(length).reserves(first + 1) && !network(length).reserves(last - 1))
            #expect(!network(length).reserves(first - 1) && !network(length).reserves(last + 1))
            #expect(network(length).contains(first) && network(length).contains(last))
            #expect(!network(length).contains(first - 1) && !network(length).contains(last + 1))
        }
        for address in 0x0A00_0003...0x0A00_0007 as ClosedRange<UInt32> {
            #expect(!network(31).reserves(address) && !network(32).reserves(address))
        }
        #expect(network(-1).prefixLength == 0 && network(33).prefixLength == 32)
        #expect(network(31).mask == 0xFFFF_FFFE && network(1).mask == 0x8000_0000)
    }

    /// The kernel's bits, of <sys/epoll.h>.
    @Test func eventsAreTheKernels() {
        for (events, bits) in [
            (ReadyEvents.readable, 0x001), (.writable, 0x004), (.error, 0x008), (.hangUp, 0x010), (.peerClosed, 0x2000),
        ] {
            #expect(events.rawValue == bits)
        }
    }

    @Test func aProgramKnowsItsPlace() throws {
        let path = try #require(ProgramPath.own)
        #expect(path.hasPrefix("/") && FileAccess.isExecutable(path: path))
    }

    @Test func aProcessHasMemoryAndTime() throws {
        #expect(try #require(ProcessTimes.residentBytes(pid: Environment.processID)) > 1_000_000)
        #expect(ProcessTimes.residentBytes(pid: -1) == nil)
    }
}
