import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// IRQ before and after each step, and clients for which no slot is free.
@Suite(.timeLimit(.minutes(10))) struct EventsTests {
    @Test func aSilentClientRaisesIRQUntilItIsAccepted() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        #expect(!bench.device.interrupt)
        let peer = try #require(bench.network.connect(to: 80))
        #expect(bench.device.interrupt)
        let slot = try bench.accept(server)
        #expect(!bench.device.interrupt)
        peer.send([1, 2])
        #expect(bench.device.interrupt)
        #expect(try bench.unread(slot) == 2)
        #expect(bench.device.interrupt)
        _ = try bench.read(slot, 1)
        #expect(bench.device.interrupt)
        _ = try bench.read(slot, 1)
        #expect(!bench.device.interrupt)
        peer.finish()
        #expect(!bench.device.interrupt, "the end of a stream raises nothing")
        #expect(try bench.state(slot) == 0)
        #expect(!bench.device.interrupt)
    }

    @Test func aSilentClientOfAvailableLowersIRQ() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let peer = try #require(bench.network.connect(to: 80))
        #expect(bench.device.interrupt)
        #expect(try bench.available(server) == 255)
        #expect(!bench.device.interrupt)
        peer.send([1])
        #expect(bench.device.interrupt)
        let slot = try bench.available(server)
        #expect(bench.device.interrupt)
        _ = try bench.read(slot)
        #expect(!bench.device.interrupt)
    }

    @Test func severalClients() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (a, first) = try bench.acceptedClient(server)
        let (b, second) = try bench.acceptedClient(server)
        first.send([1])
        second.send([2])
        #expect(bench.device.interrupt)
        _ = try bench.read(a)
        #expect(bench.device.interrupt)
        #expect(try bench.stop(b) == 1)
        #expect(!bench.device.interrupt, "unread bytes are discarded with their connection")
        first.send([3])
        first.reset()
        #expect(!bench.device.interrupt, "a reset discards unread bytes")
        #expect(try bench.stopServer(server) == 1)
        #expect(!bench.device.interrupt)
    }

    @Test func connectedClientsRaiseIRQToo() throws {
        let bench = try DeviceHarness()
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(0, to: 7))
        #expect(!bench.device.interrupt)
        outside.accepted[0].send([1])
        #expect(bench.device.interrupt)
        #expect(try bench.read(0) == [1])
        #expect(!bench.device.interrupt)
    }

    /// A failed accept is retried after a pause: neither at once in a loop, nor only with the next
    /// command.
    @Test func whatCannotBeAcceptedIsResetLater() throws {
        let bench = try DeviceHarness {
            $0.slots = 1
            $0.overflow = .reset
        }
        _ = try bench.server()
        bench.network.isOutOfResources = true
        let peer = try #require(bench.network.connect(to: 80))
        let first = try #require(bench.device.nextDeadline)
        bench.device.advance(to: first)
        let second = try #require(bench.device.nextDeadline)
        #expect(second > first)
        #expect(!peer.wasReset)
        bench.network.isOutOfResources = false
        bench.device.advance(to: second)
        #expect(peer.wasReset)
        #expect(bench.device.nextDeadline == nil)
        let next = try #require(bench.network.connect(to: 80))
        #expect(next.wasReset)
    }

    @Test func aClientWithoutASlotRaisesNothing() throws {
        let bench = try DeviceHarness { $0.slots = 2 }
        let server = try bench.server()
        let (slot, _) = try bench.acceptedClient(server)
        let next = try #require(bench.network.connect(to: 80))
        #expect(!bench.device.interrupt)
        #expect(try bench.accept(server) == 255)
        #expect(try bench.available(server) == 255)
        #expect(try bench.stop(slot) == 1)
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == slot)
        #expect(try bench.remotePort(slot) == next.endpoint.port)
        #expect(!bench.device.interrupt)
    }

    @Test func aReservationThatExpiresLetsAClientIn() throws {
        let bench = try DeviceHarness { $0.slots = 2 }
        let server = try bench.server()
        #expect(try bench.getSocket() == 1)
        let reserved = bench.now
        bench.pass(.milliseconds(300))
        _ = try #require(bench.network.connect(to: 80))
        #expect(!bench.device.interrupt)
        #expect(bench.device.nextDeadline == reserved.advanced(by: .seconds(1)))
        bench.pass(.milliseconds(699))
        #expect(!bench.device.interrupt)
        #expect(try bench.accept(server) == 255)
        bench.pass(.milliseconds(1))
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == 1)
        #expect(!bench.device.interrupt)
        #expect(bench.device.nextDeadline == nil)
    }

    @Test func aRefusedCommandDoesNotHideAnExpiry() throws {
        let bench = try DeviceHarness { $0.slots = 2 }
        _ = try bench.server()
        #expect(try bench.getSocket() == 1)
        _ = try bench.byte(0x20)
        _ = try #require(bench.network.connect(to: 80))
        bench.now = bench.now.advanced(by: .seconds(1))
        #expect(bench.start([0x00]) == [0xEF, 0x00, 0xEE, 0x00])
        #expect(bench.device.interrupt)
    }

    @Test func handedOutWithABoundSlotOnly() throws {
        let bench = try DeviceHarness { $0.slots = 3 }
        let server = try bench.server()
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.getSocket() == 1)
        #expect(try bench.getSocket() == 2)
        peer.send([1])
        #expect(!bench.device.interrupt, "every slot is reserved")
        #expect(try bench.available(server) == 255)
        #expect(bench.device.nextDeadline != nil)
        bench.pass(.seconds(1))
        #expect(bench.device.interrupt)
        #expect(try bench.available(server) == 1)
    }

    /// Of a reservation that expires and a listener that retries, the earlier one is the next.
    @Test(arguments: [true, false]) func theNextRetryIsTheEarliest(_ isListenerFirst: Bool) throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.overflow = .reset
        }
        _ = try bench.server()
        let start = bench.now
        #expect(try bench.getSocket() == 1)
        bench.pass(.milliseconds(isListenerFirst ? 850 : 950))
        bench.network.isOutOfResources = true
        let peer = try #require(bench.network.connect(to: 80))
        #expect(bench.device.nextDeadline == start.advanced(by: .milliseconds(isListenerFirst ? 950 : 1000)))
        bench.network.isOutOfResources = false
        bench.pass(.milliseconds(isListenerFirst ? 100 : 50))
        #expect(peer.wasReset == isListenerFirst, "the slot was free before the retry")
        #expect(!bench.device.interrupt)
        bench.pass(.milliseconds(60))
        #expect(bench.device.interrupt != isListenerFirst)
    }

    // MARK: Overflow

    @Test func queueKeepsClientsInTheBacklog() throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.backlog = 3
        }
        let server = try bench.server()
        var (slot, peer) = try bench.acceptedClient(server)
        let waiting = (0..<4).compactMap { _ in bench.network.connect(to: 80) }
        #expect(waiting.count == 4)
        #expect(bench.network.connect(to: 80) == nil)
        for next in waiting {
            #expect(!next.wasReset)
            #expect(try bench.accept(server) == 255)
            #expect(try bench.stop(slot) == 1)
            #expect(peer.isFinished)
            slot = try bench.accept(server)
            #expect(try bench.remotePort(slot) == next.endpoint.port)
            peer = next
        }
    }

    @Test func resetResetsThem() throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.overflow = .reset
        }
        let server = try bench.server()
        let (slot, peer) = try bench.acceptedClient(server)
        for _ in 0..<3 {
            let extra = try #require(bench.network.connect(to: 80))
            #expect(extra.wasReset, "every extra client is reset at once, not only the first")
            #expect(!bench.device.interrupt)
        }
        #expect(!peer.wasReset)
        #expect(try bench.stop(slot) == 1)
        let next = try #require(bench.network.connect(to: 80))
        #expect(!next.wasReset)
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == slot)
        #expect(!bench.device.interrupt)
        #expect(try #require(bench.network.connect(to: 80)).wasReset)
    }

    @Test func resetTakesWhoWaitsWhenTheLastSlotGoes() throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.overflow = .reset
        }
        let server = try bench.server()
        let both = (0..<2).compactMap { _ in bench.network.connect(to: 80) }
        #expect(!both[0].wasReset && !both[1].wasReset)
        #expect(try bench.accept(server) == 1)
        #expect(!both[0].wasReset && both[1].wasReset)
        #expect(!bench.device.interrupt)
    }

    /// An expired reservation makes room without a command.
    @Test func droppingEndsWithAReservation() throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.overflow = .drop
        }
        _ = try bench.server()
        _ = try bench.getSocket()
        #expect(bench.network.connect(to: 80) == nil)
        #expect(bench.device.nextDeadline != nil)
        bench.pass(.milliseconds(1100))
        #expect(bench.network.connect(to: 80) != nil)
    }

    @Test func dropAnswersNobody() throws {
        let bench = try DeviceHarness {
            $0.slots = 2
            $0.overflow = .drop
        }
        let server = try bench.server()
        let (slot, _) = try bench.acceptedClient(server)
        #expect(bench.network.connect(to: 80) == nil)
        #expect(try bench.stop(slot) == 1)
        #expect(bench.network.connect(to: 80) != nil)
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == slot)
        #expect(bench.network.connect(to: 80) == nil)
    }

    @Test func aListenerWhoseClientHasGoneServesTheNext() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        // The network reports a closed client only when the device checks it.
        bench.device.networkEvent(.pending(bench.device.device.sockets.slots[server].socket))
        #expect(try bench.accept(server) == 255)
        #expect(!bench.device.interrupt)
        _ = try #require(bench.network.connect(to: 80))
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == 1)
    }

    @Test(arguments: [2, 3, 10, 64])
    func fillsEverySlot(_ count: Int) throws {
        let bench = try DeviceHarness { $0.slots = count }
        let server = try bench.server()
        let peers = (0..<count).compactMap { _ in
            bench.network.connect(to: 80).map { peer in (peer, try? bench.accept(server)) }
        }
        #expect(peers.map(\.1) == Array(1..<count) + [255])
        #expect(try bench.getSocket() == 255)
        peers[count - 2].0.send([7])
        #expect(bench.device.interrupt)
        #expect(try bench.read(count - 1) == [7])
        #expect(try bench.stop(count - 1) == 1)
        #expect(try bench.accept(server) == count - 1)
    }
}
