/// A firmware as data: name, version, capacities, the commands it serves, and its dialect.
public struct Firmware: Sendable {
    /// The name with which users select the profile.
    public var name: StaticString
    /// Its family.
    public var family: CommandFamily
    /// The version it reports, without NUL.
    public var version: StaticString
    /// The number of slots, 1 to 64.
    public var slots: Int
    /// The number of connections that may wait for a server's `accept`.
    public var backlog: Int
    /// The number of bytes that a connection holds before SEND_DATA finds no room; nil where nothing limits it.
    public var sendBuffer: Int?
    /// Its differences from other firmware.
    public var dialect = Dialect()
    /// Commands of this package that it rejects with the error frame.
    public var absent: [ClosedRange<UInt8>] = []

    /// The quirks of its dialect.
    public var quirks: Quirks {
        get { dialect.quirks }
        set { dialect.quirks = newValue }
    }

    /// Whether it serves a command.
    public func serves(_ opcode: Opcode) -> Bool {
        for range in absent where range.contains(opcode.byte) { return false }
        return true
    }

    /// The default: every command that WiFiNINA 2.1.0 and hosts in other languages use, without defects.
    ///
    /// The version satisfies drivers that check it: ESP32SPI requires the third character to be 5 or more, MicroPython
    /// at most 6 bytes with NUL.
    public static let modern = Firmware(
        name: "modern", family: .arduino, version: "3.5.0", slots: 10, backlog: 4096, absent: [0x65...0x65])

    /// The send buffer of one of lwip's connections in firmware: four segments (TCP_SND_BUF). Protocol/dialects.md, SEND_DATA.
    static let lwipSendBuffer = 5744

    /// The maximum number of slots of a coprocessor.
    public static let slotLimit = 64

    /// The socket numbers of BSD commands in a pool of this size: lwip's numbers, which end at 63 (LWIP_SOCKET_OFFSET).
    public static func socketNumbers(slots: Int) -> ClosedRange<UInt8> {
        UInt8(slotLimit - slots)...UInt8(slotLimit - 1)
    }
}
