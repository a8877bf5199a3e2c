import LinuxIO
import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

/// Datagram sockets of a coprocessor on this machine.
@Suite(.timeLimit(.minutes(10))) struct LinuxDatagramTests {
    private static let own = IPv4Address(127, 88, 1, 1)
    private static let other = IPv4Address(127, 88, 1, 2)

    /// Without a port of its own a datagram socket gets any free one of this machine, each another.
    @Test func datagramSocketsWithoutAPortGetAny() throws {
        let bench = try NetworkBench()
        var ports: Set<UInt16> = []
        for _ in 0..<3 {
            let socket = try bench.network.openDatagram(port: 0, group: nil).get()
            ports.insert(try bench.port(0, socket))
        }
        #expect(ports.count == 3 && ports.allSatisfy { $0 >= 1024 })
        #expect(bench.log.isEmpty && bench.reactor.registrationCount == 3, "no broadcasts to them")
    }

    /// Port 1 is one, where this user may bind it; otherwise it is 8001 (see `PortMapping`).
    @Test func theLowestPortIsNotAnyPort() throws {
        let bench = try NetworkBench([IPv4Address(127, 88, 1, 9)])
        let socket = try bench.network.openDatagram(port: 1, group: nil).get()
        #expect([1, 8001].contains(try bench.port(0, socket)))
        #expect(bench.network.openDatagram(port: 1, group: nil) == .failure(.addressInUse))
    }

    @Test func aDatagramArrivesWithItsSender() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let (from, to) = (try NetworkBench.freePort(), try NetworkBench.freePort())
        let sender = try bench.networks[0].openDatagram(port: from, group: nil).get()
        let receiver = try bench.networks[1].openDatagram(port: to, group: nil).get()
        #expect(bench.logged("info: UDP port \(to) is reachable at \(Self.other):\(to)"))
        #expect(bench.send(0, sender, "one", to: Self.other, to))
        #expect(try bench.run { bench.events(1).contains(.readable(receiver)) })
        // A datagram without bytes is none for a coprocessor.
        #expect(bench.send(0, sender, "", to: Self.other, to))
        #expect(bench.send(0, sender, "two", to: Self.other, to))
        for text in ["one", "two"] {
            let datagram = try #require(try bench.receive(1, receiver))
            #expect(datagram == (text, Endpoint(address: Self.own, port: from)))
        }
        #expect(!bench.events(0).contains(.readable(sender)))
        // 0.0.0.0 is the sender itself.
        #expect(bench.send(0, sender, "self", to: .any, from))
        let back = try #require(try bench.receive(0, sender))
        #expect(back == ("self", Endpoint(address: Self.own, port: from)))
    }

    /// Each socket with the port receives it once, also the sender's; a port that is another one of this machine too.
    @Test func aBroadcastReachesAllOfTheProcess() throws {
        let (port, mapped) = (try NetworkBench.freePort(), try NetworkBench.freePort())
        for isMapped in [false, true] {
            let bench = try NetworkBench([Self.own, Self.other]) { if isMapped { $0.ports.map[port] = mapped } }
            let sockets = try bench.networks.map { try $0.openDatagram(port: port, group: nil).get() }
            #expect(try bench.port(0, sockets[0]) == (isMapped ? mapped : port))
            for text in ["first", "second"] { #expect(bench.send(0, sockets[0], text, to: .broadcast, port)) }
            for index in [0, 1] {
                for text in ["first", "second"] {
                    let datagram = try #require(try bench.receive(index, sockets[index]))
                    #expect(datagram == (text, Endpoint(address: Self.own, port: port)))
                }
            }
            // What is for one of them is that one's.
            #expect(bench.send(0, sockets[0], "one", to: Self.other, port))
            #expect(bench.send(0, sockets[0], "own", to: Self.own, port))
            #expect(try bench.receive(1, sockets[1])?.text == "one")
            #expect(try bench.receive(0, sockets[0])?.text == "own")
            var buffer = [UInt8](repeating: 0, count: 10)
            #expect(bench.networks[1].receiveDatagram(sockets[1], into: &buffer) == nil)
            for (network, socket) in zip(bench.networks, sockets) { network.closeDatagram(socket) }
            #expect(bench.reactor.registrationCount == 0)
        }
    }

    @Test func aGroupIsReceivedByThoseWhoJoinedIt() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let port = try NetworkBench.freePort()
        let groups = [IPv4Address(239, 77, 0, 1), IPv4Address(239, 77, 0, 2)]
        let sockets = try (0..<2).map { try bench.networks[$0].openDatagram(port: port, group: groups[$0]).get() }
        #expect(bench.send(0, sockets[0], "to the second", to: groups[1], port))
        #expect(bench.send(1, sockets[1], "to the first", to: groups[0], port))
        #expect(
            try #require(try bench.receive(0, sockets[0])) == (
                "to the first", Endpoint(address: Self.other, port: port)
            ))
        #expect(
            try #require(try bench.receive(1, sockets[1])) == ("to the second", Endpoint(address: Self.own, port: port))
        )
        // And both receive what is sent to them alone.
        #expect(bench.send(0, sockets[0], "alone", to: Self.other, port))
        #expect(try bench.receive(1, sockets[1])?.text == "alone")
        for (network, socket) in zip(bench.networks, sockets) { network.closeDatagram(socket) }
        #expect(bench.reactor.registrationCount == 0)
    }

    /// A socket on all addresses receives groups and broadcasts itself.
    @Test func aSocketOnAllAddressesIsOne() throws {
        let bench = try NetworkBench([.loopback], bind: .any)
        let port = try NetworkBench.freePort()
        let socket = try bench.network.openDatagram(port: port, group: nil).get()
        #expect(bench.reactor.registrationCount == 1)
        #expect(bench.logged("UDP port \(port) is reachable at 0.0.0.0:\(port)"))
        let peer = try DatagramPeer(IPv4Address.loopback.rawValue)
        #expect(peer.send("all", to: IPv4Endpoint(address: LinuxNetwork.loopbackBroadcast, port: port)))
        #expect(try bench.receive(0, socket)?.text == "all")
        #expect(bench.send(0, socket, "back", to: .loopback, peer.place.port))
        #expect(try peer.receive()?.text == "back")
        #expect(bench.reactor.registrationCount == 1)
    }

    /// A port is free again after a failure, and after it was closed.
    @Test func aPortThatIsTakenIsFreeAfterwards() throws {
        let bench = try NetworkBench()
        let port = try NetworkBench.freePort()
        for group in [nil, IPv4Address(239, 77, 0, 3)] {
            do {
                let holder = try DatagramPeer(Self.own.rawValue, port: port)
                #expect(bench.network.openDatagram(port: port, group: group) == .failure(.addressInUse))
                #expect(bench.logged("warning: UDP port \(port): bind \(Self.own):\(port)"))
                #expect(holder.place.port == port && bench.reactor.registrationCount == 0)
            }
            let socket = try bench.network.openDatagram(port: port, group: group).get()
            #expect(bench.network.openDatagram(port: port, group: group) == .failure(.addressInUse))
            bench.network.closeDatagram(socket)
        }
        #expect(bench.reactor.registrationCount == 0)
    }

    /// Another program has the address of the broadcasts, or of the group.
    @Test func withoutBroadcastsASocketHasTheRest() throws {
        let bench = try NetworkBench()
        let port = try NetworkBench.freePort()
        let group = IPv4Address(239, 77, 0, 4)
        do {
            let holders = try [LinuxNetwork.loopbackBroadcast, group.rawValue].map { try DatagramPeer($0, port: port) }
            #expect(holders.count == 2)
            #expect(bench.network.openDatagram(port: port, group: group) == .failure(.addressInUse))
            #expect(bench.reactor.registrationCount == 0)
            let socket = try bench.network.openDatagram(port: port, group: nil).get()
            #expect(bench.logged("info: broadcasts to UDP port \(port) are not received: bind"))
            #expect(bench.send(0, socket, "self", to: Self.own, port))
            #expect(try bench.receive(0, socket)?.text == "self")
            bench.network.closeDatagram(socket)
        }
        let socket = try bench.network.openDatagram(port: port, group: group).get()
        #expect(bench.send(0, socket, "group", to: group, port))
        #expect(try bench.receive(0, socket)?.text == "group")
    }

    /// A multicast service of this machine shares its port on all addresses; it takes none from a coprocessor.
    @Test func aGroupSharesThePortOfAService() throws {
        let bench = try NetworkBench()
        let port = try NetworkBench.freePort()
        let service = try DatagramPeer(0, port: port, sharing: .anyUser)
        #expect(service.place.port == port)
        #expect(bench.network.openDatagram(port: port, group: nil) == .failure(.addressInUse))
        let socket = try bench.network.openDatagram(port: port, group: IPv4Address(239, 77, 0, 5)).get()
        #expect(bench.send(0, socket, "self", to: Self.own, port))
        #expect(try bench.receive(0, socket)?.text == "self")
    }

    @Test func portsBeyondTheLastAreNone() throws {
        let bench = try NetworkBench { $0.ports.offset = 1000 }
        #expect(bench.network.openDatagram(port: 64_536, group: nil) == .failure(.notPermitted))
        #expect(bench.log == ["warning: port 64536 with its offset exceeds 65535"])
        let socket = try bench.network.openDatagram(port: 0, group: nil).get()
        #expect(try bench.port(0, socket) != 1000)
    }

    @Test func whatCannotBeSentIsTold() throws {
        var network = RadioNetwork(ssid: "x", bssid: .zero)
        network.address = IPv4Address(203, 0, 113, 77)
        network.prefixLength = 24
        let bench = try NetworkBench { [network] in $0.coprocessor.networks = [network] }
        let socket = try bench.network.openDatagram(port: 0, group: nil).get()
        // Nothing is sent to a simulated network.
        #expect(!bench.send(0, socket, "x", to: IPv4Address(203, 0, 113, 1), 9))
        #expect(!bench.send(0, .invalid, "x", to: Self.own, 9))
        #expect(bench.log.isEmpty && bench.reactor.registrationCount == 1)
        #expect(!bench.send(0, socket, String(repeating: "x", count: 65_508), to: Self.own, 9))
        #expect(bench.log.count == 1 && bench.logged("info: a datagram to \(Self.own):9 was not sent: EMSGSIZE"))
        #expect(bench.send(0, socket, "x", to: Self.own, 9))
        var buffer = [UInt8](repeating: 0, count: 10)
        #expect(bench.network.receiveDatagram(.invalid, into: &buffer) == nil)
    }
}

