/// A firmware as data: its name and version, how much it holds, which commands it serves and in what dialect.
public struct Firmware: Sendable {
    /// The name by which users choose the profile.
    public var name: StaticString
    /// Its family.
    public var family: CommandFamily
    /// The version it reports, without NUL.
    public var version: StaticString
    /// Slots, 1 to 64.
    public var slots: Int
    /// Connections that wait for a server's `accept`.
    public var backlog: Int
    /// How it departs from other firmware.
    public var dialect = Dialect()
    /// Commands of this package that it refuses with the error frame.
    public var absent: [ClosedRange<UInt8>] = []

    /// The oddities of its dialect.
    public var quirks: Quirks {
        get { dialect.quirks }
        set { dialect.quirks = newValue }
    }

    /// Whether it serves a command.
    public func serves(_ opcode: Opcode) -> Bool {
        for range in absent where range.contains(opcode.byte) { return false }
        return true
    }

    /// The default: the union of what WiFiNINA 2.1.0 and the hosts of other languages use, with none of the defects.
    ///
    /// The version satisfies drivers that compare it: ESP32SPI requires a third character of 5 or more, MicroPython at
    /// most 6 bytes with NUL.
    public static let modern = Firmware(
        name: "modern", family: .arduino, version: "3.5.0", slots: 10, backlog: 16, absent: [0x65...0x65])

    /// The most slots a coprocessor can have.
    public static let slotLimit = 64

    /// The socket numbers of BSD commands in a pool of this many sockets: lwip's numbers, which end at 63 (LWIP_SOCKET_OFFSET).
    public static func socketNumbers(slots: Int) -> ClosedRange<UInt8> {
        UInt8(slotLimit - slots)...UInt8(slotLimit - 1)
    }
}
