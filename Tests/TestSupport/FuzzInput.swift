import NINACoprocessor
import NINALink
import NINAWire

/// A fuzzer's bytes, played as a session: command windows for a device, and external events.
///
/// The first byte selects the profile; its highest bit enables logging of every command, the next one gives the device
/// a server, a client with unread bytes and a datagram before the session starts. Then each step starts with a byte n:
/// 1 to 239 is a window of n bytes, 240 to 255 one of (n - 239) * 256 bytes, and 0 is an external event given by the
/// next two bytes. The last step may be truncated.
public struct FuzzInput {
    private var rest: ArraySlice<UInt8>
    private let firmware: Firmware
    private let host: WindowHost
    private var outside: [Outsider] = []
    private var breaches: [String] = []

    private struct Outsider {
        var peer: VirtualPeer
        var sent = 0
    }

    private init(_ bytes: ArraySlice<UInt8>) throws {
        rest = bytes
        let profile = Int(rest.popFirst() ?? 0)
        firmware = Firmware.all[profile % Firmware.all.count]
        var configuration = Configuration()
        configuration.firmware = firmware
        host = try WindowHost(configuration)
        if profile >= 0x80 {
            host.device.logLevel = .debug
            host.device.log = { _, _ in }
        }
        host.network.capacity = 8 * 1024
        let listener = Endpoint(address: IPv4Address(10, 0, 0, 1), port: 7)
        host.network.hosts["example.com"] = listener.address
        _ = host.network.listen(at: listener)
    }

    /// Plays an input to its end.
    /// - Returns: the errors of the device or the reader; there must never be any.
    public static func play(_ bytes: ArraySlice<UInt8>) throws -> [String] {
        var input = try FuzzInput(bytes)
        try input.join()
        if bytes.first.map({ $0 & 0x40 != 0 }) == true { try input.furnish() }
        while let step = input.rest.popFirst() {
            if step == 0 {
                try input.act()
            } else {
                try input.exchange(input.take(step < 240 ? Int(step) : (Int(step) - 239) * 256))
            }
        }
        try input.finish()
        return input.breaches + input.host.breaches
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private func join() throws {
        _ = try host.run(SetPassphrase(ssid: "lab-net".bytes, passphrase: "correct-horse".bytes))
        try host.pass(.milliseconds(50))
    }

    /// Sets up a server on slot 0 with a client on slot 1, and a datagram on slot 2.
    private mutating func furnish() throws {
        _ = try host.run(StartServer(port: 80, socket: SocketNumber(rawValue: 0), type: .tcp))
        _ = try host.run(StartServer(port: 5000, socket: SocketNumber(rawValue: 2), type: .udp))
        if let peer = host.network.connect(to: 80) { outside.append(Outsider(peer: peer)) }
        send(action: 0, count: 1000)
        sendDatagram(5000, count: 100)
        try host.update()
        _ = try host.run(AvailData(socket: SocketNumber(rawValue: 0), accept: true))
    }

    private mutating func exchange(_ window: ArraySlice<UInt8>) throws {
        guard !window.isEmpty else { return }
        let reply = try host.exchange(window)
        let number = window.dropFirst().first ?? 0
        guard let opcode = Opcode(byte: number & ~Frame.replyBit, family: firmware.family) else { return }
        var reading = StrictReading(window: window, reply: reply[...])
        // Some firmware answers these with bytes that are not a frame, or whose length byte covers only a part.
        let isNoFrame =
            opcode == .writeFile && firmware.quirks.contains(.writeReplyEchoesCount)
            || opcode == .readFile && firmware.quirks.contains(.readsAnswerCount)
        if !isNoFrame, !opcode.accept(&reading) {
            breaches.append("a host cannot read the reply to \(window.hex): \(reply.hex)")
        }
    }

    // MARK: External events

    private mutating func act() throws {
        let action = rest.popFirst() ?? 0
        let value = rest.popFirst() ?? 0
        let port = UInt16(value) | UInt16(action & 0xF0) << 4
        switch action & 15 {
        case 0...3:
            // Most servers of recorded sessions are on port 80.
            if let peer = host.network.connect(to: value < 0x40 ? 80 : port) { outside.append(Outsider(peer: peer)) }
        case 4...6: send(action: action, count: Int(action >> 4) << 6)
        case 7: withPeer(value) { _ = $0.peer.read() }
        case 8: withPeer(value) { $0.peer.finish() }
        case 9: withPeer(value) { $0.peer.reset() }
        case 10, 11: sendDatagram(value < 0x40 ? 5000 : port, count: Int(value) * 6)
        case 12...14: try host.pass(.milliseconds(Int64(value) * 16))
        default: try reset()
        }
        try host.update()
    }

    private mutating func withPeer(_ value: UInt8, _ body: (inout Outsider) -> Void) {
        guard !outside.isEmpty else { return }
        body(&outside[Int(value) % outside.count])
    }

    /// Firmware may hang when there are more unread bytes than a reply holds, so it never gets that many.
    private mutating func send(action: UInt8, count: Int) {
        let stalls = firmware.quirks.contains(.oversizedReplyStalls)
        withPeer(action) { outsider in
            guard outsider.sent + count < (stalls ? 4000 : 64_000) else { return }
            outsider.sent += count
            outsider.peer.send(Array(repeating: action, count: count))
        }
    }

    private func sendDatagram(_ port: UInt16, count: Int) {
        let bytes = [UInt8](repeating: 0x55, count: min(count, 1472))
        host.network.send(bytes, toPort: port, from: Endpoint(address: IPv4Address(10, 0, 0, 2), port: 5000))
    }

    private mutating func reset() throws {
        host.device.halt(at: host.now)
        if host.network.openSockets != 0 { breaches.append("\(host.network.openSockets) sockets outlive a reset") }
        if !host.device.boot(bluetooth: false, at: host.now) { breaches.append("it does not boot") }
    }

    /// Afterwards the device must start with fresh state, and a session must work.
    private mutating func finish() throws {
        try reset()
        try host.update()
        try join()
        let version = try host.run(GetFwVersion()).version
        if version.isEmpty { breaches.append("no version") }
        if try host.run(GetConnStatus()).status != .connected { breaches.append("it does not join any more") }
    }
}

/// Reads a window as if it were a reply, which may only throw; and reads the device's reply to a command that a strict
/// reader accepts, which must succeed.
private struct StrictReading: CommandVisitor {
    let window: ArraySlice<UInt8>
    let reply: ArraySlice<UInt8>

    mutating func visit<C: Command>(_ command: C.Type) -> Bool {
        if window.count > 1 {
            var hostile = Array(window)
            hostile[1] = C.opcode.replyByte
            _ = try? FrameReader.reply(to: command, in: hostile[...])
        }
        guard reply.first == Frame.start, (try? FrameReader.command(command, in: window)) != nil else { return true }
        return (try? FrameReader.reply(to: command, in: reply)) != nil
    }
}
