import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct DatagramTests {
    private let alice = Endpoint(address: IPv4Address(10, 0, 0, 7), port: 7000)
    private let bob = Endpoint(address: IPv4Address(10, 0, 0, 8), port: 8000)

    @Test func wholeDatagramsAreNeverMerged() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(!bench.device.interrupt)
        #expect(try bench.unread(0) == 0)
        for number in 1...5 {
            bench.network.send(Array(repeating: UInt8(number), count: number * 100), toPort: 5000, from: alice)
        }
        for number in 1...5 {
            #expect(bench.device.interrupt)
            #expect(try bench.unread(0) == number * 100)
            #expect(try bench.read(0) == Array(repeating: UInt8(number), count: number * 100))
        }
        #expect(!bench.device.interrupt)
        #expect(try bench.unread(0) == 0)
        #expect(try bench.read(0) == [])
    }

    @Test func isReadInPieces() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1, 2, 3, 4, 5], toPort: 5000, from: alice)
        bench.network.send([6], toPort: 5000, from: alice)
        #expect(try bench.getData(0, peek: true) == 1)
        #expect(try bench.getData(0, peek: true) == 1)
        #expect(try bench.unread(0) == 5)
        #expect(try bench.getData(0) == 1)
        #expect(try bench.unread(0) == 4)
        #expect(try bench.read(0, 0) == [])
        #expect(try bench.read(0, 2) == [2, 3])
        #expect(bench.device.interrupt)
        #expect(try bench.read(0, 2) == [4, 5])
        #expect(bench.device.interrupt)
        #expect(try bench.getData(0) == 6)
        #expect(!bench.device.interrupt)
        #expect(try bench.getData(0) == 0xFF)
        #expect(try bench.getData(0, peek: true) == 0xFF)
        // A datagram for an empty slot.
        bench.network.send([9, 8], toPort: 5000, from: alice)
        #expect(bench.device.interrupt)
        #expect(try bench.getData(0, peek: true) == 9)
        #expect(try bench.read(0, 1) == [9])
        #expect(bench.device.interrupt)
        #expect(try bench.read(0) == [8])
        #expect(!bench.device.interrupt)
    }

    @Test func dropsDatagramsWithoutBytes() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([], toPort: 5000, from: alice)
        #expect(!bench.device.interrupt)
        #expect(try bench.unread(0) == 0)
    }

    @Test func holdsAtMost1500BytesOfADatagram() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send(Array(repeating: 3, count: 2000), toPort: 5000, from: alice)
        #expect(try bench.unread(0) == 1500)
        #expect(try bench.read(0).count == 1500)
        #expect(try bench.unread(0) == 0)
    }

    @Test func sendsWhatWasInserted() throws {
        let bench = try DeviceHarness()
        let slot = try bench.getSocket()
        #expect(try bench.setDestination(slot, 4000))
        #expect(try bench.insert(slot, [1, 2]) == 1)
        #expect(try bench.insert(slot, []) == 1)
        #expect(try bench.insert(slot, [3]) == 1)
        #expect(try bench.sendUDP(slot) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[1, 2, 3]])
        #expect(bench.network.datagrams[0].remote == Endpoint(address: DeviceHarness.outside, port: 4000))
        // Nothing is left over; START_CLIENT begins another datagram.
        #expect(try bench.insert(slot, [7]) == 1)
        #expect(try bench.setDestination(slot, 4001))
        #expect(try bench.insert(slot, [8]) == 1)
        #expect(try bench.sendUDP(slot) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[1, 2, 3], [8]])
        #expect(bench.network.datagrams.map(\.remote.port) == [4000, 4001])
        #expect(Set(bench.network.datagrams.map(\.port)).count == 1)
    }

    @Test func collectsUpTo1500Bytes() throws {
        let bench = try DeviceHarness()
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, Array(repeating: 1, count: 1000)) == 1)
        #expect(try bench.insert(0, Array(repeating: 2, count: 500)) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams[0].bytes == Array(repeating: 1, count: 1000) + Array(repeating: 2, count: 500))
        #expect(try bench.insert(0, Array(repeating: 1, count: 1501)) == 0)
        #expect(try bench.insert(0, Array(repeating: 1, count: 1500)) == 1)
    }

    @Test func sendsToTheDestinationAlthoughAnotherDatagramCame() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.remote(0) == Endpoint(address: DeviceHarness.outside, port: 4000))
        #expect(try bench.insert(0, [1]) == 1)
        bench.network.send([5], toPort: 5000, from: bob)
        #expect(try bench.remote(0) == bob)
        #expect(try bench.insert(0, [2]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(
            bench.network.datagrams == [
                VirtualDatagram(
                    port: 5000, remote: Endpoint(address: DeviceHarness.outside, port: 4000), bytes: [1, 2])
            ])
        #expect(try bench.read(0) == [5])
    }

    @Test func tellsTheSenderOfTheDatagramThatIsRead() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1], toPort: 5000, from: alice)
        bench.network.send([2], toPort: 5000, from: bob)
        #expect(try bench.remote(0) == alice)
        #expect(try bench.unread(0) == 1)
        #expect(try bench.read(0) == [1])
        // Hosts query the sender after the last byte too: the next datagram has arrived but has not been queried.
        #expect(try bench.remote(0) == alice)
        #expect(bench.device.interrupt)
        #expect(try bench.unread(0) == 1)
        #expect(try bench.remote(0) == bob)
        #expect(try bench.read(0) == [2])
        #expect(try bench.unread(0) == 0)
        #expect(try bench.remote(0) == bob)
    }

    @Test func aServerWithoutADestinationAnswersTheSender() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1], toPort: 5000, from: alice)
        #expect(try bench.read(0) == [1])
        #expect(try bench.insert(0, [2]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams == [VirtualDatagram(port: 5000, remote: alice, bytes: [2])])
    }

    @Test func servesOnASlotOpenedForSending() throws {
        let bench = try DeviceHarness()
        let slot = try bench.getSocket()
        #expect(try bench.setDestination(slot, 4000))
        #expect(try bench.startUDP(5000, slot) == 1)
        #expect(bench.network.openSockets == 1)
        #expect(bench.network.send([4], toPort: 5000, from: alice))
        #expect(try bench.read(slot) == [4])
        #expect(try bench.insert(slot, [1]) == 1)
        #expect(try bench.sendUDP(slot) == 1)
        #expect(
            bench.network.datagrams == [
                VirtualDatagram(port: 5000, remote: Endpoint(address: DeviceHarness.outside, port: 4000), bytes: [1])
            ])
        // The same again, and on another port.
        #expect(try bench.startUDP(5000, slot) == 1)
        #expect(try bench.startUDP(5001, slot) == 1)
        #expect(!bench.network.send([4], toPort: 5000, from: alice))
        #expect(bench.network.openSockets == 1)
        // Neither a TCP server nor a TCP client can use the slot.
        #expect(try bench.startServer(80, slot) == 0)
        #expect(try !bench.connect(slot, to: 80))
        #expect(bench.network.send([5], toPort: 5001, from: alice))
    }

    @Test func portsAreTakenOnce() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.startUDP(5000, 1) == 0)
        // TCP and UDP ports are independent.
        #expect(try bench.startServer(5000, 2) == 1)
        #expect(try bench.getSocket() == 1)
        #expect(try bench.stop(0) == 1)
        #expect(try bench.startUDP(5000, 1) == 1)
    }

    @Test func stops() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1], toPort: 5000, from: alice)
        #expect(bench.device.interrupt)
        #expect(try bench.stop(0) == 1)
        #expect(!bench.device.interrupt)
        #expect(bench.network.openSockets == 0)
        // Unread bytes are discarded with the socket.
        #expect(try bench.unread(0) == 0)
        #expect(try bench.startUDP(5002, 0) == 1)
        #expect(try bench.unread(0) == 0)
        #expect(try bench.remote(0) == .unspecified)
        #expect(try bench.sendUDP(9) == 0)
        #expect(try bench.insert(9, [1]) == 0)
    }

    @Test func otherCommandsLeaveItAlone() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1, 2], toPort: 5000, from: alice)
        #expect(try bench.state(0) == 0)
        #expect(try !bench.listens(0))
        #expect(try bench.stopServer(0) == 1)
        #expect(try bench.send(0, [1]) == 0)
        #expect(try bench.unread(0) == 2)
        #expect(bench.device.interrupt)
        #expect(throws: Refused.self) { try bench.sendUDP(10) }
        #expect(throws: Refused.self) { try bench.insert(10, [1]) }
    }

    @Test func namesAreLookedUp() throws {
        let bench = try DeviceHarness()
        bench.network.hosts["peer.example"] = IPv4Address(10, 0, 0, 9)
        let slot = try bench.getSocket()
        #expect(try bench.setDestination(slot, 4000, name: "peer.example"))
        #expect(try bench.remote(slot) == Endpoint(address: IPv4Address(10, 0, 0, 9), port: 4000))
        #expect(try bench.setDestination(slot, 4001, name: "10.0.0.3"))
        #expect(try bench.remote(slot).address == IPv4Address(10, 0, 0, 3))
        // A failed look-up keeps an existing socket.
        #expect(try !bench.setDestination(slot, 4002, name: "nobody.example"))
        #expect(try bench.insert(slot, [1]) == 1)
        #expect(try bench.sendUDP(slot) == 1)
        #expect(bench.network.datagrams.map(\.remote.port) == [4001])
        // A slot without a socket is free again.
        let fresh = try bench.getSocket()
        #expect(try !bench.setDestination(fresh, 4000, name: "nobody.example"))
        #expect(bench.network.openSockets == 1)
        #expect(try bench.getSocket() == fresh)
    }

    @Test func aLookupThatNobodyAnswersEnds() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let start = bench.now
        #expect(try !bench.setDestination(0, 4000, name: "slow.example"))
        #expect(bench.milliseconds(since: start) == 5000)
        #expect(bench.network.openSockets == 0)
    }

    @Test func withoutANetworkNothingIsSent() throws {
        let bench = try DeviceHarness(joined: false)
        bench.network.hosts["peer.example"] = IPv4Address(10, 0, 0, 9)
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, [1]) == 1)
        #expect(try bench.sendUDP(0) == 0)
        #expect(try !bench.setDestination(1, 4000, name: "peer.example"))
        #expect(bench.network.datagrams.isEmpty)
        try bench.join()
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, [2]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[2]])
        let free = try DeviceHarness(joined: false) { $0.allowsSocketsWithoutJoin = true }
        #expect(try free.setDestination(0, 4000))
        #expect(try free.insert(0, [1]) == 1)
        #expect(try free.sendUDP(0) == 1)
    }

    @Test func groupsAreJoined() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startMulticast(DeviceHarness.multicast, 3200, 0) == 1)
        #expect(try !bench.listens(0))
        #expect(!bench.network.send([1], toPort: 3200, group: IPv4Address(224, 0, 0, 1), from: alice))
        #expect(!bench.device.interrupt)
        #expect(bench.network.send([2], toPort: 3200, group: DeviceHarness.multicast, from: alice))
        #expect(bench.device.interrupt)
        #expect(try bench.read(0) == [2])
        // Datagrams to the port itself arrive too.
        #expect(bench.network.send([3], toPort: 3200, from: bob))
        #expect(try bench.unread(0) == 1)
        #expect(try bench.remote(0) == bob)
    }

    @Test func aResetClosesAll() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1], toPort: 5000, from: alice)
        bench.reset()
        #expect(bench.network.openSockets == 0)
        #expect(!bench.device.interrupt)
    }
}
