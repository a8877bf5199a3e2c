import Glibc
import LinuxIO
import NINATransport
import NINAWire
import TestPeers
import WiFiNINA

/// Bus bytes per KB of bulk data, and the rate they allow at 8 MHz.
func bytesTest(_ wires: Wires) throws {
    let session = try Session(wires)
    let wifi = session.wifi
    let count = 1 << 20
    let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 8)
    let port = try TCPSocket.localEndpoint(listener.rawValue).port
    var client = WiFiClient(wifi)
    try client.connect(.loopback, port: port)
    _ = try DescriptorWait.wait(
        listener.rawValue, for: .readable, deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
    let connection = try TCPSocket.accept(listener.rawValue)
    guard let connection else { throw Unexpected("no connection") }
    let peer = Owned(try TCPPeer(accepted: connection.takeDescriptor()))
    let payload = pattern(3, count: count)
    let arrived = SharedResults<Bool>(1)

    var (bytes, commands, start) = (session.link.bytesClocked, wifi.commandCount, MonotonicClock.nanoseconds())
    func figures(_ what: String) {
        let clocked = session.link.bytesClocked - bytes
        let throughput = 8_000_000 / 8 * count / clocked / 1000
        let perKB = clocked * 10_240 / count
        let milliseconds = (MonotonicClock.nanoseconds() - start) / 1_000_000
        tell(
            "\(what): \(perKB / 10).\(perKB % 10) bytes clocked per KB in \(wifi.commandCount - commands) commands for \(count >> 10) KB, which allows \(throughput) KB/s of the 1000 that 8 MHz carry; here \(milliseconds) ms"
        )
        expect(throughput > 900, "\(what): only \(throughput) KB/s at 8 MHz")
    }
    try DetachedThread.start { arrived.set(0, Result { try peer.value.read(count) == payload }) }
    try client.writeAll(payload)
    figures("written")
    expect(try arrived.wait()[0].get(), "wrong bytes")

    // Fill the module's buffers before the first read.
    try DetachedThread.start { try? peer.value.send(payload) }
    try wifi.delay(.milliseconds(200))
    (bytes, commands, start) = (session.link.bytesClocked, wifi.commandCount, MonotonicClock.nanoseconds())
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while received.count < count, try client.waitForBytes(.seconds(10)) > 0 {
        let got = try client.read(into: &buffer)
        received += buffer[..<got]
    }
    figures("read")
    expect(received == payload, "wrong bytes")
    try session.expectGoodWires()
}

/// A peer that is handed to another thread.
private final class Owned: @unchecked Sendable {
    let value: TCPPeer
    init(_ value: TCPPeer) { self.value = value }
}

/// Status commands between two calls of getppid, so that a tracer can count their system calls.
func statusLoop(_ wires: Wires) throws {
    let session = try Session(wires)
    let count = Environment.value("NINA_COMMANDS").flatMap { Int($0) } ?? 0
    expect(try session.wifi.status() == .connected, "unexpected status")
    _ = getppid()
    for _ in 0..<count { _ = try session.wifi.status() }
    _ = getppid()
    expect(try session.wifi.status() == .connected, "unexpected status")
    try session.expectGoodWires()
}
