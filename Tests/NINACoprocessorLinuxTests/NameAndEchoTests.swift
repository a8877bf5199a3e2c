import LinuxIO
import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

/// Look-ups and echo requests of coprocessors.
@Suite(.timeLimit(.minutes(10))) struct NameAndEchoTests {
    private func simulated(_ options: inout EmulatorOptions) {
        var network = RadioNetwork(ssid: "x", bssid: .zero)
        network.address = IPv4Address(203, 0, 113, 77)
        network.prefixLength = 24
        options.coprocessor.networks = [network]
    }

    @Test func namesAreLookedUp() throws {
        let bench = try NetworkBench { $0.hosts["box.test"] = IPv4Address(10, 1, 2, 3) }
        for (token, name, address) in [
            (1, "BOX.test", IPv4Address(10, 1, 2, 3)), (2, "localhost", .loopback),
            (3, "127.3.2.1", IPv4Address(127, 3, 2, 1)),
        ] as [(UInt32, String, IPv4Address)] {
            bench.network.resolve(Array(name.utf8)[...], token: token)
            #expect(bench.events.count == Int(token) - 1, "never from inside a call")
            #expect(try bench.run { bench.events.count == Int(token) })
            #expect(bench.events.last == .resolved(token: token, address))
        }
        #expect(bench.log.isEmpty)
        bench.network.resolve(Array("a..b".utf8)[...], token: 4)
        #expect(try bench.run { bench.events.count == 4 })
        #expect(bench.events.last == .resolved(token: 4, nil))
        #expect(bench.log.count == 1 && bench.logged("info: the look-up failed: "))
    }

    @Test func aLookUpEndsWithItsCoprocessor() throws {
        let bench = try NetworkBench([.loopback, IPv4Address(127, 88, 4, 2)])
        for network in bench.networks { network.resolve(Array("localhost".utf8)[...], token: 1) }
        bench.networks[0].closeAll()
        #expect(try bench.run { !bench.events(1).isEmpty })
        bench.networks[0].resolve(Array("localhost".utf8)[...], token: 2)
        #expect(try bench.run { !bench.events(0).isEmpty })
        #expect(bench.events(0) == [.resolved(token: 2, .loopback)])
    }

    /// Only the gateway of a simulated network answers.
    @Test func aSimulatedGatewayAnswers() throws {
        let bench = try NetworkBench { simulated(&$0) }
        bench.network.ping(IPv4Address(203, 0, 113, 2), timeToLive: 64, token: 1)
        bench.network.ping(IPv4Address(203, 0, 113, 1), timeToLive: 64, token: 2)
        #expect(bench.events.isEmpty, "never from inside a call")
        #expect(try bench.run { !bench.events.isEmpty })
        try bench.settle()
        #expect(bench.events == [.echoed(token: 2, milliseconds: 1)])
        #expect(bench.reactor.registrationCount == 0 && bench.log.isEmpty)
        #expect(
            bench.network.connect(to: Endpoint(address: IPv4Address(203, 0, 113, 1), port: 80))
                == .failure(.unreachable))
    }

    @Test(.enabled(if: (try? ICMPSocket(timeToLive: 64)) != nil, "needs net.ipv4.ping_group_range"))
    func thisMachineAnswers() throws {
        let bench = try NetworkBench()
        for token in 1...3 as ClosedRange<UInt32> {
            bench.network.ping(.loopback, timeToLive: 64, token: token)
            #expect(try bench.run { bench.events.count == Int(token) })
            guard case .echoed(token, let milliseconds?) = bench.events.last else {
                Issue.record("no answer")
                return
            }
            #expect((0..<60_000).contains(milliseconds))
            #expect(bench.reactor.registrationCount == 0)
        }
        // A new request ends the one before.
        bench.network.ping(.loopback, timeToLive: 64, token: 4)
        bench.network.ping(.loopback, timeToLive: 64, token: 5)
        #expect(bench.reactor.registrationCount == 1)
        #expect(try bench.run { bench.events.count == 4 })
        guard case .echoed(5, _?) = bench.events.last else {
            Issue.record("no answer")
            return
        }
        bench.network.ping(.loopback, timeToLive: 64, token: 6)
        bench.network.closeAll()
        #expect(bench.reactor.registrationCount == 0)
        try bench.settle()
        #expect(bench.events.count == 4)
    }

    @Test(.enabled(if: (try? ICMPSocket(timeToLive: 64)) != nil, "needs net.ipv4.ping_group_range"))
    func aRequestThatCannotBeSentHasNoAnswer() throws {
        let bench = try NetworkBench()
        bench.network.ping(.broadcast, timeToLive: 64, token: 1)
        #expect(bench.events.isEmpty, "never from inside a call")
        #expect(try bench.run { !bench.events.isEmpty })
        #expect(bench.events == [.echoed(token: 1, milliseconds: nil)])
        #expect(bench.log.count == 1 && bench.logged("info: an echo request to 255.255.255.255 was not sent: "))
        #expect(bench.reactor.registrationCount == 0)
    }

    @Test func theClockIsThatOfTheMachine() {
        let options = EmulatorOptions(socketPath: nil)
        let before = TimeOfDay.seconds()
        let seconds = options.coprocessor.wallClock.seconds()
        #expect(seconds >= before && seconds <= TimeOfDay.seconds())
    }
}
