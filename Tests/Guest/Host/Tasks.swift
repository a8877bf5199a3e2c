import LinuxIO
import NINALink
import NINATransport
import NINAWire
import TestPeers
import WiFiNINA

/// `WiFiModule` over SPI: several tasks at once, and none waits long.
func tasksTest(_ wires: Wires) async throws {
    try descriptorTellsOfInterrupts(wires)
    let emulator = try AttachedEmulator()
    let module = WiFiModule(on: try wires.transport.openThread())
    try await module.begin("lab-net", passphrase: "correct-horse")
    let address = try await module.localIP()
    let echo = try EchoPeer()
    let echoPort = echo.port
    let server = try await module.listen(port: 8007)
    let serving = Task {
        try await server.serve { client in
            while case let bytes = try await client.read(), !bytes.isEmpty { try await client.writeAll(bytes) }
        }
    }

    try await roundTrips(address)

    let bytesEach = 40_000
    let start = MonotonicClock.nanoseconds()
    let hashes = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<4 {
            // Clients outside, of the module's server.
            group.addTask {
                let bytes = pattern(number, count: bytesEach)
                let came = try await inThread {
                    let peer = try TCPPeer(address, port: 8007)
                    let came = try peer.exchange(
                        bytes, receiving: bytes.count, random: SplitMix64(seed: UInt64(number)), endsStream: true)
                    return came + (try peer.read())
                }
                return came == bytes
            }
            // The module's own clients, each read in one task and written in another.
            group.addTask {
                let bytes = pattern(number + 4, count: bytesEach)
                let client = try await module.connect(to: .loopback, port: echoPort)
                async let writing: Void = client.writeAll(bytes)
                var came: [UInt8] = []
                while came.count < bytes.count {
                    let piece = try await client.read(timeout: .seconds(20))
                    guard !piece.isEmpty else { break }
                    came += piece
                }
                try await writing
                await client.close()
                return came == bytes
            }
        }
        return try await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    let milliseconds = (MonotonicClock.nanoseconds() - start) / 1_000_000
    expect(hashes == Array(repeating: true, count: 8), "wrong bytes: \(hashes)")
    serving.cancel()
    do {
        try await serving.value
        expect(false, "the server has ended by itself")
    } catch { expect(error as? WiFiError == .cancelled, "the server has ended: \(error)") }
    let waiting = await module.waitingTasks
    expect(waiting == 0, "\(waiting) tasks wait")
    tell("8 tasks over spi: \(16 * bytesEach / 1000) KB there and back in \(milliseconds) ms, every byte right")
    await module.close()
    echo.end()
    emulator.kill()
}

/// The link's descriptor becomes readable once for each rise of IRQ.
private func descriptorTellsOfInterrupts(_ wires: Wires) throws {
    let session = try Session(wires)
    let server = WiFiServer(session.wifi, port: 8008)
    try server.begin()
    let address = try session.wifi.localIP()
    let descriptor = try require(session.link.activityDescriptor, "the link has no descriptor")
    func isReadable(within milliseconds: UInt64) throws -> Bool {
        let deadline = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        return try !DescriptorWait.wait(descriptor, for: .readable, deadline: deadline).isEmpty
    }
    let past = MonotonicInstant(nanoseconds: 0)
    expect(try !session.link.waitForInterrupt(until: past), "IRQ is high")
    for _ in 0..<3 {
        expect(try !isReadable(within: 20), "the descriptor is readable without an event")
        let peer = try TCPPeer(address, port: 8008)
        expect(try isReadable(within: 5000), "the descriptor does not report IRQ")
        expect(try session.link.waitForInterrupt(until: past), "IRQ is low")
        expect(try !isReadable(within: 20), "the descriptor reports the same event again")
        try require(try server.accept(), "no client").stop()
        peer.close()
    }
}

/// The latency of a task that waits for bytes; it depends on the machine.
private func roundTrips(_ address: IPv4Address) async throws {
    let times = try await inThread {
        let peer = try TCPPeer(address, port: 8007)
        return try (0..<21).map { _ in
            // Without IRQ the module is polled every 50 ms: the last poll has just ended.
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + 55_000_000)
            let start = MonotonicClock.nanoseconds()
            try peer.send([1, 2, 3])
            guard try peer.read(3) == [1, 2, 3] else { throw Unexpected("wrong bytes") }
            return (MonotonicClock.nanoseconds() - start) / 1000
        }
    }.sorted()
    tell(
        "a byte there and back through a task that waits: \(times[5]) us for a quarter, \(times[10]) us for half of them"
    )
}
