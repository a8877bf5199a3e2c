import LinuxIO
import NINALink
import NINAWire
import TestPeers
import WiFiNINA

/// The four problems of the mission, over SPI.
func serversTest(_ wires: Wires) throws {
    for family in SocketFamily.allCases { try twoConnections(wires, family) }
    try eightClients(wires)
}

/// A browser opens two connections at once and sends a request on the first only.
private func twoConnections(_ wires: Wires, _ family: SocketFamily) throws {
    let session = try Session(wires)
    let wifi = session.wifi
    let server = WiFiServer(wifi, port: 80, family: family)
    try server.begin()
    let address = try wifi.localIP()
    let first = try TCPPeer(address, port: 80)
    let second = try TCPPeer(address, port: 80)
    let longest = max(first.connectNanoseconds, second.connectNanoseconds) / 1000
    expect(longest < 50_000, "connecting took \(longest) us")
    expect(try wifi.waitForActivity(.seconds(10)), "no client connected")
    let one = try require(try server.accept(), "no first client")
    let two = try require(try server.accept(), "no second client")
    expect(try server.accept() == nil, "a third client")
    expect(try one.remotePort() == first.port && two.remotePort() == second.port, "the order is wrong")

    try first.send(Array("ping".utf8))
    expect(try one.waitForBytes(.seconds(10)) == 4, "the bytes did not arrive")
    expect(try one.read(100) == Array("ping".utf8), "wrong bytes")
    try one.writeAll(Array("pong".utf8))
    expect(try first.read(4) == Array("pong".utf8), "wrong bytes")
    let silence = wifi.now.advanced(by: isLong ? .seconds(5) : .milliseconds(500))
    while wifi.now < silence { expect(try !wifi.waitForActivity(.milliseconds(100)), "unexpected activity") }
    expect(try two.available() == 0 && two.connected(), "the silent one has bytes, or has gone")
    try second.send(Array("late".utf8))
    expect(try two.waitForBytes(.seconds(10)) == 4, "the bytes did not arrive")
    expect(try two.read(100) == Array("late".utf8) && one.connected(), "wrong bytes")

    // available() is nil until bytes arrive, then the same client until it is drained, the library's buffer included.
    let third = try TCPPeer(address, port: 80)
    expect(try wifi.waitForActivity(.seconds(10)), "no client connected")
    expect(try server.available() == nil, "a client without bytes")
    try third.send(Array("GET".utf8))
    let deadline = wifi.now.advanced(by: .seconds(10))
    var client: WiFiClient?
    while client == nil, wifi.now < deadline { client = try server.available() }
    let found = try require(client, "no client with bytes")
    expect(try found.remotePort() == third.port && server.available() == found, "the wrong client")
    expect(try found.read() == UInt8(ascii: "G") && server.available() == found, "the wrong client")
    expect(try found.read(100) == Array("ET".utf8) && server.available() == nil, "a drained client")
    tell("S0 over spi, \(family): both connected within \(longest) us, each handed out once")
    try session.expectGoodWires()
}

/// Eight clients send and receive the same amount at once; every byte arrives in order.
private func eightClients(_ wires: Wires) throws {
    let clients = 8
    let bytesEach = isLong ? 2 << 20 : 64 << 10
    let seed = Environment.value("NINA_TEST_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)
    var random = SplitMix64(seed: seed)
    let session = try Session(wires)
    let wifi = session.wifi
    let server = WiFiServer(wifi, port: 80)
    try server.begin()
    let address = try wifi.localIP()
    let exchanges = try Exchanges(clients, to: address, port: 80, bytesEach: bytesEach, random: &random)
    let sketch = AnsweringSketch(
        wifi, server, ports: try exchanges.ports.wait().map { try $0.get() }, answers: exchanges.answers,
        sent: exchanges.sent, random: random)
    let commandsBefore = wifi.commandCount
    let start = MonotonicClock.nanoseconds()
    try sketch.run(bytesEach: bytesEach)
    let nanoseconds = MonotonicClock.nanoseconds() - start
    for (index, result) in try exchanges.received.wait().enumerated() {
        expect(
            sketch.received[index] == StreamHash(exchanges.questions[index]), "what client \(index) sent, seed \(seed)")
        expect(try result.get() == StreamHash(exchanges.answers[index]), "what client \(index) was sent, seed \(seed)")
    }
    expect(try server.available() == nil, "a stray byte")
    let limit = Fairness.limit(clients: clients, longestRead: AnsweringSketch.longestRead)
    expect(
        sketch.fairness.mostBytes <= limit,
        "a client with bytes waited for \(sketch.fairness.mostBytes) bytes of others")
    let commands = wifi.commandCount - commandsBefore
    tell(
        "S1 over spi: \(2 * clients * bytesEach >> 10) KB in \(nanoseconds / 1_000_000) ms and \(commands) commands, 16 hashes equal, a client with bytes waited for at most \(sketch.fairness.mostBytes) bytes of others"
    )
    try session.expectGoodWires()
}
