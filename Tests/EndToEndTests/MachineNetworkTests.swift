import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import TestThreads
import Testing
import WiFiNINA

/// Two machines on one cable: network namespaces, each with a loopback interface and one end of a veth pair. The
/// emulator is on the first, 10.77.0.1; the peers are on the second, 10.77.0.2.
private final class Wire {
    private let processes: [ChildProcess]
    private var emulatorSide: Int32 { processes[0].pid }
    private var farSide: Int32 { processes[1].pid }
    static let near = IPv4Address(10, 77, 0, 1)
    static let far = IPv4Address(10, 77, 0, 2)

    /// Nil where a tool or a kernel feature is missing.
    static func make() throws -> Wire? {
        guard let unshare = path("unshare"), path("ip") != nil, path("nsenter") != nil else { return nil }
        return try Wire(unshare)
    }

    private static func path(_ program: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"].map { $0 + program }
            .first { (try? FileAccess.checkReadable(path: $0)) != nil }
    }

    private init?(_ unshare: String) throws {
        processes = try (0..<2).map { _ in
            let child = try ChildProcess(
                unshare, ["--net", "/bin/sh", "-c", "echo ready; exec sleep 1000"], output: .pipe)
            guard let output = child.takeOutput() else { throw NoPipe() }
            let line = try LineReader(output).nextLine(deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
            try #require(line == .line("ready"))
            return child
        }
        let (near, far) = (processes[0].pid, processes[1].pid)
        let script = """
            export PATH=/usr/sbin:/sbin:/usr/bin:/bin
            ip link add nina0 netns \(near) type veth peer name nina0 netns \(far) &&
            nsenter -t \(near) -n sh -ec 'ip addr add 10.77.0.1/24 brd + dev nina0; ip link set nina0 up; ip link set lo up' &&
            nsenter -t \(far) -n sh -ec 'ip addr add 10.77.0.2/24 brd + dev nina0; ip link set nina0 up; ip link set lo up;
              ip route add 239.0.0.0/8 dev nina0; ip route add default via 10.77.0.1'
            """
        guard try ChildProcess("/bin/sh", ["-c", script]).wait(timeoutNanoseconds: 10_000_000_000) == .exited(0) else {
            return nil
        }
    }

    deinit { for process in processes { try? process.terminate(Signals.kill) } }

    func emulator(_ options: [String] = []) throws -> EmulatorUnderTest {
        try Apart.inNetwork(of: emulatorSide) { try EmulatorUnderTest(options) }
    }

    /// Runs a body on the emulator's machine, or on the other one.
    func near<R>(_ body: () throws -> R) throws -> R { try Apart.inNetwork(of: emulatorSide, body) }
    func far<R>(_ body: () throws -> R) throws -> R { try Apart.inNetwork(of: farSide, body) }
}

@Suite(.serialized, .enabled(if: Apart.isAllowed, "only root can make networks"), .timeLimit(.minutes(10)))
struct MachineNetworkTests {
    private let wire: Wire?

    init() throws { wire = try Wire.make() }

    private func testWire() throws -> Wire {
        try #require(wire, "network namespaces, or the tools ip and nsenter, are missing")
    }

    /// The NTP sketch of WiFiNINA, on the default address: the request leaves by a second socket.
    @Test func theTimeIsAskedOfAnotherMachine() throws {
        let wire = try testWire()
        let server = try wire.far { try UDPPeer(.any, port: 123) }
        let emulator = try wire.emulator()
        let host = try emulator.commandHost()
        #expect(try host.serve(2390))
        for round in 0..<2 as Range<UInt8> {
            #expect(try host.setDestination(Wire.far, 123))
            var request = [UInt8](repeating: round, count: 48)
            request[0] = 0xE3
            #expect(try host.send(request[...]))
            let received = try server.receive()
            #expect(received.bytes == request)
            #expect(received.from.address == Wire.near.rawValue)
            try server.send(Array(repeating: 100 + round, count: 48), to: Wire.near, received.from.port)
            #expect(try host.waitForInterrupt())
            #expect(try host.receive() == Array(repeating: 100 + round, count: 48))
            #expect(try host.remote() == IPv4Endpoint(address: Wire.far.rawValue, port: 123))
            // A stranger that has found the port.
            let stranger = try wire.near { try UDPPeer(Wire.near) }
            try stranger.send([1], to: Wire.near, received.from.port)
            _ = try host.waitForInterrupt(milliseconds: 50)
            #expect(try host.receive() == nil)
        }
        // The same slot still serves this machine.
        let local = try wire.near { try UDPPeer() }
        try local.send([9], to: try host.address, 2390)
        #expect(try host.waitForInterrupt())
        #expect(try host.receive() == [9])
        #expect(try host.setDestination(.loopback, local.port) && host.send([8]))
        let answer = try local.receive()
        #expect(answer.bytes == [8])
        #expect(try answer.from == IPv4Endpoint(address: host.address.rawValue, port: 2390))
    }