/// Datagrams to other machines, from an address that only this machine has.
@Suite(.timeLimit(.minutes(10))) struct OutsideDatagramTests {
    /// An address of this machine that is not in 127.0.0.0/8.
    private static let machine = (try? NetworkInterfaces.ipv4Networks())?.map(\.address).first { $0 >> 24 != 127 }

    @Test(.enabled(if: machine != nil, "needs an interface")) func otherMachinesAnswer() throws {
        let bench = try NetworkBench()
        let address = try #require(Self.machine)
        let socket = try bench.network.openDatagram(port: 0, group: nil).get()
        let peers = try (0..<2).map { _ in try DatagramPeer(address) }
        var senders: [IPv4Endpoint] = []
        for peer in peers {
            #expect(bench.send(0, socket, "to", to: IPv4Address(rawValue: address), peer.place.port))
            let datagram = try #require(try peer.receive())
            #expect(datagram.text == "to" && datagram.sender.address == address)
            senders.append(datagram.sender)
        }
        #expect(senders[0] == senders[1] && bench.reactor.registrationCount == 2, "one socket for all of them")
        // A stranger at another address and another port is refused, and what is behind it arrives.
        let stranger = try DatagramPeer(IPv4Address.loopback.rawValue)
        let place = IPv4Endpoint(address: IPv4Address.loopback.rawValue, port: senders[0].port)
        #expect(stranger.send("stranger", to: place))
        for (index, peer) in peers.enumerated() {
            #expect(peer.send("from \(index)", to: senders[0]))
            let answer = try #require(try bench.receive(0, socket))
            #expect(answer.text == "from \(index)")
            #expect(answer.sender == Endpoint(address: IPv4Address(rawValue: address), port: peer.place.port))
        }
        // Coprocessors of this machine are reached from the own address.
        #expect(bench.send(0, socket, "near", to: .loopback, stranger.place.port))
        #expect(try stranger.receive()?.sender.address == bench.network.ownAddress.rawValue)
        #expect(bench.reactor.registrationCount == 2)
        bench.network.closeDatagram(socket)
        #expect(bench.reactor.registrationCount == 0)
    }

    /// A socket on all addresses joins a group itself.
    @Test(.enabled(if: machine != nil, "needs an interface")) func aSocketOnAllAddressesJoinsAGroup() throws {
        let bench = try NetworkBench([.loopback], bind: .any)
        let port = try NetworkBench.freePort()
        let (group, other) = (IPv4Address(239, 77, 0, 8), IPv4Address(239, 77, 0, 9))
        let socket = try bench.network.openDatagram(port: port, group: group).get()
        #expect(bench.reactor.registrationCount == 1)
        // By the interface that the kernel has chosen for the group.
        #expect(bench.send(0, socket, "other", to: other, port))
        #expect(bench.send(0, socket, "group", to: group, port))
        #expect(try bench.receive(0, socket)?.text == "group")
    }
}
