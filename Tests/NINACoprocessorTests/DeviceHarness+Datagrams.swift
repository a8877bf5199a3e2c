import NINAWire
import Testing

@testable import NINACoprocessor

// Datagram commands, as windows of plain bytes.

extension DeviceHarness {
    static let multicast = IPv4Address(224, 0, 1, 129)

    /// A command window whose parameters have two-byte lengths.
    static func wideWindow(_ opcode: UInt8, _ parameters: [[UInt8]]) -> [UInt8] {
        var window: [UInt8] = [0xE0, opcode, UInt8(parameters.count)]
        for parameter in parameters {
            window += [UInt8(parameter.count >> 8), UInt8(parameter.count & 0xFF)] + parameter
        }
        window.append(0xEE)
        while window.count % 4 != 0 { window.append(0xFF) }
        return window
    }

    /// The only parameter of the reply to such a command.
    func wideByte(_ opcode: UInt8, _ parameters: [UInt8]...) throws -> Int {
        try Self.number(Self.parameters(of: exchange(Self.wideWindow(opcode, parameters)), opcode))
    }

    func startUDP(_ port: UInt16, _ slot: Int) throws -> Int { try startServer(port, slot, type: 1) }

    func startMulticast(_ group: IPv4Address, _ port: UInt16, _ slot: Int) throws -> Int {
        try byte(0x28, Self.octets(group), [UInt8(port >> 8), UInt8(port & 0xFF)], [UInt8(slot)], [3])
    }

    static func octets(_ address: IPv4Address) -> [UInt8] {
        (0..<4).map { UInt8(address.rawValue >> (24 - 8 * $0) & 0xFF) }
    }

    /// START_CLIENT for UDP to 10.0.0.1 or to a name; true when it succeeded.
    func setDestination(_ slot: Int, _ port: UInt16, name: String? = nil) throws -> Bool {
        let reply = try exchange(Self.connectWindow(slot, to: port, name: name, type: 1))
        return try Self.parameters(of: reply, 0x2D) == [[1]]
    }

    func insert(_ slot: Int, _ data: [UInt8]) throws -> Int { try wideByte(0x46, [UInt8(slot)], data) }
    func sendUDP(_ slot: Int) throws -> Int { try byte(0x39, [UInt8(slot)]) }
    func getData(_ slot: Int, peek: Bool = false) throws -> Int { try byte(0x2C, [UInt8(slot)], [peek ? 1 : 0]) }

    /// The endpoint that GET_REMOTE_DATA reports.
    func remote(_ slot: Int) throws -> Endpoint {
        let reply = try ask(0x3A, [UInt8(slot)])
        guard reply.count == 2, reply[0].count == 4, reply[1].count == 2 else { throw BadReply() }
        let address = IPv4Address(reply[0][0], reply[0][1], reply[0][2], reply[0][3])
        return Endpoint(address: address, port: UInt16(reply[1][0]) << 8 | UInt16(reply[1][1]))
    }

    func ping(_ address: IPv4Address, ttl: UInt8 = 128) throws -> Int {
        let value = try byte(0x3E, Self.octets(address), [ttl])
        return value >= 0x8000 ? value - 0x10000 : value
    }

    func status() throws -> Int { try byte(0x20) }
    func reason() throws -> Int { try byte(0x1F) }

    /// Resets the module with its RESET line.
    func reset() { #expect(device.boot(bluetooth: false, at: now)) }
}
