import CAllocationCounter
import NINACoprocessor
import NINALink
import NINAWire
import WiFiNINA

/// Counts the allocations of commands in steady state: encoding, both halves of the link, dispatch, decoding.
struct AllocationTests {
    /// The tests by name.
    static var all: [(name: String, body: (Self) throws -> Void)] {
        [
            ("the counter counts", { _ in theCounterCounts() }),
            ("a status command allocates nothing", { try $0.aStatusCommandAllocatesNothing() }),
            ("addresses allocate nothing", { try $0.addressesAllocateNothing() }),
            ("a bulk transfer allocates nothing", { try $0.bulkTransferAllocatesNothing() }),
            ("asking a server allocates nothing", { try $0.askingAServerAllocatesNothing() }),
            ("a bulk transfer over BSD sockets allocates nothing", { try $0.bulkTransferAllocatesNothing(over: .bsd) }),
            ("asking a server of BSD sockets allocates nothing", { try $0.askingAServerAllocatesNothing(over: .bsd) }),
        ]
    }

    private let network = QuietNetwork()
    private let wifi: WiFi
    private static let commands = 1000

    init() throws {
        wifi = WiFi(link: try MessageLink.loopback(to: Coprocessor(network: network)))
        try wifi.begin("lab-net", passphrase: "correct-horse")
    }

    /// The allocations of 1000 calls, after as many that warm up caches and buffers.
    private func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
        for _ in 0..<Self.commands { try body() }
        let before = allocations_of_this_thread()
        for _ in 0..<Self.commands { try body() }
        let count = allocations_of_this_thread() - before
        print("allocations per call: \(Double(count) / Double(Self.commands))")
        return count
    }

    private static func theCounterCounts() {
        let before = allocations_of_this_thread()
        var arrays: [[Int]] = []
        for count in 1...10 { arrays.append(Array(repeating: count, count: count)) }
        expect(allocations_of_this_thread() - before >= 10)
        expect(arrays.count == 10)
    }

    private func aStatusCommandAllocatesNothing() throws {
        expect(try allocations { _ = try wifi.status() } == 0)
    }

    private func addressesAllocateNothing() throws {
        expect(try allocations { _ = try wifi.localIP() } == 0)
        expect(try allocations { _ = try wifi.rssi() } == 0)
    }

    private func bulkTransferAllocatesNothing(over family: SocketFamily = .classic) throws {
        wifi.socketFamily = family
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        network.queueConnection()
        guard let client = try server.accept() else { return expect(false) }
        let output = [UInt8](repeating: 1, count: Frame.longestSend)
        expect(try allocations { _ = try client.write(output) } == 0)
        var input = [UInt8](repeating: 0, count: Frame.longestReceive)
        expect(try allocations { _ = try client.read(into: &input) } == 0)
        expect(input[0] == 7)
    }

    private func askingAServerAllocatesNothing(over family: SocketFamily = .classic) throws {
        wifi.socketFamily = family
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        expect(try allocations { _ = try server.accept() } == 0)
        expect(try allocations { _ = try server.available() } == 0)
    }
}

/// A network whose connections accept everything and always have bytes; it does not allocate.
private final class QuietNetwork: Network {
    weak var observer: (any NetworkObserver)?
    let now = MonotonicInstant(nanoseconds: 0)
    let ownAddress = IPv4Address(127, 1, 0, 1)
    private var queued = 0
    private var listener = NetworkSocket.invalid
    private var sockets: UInt32 = 0

    private func next() -> NetworkSocket {
        sockets += 1
        return NetworkSocket(rawValue: sockets)
    }

    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        listener = next()
        return .success(listener)
    }

    /// Queues a connection on the listener that was opened last.
    func queueConnection() {
        queued += 1
        observer?.networkEvent(.pending(listener))
    }

    func hasPendingConnection(_ listener: NetworkSocket) -> Bool { false }
    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        guard queued > 0 else { return .success(nil) }
        queued -= 1
        return .success((next(), Endpoint(address: IPv4Address(10, 0, 0, 1), port: 7)))
    }
    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) {}

    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> { .failure(.refused) }
    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? { bytes.count }
    func notifyWhenWritable(_ socket: NetworkSocket) {}
    func notifyWhenReadable(_ socket: NetworkSocket) {}
    func receive(_ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome {
        for index in 0..<limit { buffer[index] = 7 }
        return .received(limit)
    }
    func readableBytes(_ socket: NetworkSocket) -> Int { 100_000 }
    func isOpen(_ socket: NetworkSocket) -> Bool { true }
    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {}
    func abort(_ socket: NetworkSocket) {}
    func resolve(_ name: ArraySlice<UInt8>, token: UInt32) {}
    func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure> { .success(next()) }
    func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool { true }
    func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)? { nil }
    func closeDatagram(_ socket: NetworkSocket) {}
    func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32) {}
    func closeAll() {}
}
