import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// The coprocessor answered with its error frame.
struct Refused: Error {}
/// An invalid reply.
struct BadReply: Error {}

/// A coprocessor, its network in memory and a clock controlled by the test. Commands are windows of plain bytes,
/// written and read without the library's codec.
final class DeviceHarness {
    let network = VirtualNetwork()
    let device: Coprocessor
    var now = MonotonicInstant(nanoseconds: 1_000_000) { didSet { network.now = now } }

    /// - Parameters:
    ///   - storage: gives the device files and preferences.
    ///   - engine: for TLS connections.
    ///   - bluetooth: the controller.
    init(
        joined: Bool = true, storage: (any Storage)? = nil, engine: (any TLSEngine)? = nil,
        bluetooth: (any BluetoothController)? = nil, _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var configuration = Configuration()
        change(&configuration)
        device = Coprocessor(
            configuration, network: network, tls: engine, storage: storage, bluetooth: bluetooth)
        #expect(device.boot(bluetooth: false, at: now))
        if joined { try join() }
    }

    func join() throws {
        _ = try exchange(Self.window(0x11, [Array("lab-net".utf8), Array("correct-horse".utf8)]))
        pass(.milliseconds(30))
        _ = try exchange([0xE0, 0x20, 0x00, 0xEE])
        #expect(device.device.station.radio.status == .connected)
    }

    // MARK: Time

    /// Advances the clock, stopping at each deadline of the device.
    func pass(_ time: Duration) {
        let end = now.advanced(by: time)
        while let next = device.nextDeadline, next > now, next <= end {
            now = next
            device.advance(to: now)
        }
        now = end
        device.advance(to: now)
    }

    func milliseconds(since start: MonotonicInstant) -> UInt64 { now.nanoseconds(since: start) / 1_000_000 }

    // MARK: Windows

    static func window(_ opcode: UInt8, _ parameters: [[UInt8]]) -> [UInt8] {
        var window: [UInt8] = [0xE0, opcode, UInt8(parameters.count)]
        for parameter in parameters {
            if opcode == 0x44 || opcode == 0x45 { window.append(UInt8(parameter.count >> 8)) }
            window.append(UInt8(parameter.count & 0xFF))
            window += parameter
        }
        window.append(0xEE)
        while window.count % 4 != 0 { window.append(0xFF) }
        return window
    }

    /// Runs a window; nil while there is no reply.
    func start(_ window: [UInt8]) -> [UInt8]? {
        var reply: [UInt8] = []
        return device.run(window[...], reply: &reply, at: now) ? reply : nil
    }

    func finish() -> [UInt8]? {
        var reply: [UInt8] = []
        return device.finish(into: &reply, at: now) ? reply : nil
    }