    /// Arduino's own sketch, with its own emulator.
    @Test func arduinosTimeClientGetsTheTime() throws {
        let wire = try testWire()
        let server = try wire.far { try UDPPeer(.any, port: 123) }
        let sketch = try wire.near {
            try ChildProcess(
                try EmulatorUnderTest.program("nina"),
                ["example", "WiFiUdpNtpClient", "--host", "\(Wire.far)", "--every", "1", "--rounds", "60"],
                output: .pipe)
        }
        guard let output = sketch.takeOutput() else { throw NoPipe() }
        let log = LogCollector()
        log.collect(output)
        // The sketch waits a second for an answer, which this process may miss, and then asks again.
        for _ in 0..<60 {
            let request = try server.receive()
            // 1 January 1970 is 2,208,988,800 seconds after NTP's epoch: this is two minutes later.
            var answer = [UInt8](repeating: 0, count: 48)
            answer.replaceSubrange(40..<44, with: [0x83, 0xAA, 0x7E, 0xF8])
            try server.send(answer, to: IPv4Address(rawValue: request.from.address), request.from.port)
            if log.wait(seconds: 1, until: { $0.contains("0:02:00") }) { break }
        }
        #expect(log.text.contains("0:02:00"), "\(log.text)")
        try sketch.terminate(Signals.terminate)
        #expect(try sketch.wait(timeoutNanoseconds: 30_000_000_000) == .exited(0))
    }

    /// Broadcasts and multicasts of other machines do not reach a module on a loopback address.
    @Test func strangersBroadcastsDoNotArrive() throws {
        let wire = try testWire()
        let group = IPv4Address(239, 255, 7, 9)
        let emulator = try wire.emulator()
        let (host, member) = (try emulator.commandHost(), try emulator.commandHost())
        #expect(try host.serve(5400))
        #expect(try member.serve(5401, group: group))
        // Another program on this machine has joined the group, so that the machine receives it.
        let program = try wire.near {
            let socket = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: 5402), isShared: true)
            try UDPSocket.join(socket.rawValue, group: group.rawValue, interface: Wire.near.rawValue)
            return socket.release()
        }
        let joined = FileDescriptor(adopting: program)
        let stranger = try wire.far { try UDPPeer(Wire.far) }
        for (address, port) in [
            (IPv4Address.broadcast, 5400), (IPv4Address(10, 77, 0, 255), 5400), (group, 5401), (group, 5402),
        ] as [(IPv4Address, UInt16)] {
            try stranger.send([6], to: address, port)
        }
        let arrival = try DescriptorWait.wait(
            program, for: .readable, deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
        #expect(!arrival.isEmpty, "the machine does not receive what is sent to the group")
        #expect(try !host.link.interruptLevel() && host.receive() == nil)
        #expect(try !member.link.interruptLevel() && member.receive() == nil)
        // Those of this machine arrive.
        let local = try wire.near { try UDPPeer() }
        try local.send([7], to: IPv4Address(127, 255, 255, 255), 5400)
        #expect(try host.waitForInterrupt())
        #expect(try host.receive() == [7])
        try local.sendGroups(from: .loopback)
        try local.send([8], to: group, 5401)
        #expect(try member.waitForInterrupt())
        #expect(try member.receive() == [8])
        joined.close()
    }

    /// Broadcasts on the cable reach a module with an address on it.
    @Test func aModuleOnTheWireHearsBroadcasts() throws {
        let wire = try testWire()
        for options in [
            ["--address", "10.77.0.1"], ["--address", "0.0.0.0", "--report-address", "10.77.0.1"],
        ] {
            let emulator = try wire.emulator(options)
            let host = try emulator.commandHost()
            #expect(try host.serve(5400))
            let stranger = try wire.far { try UDPPeer(Wire.far) }
            try stranger.send([6], to: .broadcast, 5400)
            #expect(try host.waitForInterrupt())
            #expect(try host.receive() == [6])
            #expect(try host.setDestination(Wire.far, stranger.port) && host.send([7]))
            #expect(try stranger.receive() == ([7], IPv4Endpoint(address: Wire.near.rawValue, port: 5400)))
        }
    }

    /// The recipe for a container: it listens on every address of the machine and reports a usable one.
    @Test func aModuleOnAllAddressesReportsOne() throws {
        let wire = try testWire()
        for (options, address) in [
            (["--report-address", "192.0.2.7"], IPv4Address(192, 0, 2, 7)),
            (["--network", "lab-net,passphrase=correct-horse,ip=10.77.0.1/24"], Wire.near),
        ] {
            let emulator = try wire.emulator(["--address", "0.0.0.0"] + options)
            let hosts = [try emulator.host(), try emulator.host()]
            #expect(try hosts[0].localIP() == address)
            let server = WiFiServer(hosts[0], port: 8080)
            try server.begin()
            let peers = [
                try wire.far { try TCPPeer(Wire.near, port: 8080) },
                try wire.near { try TCPPeer(.loopback, port: 8080) },
            ]
            for peer in peers {
                #expect(try hosts[0].waitForActivity(.seconds(10)))
                #expect(try server.accept()?.remotePort() == peer.port)
            }
            // Another coprocessor of the process finds it by the reported address too.
            var client = WiFiClient(hosts[1])
            try client.connect(.address(address), port: 8080)
            #expect(try hosts[0].waitForActivity(.seconds(10)))
            #expect(try server.accept() != nil)
        }
    }

    /// Another user cannot bind a module's port by any means.
    @Test func aStrangersBindFails() throws {
        let wire = try testWire()
        let emulator = try wire.emulator()
        let host = try emulator.commandHost()
        #expect(try host.serve(5403))
        let address = try host.address
        let places = [address, .any].flatMap { place in
            [UDPSocket.Sharing.none, .sameUser, .anyUser].map { (place, $0) }
        }
        let errors = try wire.near {
            try Apart.asUser { places.map { place, sharing in bindError(place, sharing) } }
        }
        #expect(errors == Array(repeating: .addressInUse, count: places.count))
    }

    private func bindError(_ address: IPv4Address, _ sharing: UDPSocket.Sharing) -> Errno? {
        do throws(LinuxError) {
            _ = try UDPSocket.open(on: IPv4Endpoint(address: address.rawValue, port: 5403), sharing: sharing)
            return nil
        } catch {
            return error.errno
        }
    }
}
