import TestPeers
import LinuxIO
import NINAWire
import Testing

/// Datagrams between coprocessors and with peers outside, over real sockets.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DatagramScenarioTests {
    @Test func anOutsideSocketIsEchoed() throws {
        let emulator = try EmulatorUnderTest()
        let host = try emulator.commandHost()
        // A port for this test alone: others may bind theirs on every address, to receive broadcasts.
        #expect(try host.serve(5077))
        let (one, two) = (try UDPPeer(), try UDPPeer())
        let address = try host.address
        for size in [1, 2, 1471, 1472] {
            // Two at once, from two senders: each receives its own back.
            try one.send(pattern(size, count: size), to: address, 5077)
            try two.send(pattern(size + 1, count: size), to: address, 5077)
            for _ in 0..<2 {
                #expect(try host.waitForInterrupt())
                let bytes = try #require(try host.receive())
                let sender = try host.remote()
                #expect(try host.setDestination(IPv4Address(rawValue: sender.address), sender.port))
                #expect(try host.send(bytes[...]))
            }
            let answer = try one.receive()
            #expect(answer.bytes == pattern(size, count: size))
            #expect(answer.from == IPv4Endpoint(address: address.rawValue, port: 5077))
            #expect(try two.receive().bytes == pattern(size + 1, count: size))
        }
        #expect(try host.receive() == nil)
        #expect(try !host.link.interruptLevel())
        // Closing the socket frees the port.
        #expect(try host.acknowledge(StopClient(socket: SocketNumber(rawValue: 0))))
        _ = try UDPPeer(address, port: 5077)
    }

    /// The datagrams of one side: consecutive pieces of one sequence of bytes.
    private struct Series: Sendable {
        let pool: [UInt8]
        let bounds: [Range<Int>]

        init(_ seed: Int, count: Int) {
            let pool = pattern(seed, count: 32 * 1024)
            let random = pattern(seed + 1, count: count * 4)
            bounds = (0..<count).map { index in
                let numbers = random[index * 4..<index * 4 + 4].map { Int($0) }
                let start = (numbers[0] << 8 | numbers[1]) % (pool.count - 1472)
                return start..<start + 1 + (numbers[2] << 8 | numbers[3]) % 1472
            }
            self.pool = pool
        }

        subscript(_ index: Int) -> ArraySlice<UInt8> { pool[bounds[index]] }
    }

    /// Checks that the received datagrams are those sent, in order; gaps are allowed.
    private struct Arrivals {
        let series: Series
        var next = 0
        var count = 0
        var strange = 0

        mutating func take(_ bytes: [UInt8]) {
            count += 1
            guard let index = (next..<series.bounds.count).first(where: { series[$0].elementsEqual(bytes) }) else {
                strange += 1
                return
            }
            next = index + 1
        }
    }

    @Test func tenThousandAtFullSpeed() throws {
        let perSide = 5000
        let emulator = try EmulatorUnderTest()
        let transport = emulator.transport
        let series = [Series(11, count: perSide), Series(22, count: perSide)]
        let addresses = SharedResults<IPv4Address>(2)
        let results = try Threads.run(2) { side -> [Int] in
            let host = CommandHost(try transport.open())
            try host.join()
            guard try host.serve(5000) else { return [0, 0, 1] }
            addresses.set(side, .success(try host.address))
            let other = try addresses.wait()[1 - side].get()
            guard try host.setDestination(other, 5000) else { return [0, 0, 1] }
            var arrivals = Arrivals(series: series[1 - side])
            var unsent = 0
            for index in 0..<perSide {
                if try !host.send(series[side][index]) { unsent += 1 }
                while try host.link.interruptLevel(), let bytes = try host.receive() { arrivals.take(bytes) }
            }
            var looks = 0
            while looks < 4 * perSide, try host.waitForInterrupt(milliseconds: 1000) {
                looks += 1
                if let bytes = try host.receive() { arrivals.take(bytes) }
            }
            return [arrivals.count, arrivals.strange, unsent]
        }
        let figures = try results.map { try $0.get() }
        let received = figures.reduce(0) { $0 + $1[0] }
        print("\(received) of \(2 * perSide) datagrams arrived")
        #expect(figures.map { $0[1] } == [0, 0])
        #expect(figures.map { $0[2] } == [0, 0])
        // How many depends on the machine's load.
        #expect(figures.allSatisfy { $0[0] > 0 })
    }

    @Test func aGroupHearsWhatIsSentToIt() throws {
        let group = IPv4Address(239, 255, 7, 7)
        let emulator = try EmulatorUnderTest()
        let (one, two, three) = (
            try emulator.commandHost(), try emulator.commandHost(), try emulator.commandHost()
        )
        #expect(try one.serve(5300, group: group))
        #expect(try two.serve(5300, group: group))
        // The same port, but not a member of the group.
        #expect(try three.serve(5300))
        #expect(try one.setDestination(group, 5300))
        #expect(try one.send([1, 2, 3]))
        #expect(try two.waitForInterrupt())
        #expect(try two.receive() == [1, 2, 3])
        let address = try one.address
        #expect(try two.remote() == IPv4Endpoint(address: address.rawValue, port: 5300))
        #expect(try !three.waitForInterrupt(milliseconds: 20))
        // A member also receives datagrams to its own address.
        #expect(try three.setDestination(address, 5300))
        while try one.receive() != nil {}
        #expect(try three.send([4]))
        #expect(try one.waitForInterrupt())
        #expect(try one.receive() == [4])
        // Not a multicast address.
        #expect(try !three.serve(5301, group: IPv4Address(10, 0, 0, 1), slot: 1))
        // Closing the socket leaves the group.
        #expect(try two.acknowledge(StopClient(socket: SocketNumber(rawValue: 0))))
        #expect(try one.setDestination(group, 5300))
        #expect(try one.send([5]))
        #expect(try two.serve(5300))
        #expect(try !two.waitForInterrupt(milliseconds: 20))
    }

    @Test func broadcastsReachEveryCoprocessor() throws {
        let emulator = try EmulatorUnderTest()
        let (one, two, three) = (
            try emulator.commandHost(), try emulator.commandHost(), try emulator.commandHost()
        )
        for host in [one, two, three] { #expect(try host.serve(5400)) }
        #expect(try one.setDestination(.broadcast, 5400))
        #expect(try one.send([7, 7]))
        for host in [two, three] {
            #expect(try host.waitForInterrupt())
            #expect(try host.receive() == [7, 7])
            #expect(try host.remote() == IPv4Endpoint(address: try one.address.rawValue, port: 5400))
            #expect(try host.receive() == nil)
        }
        // A datagram to one address reaches only that coprocessor.
        while try one.receive() != nil {}
        #expect(try one.setDestination(try two.address, 5400))
        #expect(try one.send([8]))
        #expect(try two.waitForInterrupt())
        #expect(try two.receive() == [8])
        #expect(try three.receive() == nil && one.receive() == nil)
    }

    @Test func portsHavePlacesElsewhere() throws {
        let emulator = try EmulatorUnderTest(["--port-offset", "21000"])
        let (one, two) = (try emulator.commandHost(), try emulator.commandHost())
        #expect(try one.serve(5500) && two.serve(5600))
        #expect(try one.setDestination(try two.address, 5600))
        #expect(try one.send([1]))
        #expect(try two.waitForInterrupt())
        #expect(try two.receive() == [1])
        let sender = try two.remote()
        #expect(sender == IPv4Endpoint(address: try one.address.rawValue, port: 5500))
        #expect(try two.setDestination(IPv4Address(rawValue: sender.address), sender.port))
        #expect(try two.send([2]))
        #expect(try one.waitForInterrupt())
        #expect(try one.receive() == [2])
        // Broadcasts and multicasts reach them there too.
        #expect(try two.serve(5500, slot: 1))
        let group = IPv4Address(239, 255, 7, 8)
        #expect(try one.serve(5800, group: group, slot: 2) && two.serve(5800, group: group, slot: 2))
        for (address, port, slot) in [(IPv4Address.broadcast, 5500, 1), (group, 5800, 2)] as [(_, UInt16, UInt8)] {
            #expect(try one.setDestination(address, port, slot: 2))
            #expect(try one.send([slot], slot: 2))
            #expect(try two.waitForInterrupt())
            #expect(try two.receive(slot: slot) == [slot])
        }
        while try one.receive() != nil {}
        let peer = try UDPPeer()
        try peer.send([3], to: try one.address, 26_500)
        #expect(try one.waitForInterrupt())
        #expect(try one.receive() == [3])
    }
}