    /// Runs a window and advances the time until it is answered.
    func exchange(_ window: [UInt8]) throws -> [UInt8] {
        var reply = start(window)
        var rounds = Rounds(100_000)
        while reply == nil, rounds.next() {
            reply = finish()
            guard reply == nil else { break }
            now = max(now, try #require(device.nextDeadline, "no deadline would end this wait"))
            device.advance(to: now)
        }
        return try #require(reply)
    }

    /// The parameters of the reply to a command.
    func ask(_ opcode: UInt8, _ parameters: [UInt8]...) throws -> [[UInt8]] {
        try Self.parameters(of: exchange(Self.window(opcode, parameters)), opcode)
    }

    /// The only parameter of the reply, as a little-endian number.
    func byte(_ opcode: UInt8, _ parameters: [UInt8]...) throws -> Int {
        try Self.number(Self.parameters(of: exchange(Self.window(opcode, parameters)), opcode))
    }

    static func number(_ parameters: [[UInt8]]) throws -> Int {
        guard parameters.count == 1 else { throw BadReply() }
        return parameters[0].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    static func parameters(of reply: [UInt8], _ opcode: UInt8) throws -> [[UInt8]] {
        if reply == [0xEF, 0x00, 0xEE, 0x00] { throw Refused() }
        guard reply.count % 4 == 0, reply.count >= 4, reply[0] == 0xE0, reply[1] == opcode | 0x80 else {
            throw BadReply()
        }
        var parameters: [[UInt8]] = []
        var position = 3
        for _ in 0..<reply[2] {
            var length = Int(reply[position])
            position += 1
            if opcode == 0x45 {
                length = length << 8 | Int(reply[position])
                position += 1
            }
            parameters.append(Array(reply[position..<position + length]))
            position += length
        }
        guard reply[position] == 0xEE, reply.count - position <= 4 else { throw BadReply() }
        return parameters
    }

    // MARK: Commands

    func getSocket() throws -> Int { try byte(0x3F) }

    func startServer(_ port: UInt16, _ slot: Int, type: UInt8 = 0) throws -> Int {
        try byte(0x28, [UInt8(port >> 8), UInt8(port & 0xFF)], [UInt8(slot)], [type])
    }

    func stopServer(_ slot: Int) throws -> Int { try byte(0x38, [UInt8(slot)]) }
    func listens(_ slot: Int) throws -> Bool { try byte(0x29, [UInt8(slot)]) == 1 }
    func available(_ slot: Int) throws -> Int { try byte(0x2B, [UInt8(slot)], [0]) }
    func accept(_ slot: Int) throws -> Int { try byte(0x2B, [UInt8(slot)], [1]) }
    func unread(_ slot: Int) throws -> Int { try byte(0x2B, [UInt8(slot)]) }
    func state(_ slot: Int) throws -> Int { try byte(0x2F, [UInt8(slot)]) }
    func stop(_ slot: Int) throws -> Int { try byte(0x2E, [UInt8(slot)]) }
    func send(_ slot: Int, _ data: [UInt8]) throws -> Int { try byte(0x44, [UInt8(slot)], data) }

    func read(_ slot: Int, _ size: Int = 4086) throws -> [UInt8] {
        let reply = try ask(0x45, [UInt8(slot)], [UInt8(size & 0xFF), UInt8(size >> 8)])
        guard reply.count == 1 else { throw BadReply() }
        return reply[0]
    }

    func remotePort(_ slot: Int) throws -> UInt16 {
        let reply = try ask(0x3A, [UInt8(slot)])
        guard reply.count == 2, reply[1].count == 2 else { throw BadReply() }
        return UInt16(reply[1][0]) << 8 | UInt16(reply[1][1])
    }

    static let outside = IPv4Address(10, 0, 0, 1)

    static func connectWindow(
        _ slot: Int, to port: UInt16, name: String? = nil, milliseconds: UInt16? = nil, type: UInt8 = 0
    ) -> [UInt8] {
        var parameters: [[UInt8]] = [[10, 0, 0, 1], [UInt8(port >> 8), UInt8(port & 0xFF)], [UInt8(slot)], [type]]
        if name != nil || milliseconds != nil { parameters.insert(Array((name ?? "").utf8), at: 0) }
        if let milliseconds { parameters.append([UInt8(milliseconds >> 8), UInt8(milliseconds & 0xFF)]) }
        return window(0x2D, parameters)
    }

    /// START_CLIENT; true when it has connected.
    func connect(_ slot: Int, to port: UInt16, name: String? = nil, milliseconds: UInt16? = nil) throws -> Bool {
        let reply = try exchange(Self.connectWindow(slot, to: port, name: name, milliseconds: milliseconds))
        return try Self.parameters(of: reply, 0x2D) == [[1]]
    }

    /// Starts a server on the lowest free slot.
    func server(_ port: UInt16 = 80) throws -> Int {
        let slot = try getSocket()
        #expect(try startServer(port, slot) == 1)
        return slot
    }

    /// An accepted client, and its peer.
    func acceptedClient(_ server: Int, _ port: UInt16 = 80) throws -> (Int, VirtualPeer) {
        let peer = try #require(network.connect(to: port))
        let slot = try accept(server)
        #expect(slot < device.configuration.slotCount)
        return (slot, peer)
    }
}
