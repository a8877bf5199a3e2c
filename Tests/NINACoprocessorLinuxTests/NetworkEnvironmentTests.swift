import LinuxIO
import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

/// Where the coprocessors' addresses, names and ports are on this machine.
@Suite(.timeLimit(.minutes(10))) struct NetworkEnvironmentTests {
    private func environment(_ change: (inout EmulatorOptions) -> Void = { _ in }) throws -> NetworkEnvironment {
        var options = EmulatorOptions(socketPath: nil)
        change(&options)
        return NetworkEnvironment(reactor: try Reactor(), options: options, log: { _, _ in })
    }

    private func endpoint(_ address: IPv4Address, _ port: UInt16) -> Endpoint { Endpoint(address: address, port: port) }

    /// A network of the documentation (RFC 5737), in which no machine is.
    @Test func aNetworkWithoutAnInterfaceIsSimulated() throws {
        var network = RadioNetwork(ssid: "x", bssid: .zero)
        network.address = IPv4Address(203, 0, 113, 77)
        network.prefixLength = 24
        var loopback = RadioNetwork(ssid: "y", bssid: .zero)
        loopback.address = IPv4Address(127, 9, 9, 9)
        let environment = try environment { $0.coprocessor.networks = [network, loopback] + RadioNetwork.defaults }
        for last in [0, 1, 77, 255] as [UInt8] { #expect(environment.isSimulated(IPv4Address(203, 0, 113, last))) }
        for address in [
            IPv4Address(203, 0, 112, 255), IPv4Address(203, 0, 114, 0), .loopback, IPv4Address(127, 9, 9, 9),
        ] {
            #expect(!environment.isSimulated(address), "\(address)")
        }
        // Without a gateway of its own it has the first address.
        #expect(environment.isSimulatedGateway(IPv4Address(203, 0, 113, 1)))
        #expect(!environment.isSimulatedGateway(IPv4Address(203, 0, 113, 2)))
        #expect(!environment.isSimulatedGateway(IPv4Address(127, 0, 0, 1)))
        network.gateway = IPv4Address(203, 0, 113, 254)
        let other = try self.environment { $0.coprocessor.networks = [network] }
        #expect(other.isSimulatedGateway(IPv4Address(203, 0, 113, 254)))
        #expect(!other.isSimulatedGateway(IPv4Address(203, 0, 113, 1)))
    }

    /// A UDP port of this machine is one coprocessor's; it is found by what the coprocessors call it, in both directions.
    @Test func aDatagramPortIsClaimedOnce() throws {
        let environment = try environment()
        let own = IPv4Address(127, 1, 0, 1)
        let other = IPv4Address(127, 1, 1, 1)
        #expect(environment.claimDatagramPort(endpoint(own, 8053), for: 53))
        #expect(!environment.claimDatagramPort(endpoint(own, 8053), for: 54))
        #expect(environment.claimDatagramPort(endpoint(other, 9053), for: 53))
        #expect(environment.claimDatagramPort(endpoint(other, 54), for: 54))
        #expect(environment.datagramPlace(endpoint(own, 53)) == IPv4Endpoint(address: own.rawValue, port: 8053))
        #expect(environment.datagramPlace(endpoint(own, 54)) == IPv4Endpoint(address: own.rawValue, port: 54))
        #expect(environment.datagramSender(IPv4Endpoint(address: own.rawValue, port: 8053)) == endpoint(own, 53))
        #expect(environment.datagramSender(IPv4Endpoint(address: other.rawValue, port: 8053)) == endpoint(other, 8053))
        // Broadcasts go to each port of this machine, and to the port itself anyway.
        #expect(environment.otherPlaces(ofDatagramPort: 53) == [8053, 9053])
        #expect(environment.otherPlaces(ofDatagramPort: 54) == [])
        environment.releaseDatagramPort(endpoint(own, 8053))
        environment.releaseDatagramPort(endpoint(own, 1))
        #expect(environment.otherPlaces(ofDatagramPort: 53) == [9053])
        #expect(environment.datagramPlace(endpoint(own, 53)).port == 53)
        #expect(environment.datagramSender(IPv4Endpoint(address: own.rawValue, port: 8053)).port == 8053)
        #expect(environment.claimDatagramPort(endpoint(own, 8053), for: 54))
    }

    @Test func serversAreFoundAsLongAsTheyAreThere() throws {
        let environment = try environment()
        let own = IPv4Address(127, 1, 0, 1)
        environment.registerServer(endpoint(own, 80), hostPort: 8080)
        #expect(environment.place(endpoint(own, 80)) == IPv4Endpoint(address: own.rawValue, port: 8080))
        #expect(environment.place(endpoint(own, 81)).port == 81)
        #expect(environment.place(endpoint(.loopback, 80)).port == 80)
        environment.removeServer(endpoint(own, 80))
        #expect(environment.place(endpoint(own, 80)).port == 80)
    }

    /// An address that coprocessors only report is where they are; on all addresses that is 127.0.0.1.
    @Test func aReportedAddressIsElsewhere() throws {
        let shown = IPv4Address(192, 168, 7, 7)
        for (bound, place) in [
            (IPv4Address.any, IPv4Address.loopback), (IPv4Address(127, 0, 0, 9), IPv4Address(127, 0, 0, 9)),
        ] {
            let environment = try environment {
                $0.address = bound
                $0.reportedAddress = shown
            }
            #expect(environment.place(endpoint(shown, 80)) == IPv4Endpoint(address: place.rawValue, port: 80))
            #expect(environment.datagramPlace(endpoint(shown, 9)).address == place.rawValue)
            #expect(environment.place(endpoint(IPv4Address(192, 168, 7, 8), 80)).address == 0xC0A8_0708)
        }
        let plain = try environment { $0.address = IPv4Address(127, 0, 0, 9) }
        #expect(plain.place(endpoint(IPv4Address(127, 0, 0, 9), 80)).address == 0x7F00_0009)
    }

    @Test func theOwnAddressOfAllAddressesIsThatOfANetwork() {
        var options = EmulatorOptions(socketPath: nil)
        #expect(options.ownAddress == nil)
        options.address = IPv4Address(10, 1, 2, 3)
        #expect(options.ownAddress == IPv4Address(10, 1, 2, 3))
        options.reportedAddress = IPv4Address(10, 1, 2, 4)
        #expect(options.ownAddress == IPv4Address(10, 1, 2, 4))
        options.address = .any
        #expect(options.ownAddress == IPv4Address(10, 1, 2, 4))
        options.reportedAddress = nil
        #expect(options.ownAddress == .loopback)
        var network = RadioNetwork(ssid: "x", bssid: .zero)
        network.address = IPv4Address(203, 0, 113, 77)
        options.coprocessor.networks = RadioNetwork.defaults + [network]
        #expect(options.ownAddress == IPv4Address(203, 0, 113, 77))
    }

    @Test func namesAreFoundInAnyCase() throws {
        let environment = try environment {
            $0.hosts = ["box.test": IPv4Address(10, 0, 0, 1), "Mixed": IPv4Address(10, 0, 0, 2)]
        }
        for name in ["box.test", "BOX.test", "Box.Test"] { #expect(environment.host(name) == IPv4Address(10, 0, 0, 1)) }
        #expect(environment.host("Mixed") == IPv4Address(10, 0, 0, 2))
        #expect(environment.host("box") == nil)
    }

    /// Raw sockets receive the replies to all requests of a process: no two have the same number.
    @Test func echoRequestsHaveTheirOwnNumbers() throws {
        let environment = try environment()
        #expect(Set((0..<70_000).map { _ in environment.nextEchoSequence() }).count == 65_536)
    }
}
