import Foundation
import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import TestSupport
import Testing

/// A real process that received thousands of hostile frames has not grown, and still serves the same host.
@Suite(.serialized, .timeLimit(.minutes(60))) struct HostileProcessTests {
    /// Frames for each profile: 3,000, or NINA_FUZZ_ROUNDS.
    private let rounds =
        ProcessInfo.processInfo.environment["NINA_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 3_000

    @Test(arguments: [Firmware.modern, .arduino200, .adafruit330])
    func aProcessOutlivesHostileFrames(_ firmware: Firmware) throws {
        let profile = "\(firmware.name)"
        let emulator = try EmulatorUnderTest([
            "--firmware", profile, "--wifi-delay", "0", "--log-level", "error",
        ])
        let pid = emulator.child.pid
        let host = try HostileHost(path: emulator.socketPath, seed: testSeed(), firmware: firmware)
        #expect(try host.link.reset())
        // The storage is opened at its first use.
        _ = try host.link.exchange(Array(hex: "E0610304 00000000 04 01000000 05 '/fs/x' EE"), seconds: 10)
        let descriptors = try Self.openDescriptors(pid)
        try host.attack(rounds: rounds / 3)
        let warm = try #require(ProcessTimes.residentBytes(pid: pid))
        try host.attack(rounds: rounds - rounds / 3)
        let grown = try #require(ProcessTimes.residentBytes(pid: pid)) - warm
        let mebibyte = 1 << 20
        print(
            "\(profile): \(rounds) hostile frames, \(host.answers) answered, \(host.resets) ended by RESET;",
            "\(warm / mebibyte) MiB resident when warm, grown by \(grown / 1024) KiB")
        #expect(grown < 32 * mebibyte)
        #expect(host.answers > rounds / 5)
        #expect(try emulator.child.wait(timeoutNanoseconds: 0) == nil, "the process has ended")
        #expect(emulator.logText == "")

        // The same coprocessor, without a reset.
        try host.clear()
        try host.link.join()
        try exchangeData(host.link, mayHaveServers: firmware.quirks.contains(.stopLeavesServers))

        #expect(try host.link.reset())
        // Lingering sockets and look-ups that are under way have descriptors for up to a minute.
        let limit = RawLink.after(90)
        while try Self.openDescriptors(pid) != descriptors, RawLink.after(0) < limit { try pause(milliseconds: 50) }
        #expect(try Self.openDescriptors(pid) == descriptors)
        try host.link.join()
        try exchangeData(host.link)
        #expect(try emulator.end() == .exited(0))
    }

    private static func openDescriptors(_ pid: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// Exchanges data with an external echo server.
    /// - Parameter mayHaveServers: servers that no command can reach may use all of lwip's sockets; or one has kept the slot,
    ///   and takes what is sent there.
    private func exchangeData(_ link: RawLink, mayHaveServers: Bool = false) throws {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let slot = try link.run(GetSocket()).socket
        if mayHaveServers, try link.run(GetStateTCP(socket: slot)).value != 0 { return }
        var command = StartClient()
        command.address = .loopback
        command.port = try TCPSocket.localEndpoint(listener.rawValue).port
        command.socket = slot
        let isConnected = try link.run(command).isConnected
        if !isConnected, mayHaveServers { return }
        try #require(isConnected)
        guard let connection = try TCPSocket.accept(listener.rawValue) else { throw LinuxError("accept", .wouldBlock) }
        let peer = try TCPPeer(accepted: connection.takeDescriptor())
        let bytes = pattern(1, count: 1000)
        #expect(try link.run(SendData(socket: slot, data: bytes[...])).count == 1000)
        try peer.send(try peer.read(1000).reversed())
        var received: [UInt8] = []
        let limit = RawLink.after(10)
        while received.count < 1000, RawLink.after(0) < limit {
            received += try link.run(GetDatabuf(socket: slot, size: 1000)).data
        }
        #expect(received == bytes.reversed())
        _ = try link.run(StopClient(socket: slot))
    }
}
