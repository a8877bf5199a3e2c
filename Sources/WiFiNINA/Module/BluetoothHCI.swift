import NINALink
import NINAWire

/// The module's Bluetooth controller, for a host stack such as ArduinoBLE's: HCI packets preceded by their type byte,
/// as in H4 (WiFiNINA's `WiFiDrv::bleBegin` and related functions).
///
/// Arduino's firmware from 3.0 on and its Bluetooth branch support it. Other firmware uses the numbers of these
/// commands for something else: there every call throws `.unsupported` without sending a command.
public struct BluetoothHCI {
    private let driver: Driver

    /// The controller of a module.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    /// Starts the controller.
    /// - Throws: `.failed` with the low byte of the ESP32's error; `.unsupported`.
    public func begin() throws(WiFiError) {
        try checkFirmware(.bleBegin)
        let code = try driver.run(BLEBegin()).value
        guard code == 0 else { throw .failed(.bleBegin, code: Int(code)) }
    }

    private func checkFirmware(_ opcode: Opcode) throws(WiFiError) {
        let firmware = try driver.findFirmware()
        guard firmware.family == .arduino, firmware.isAtLeast(2) else { throw .unsupported(opcode) }
    }

    /// Stops the controller and discards unread packets.
    public func end() throws(WiFiError) {
        try checkFirmware(.bleEnd)
        _ = try driver.run(BLEEnd())
    }

    /// The number of bytes in waiting packets.
    public func available() throws(WiFiError) -> Int {
        try checkFirmware(.bleAvailable)
        // The branch, which reports version 2.0.0, uses the other byte order.
        let order: ByteOrder = try driver.findFirmware().isAtLeast(3) ? .little : .big
        return Int(try driver.run(BLEAvailable()).count(order: order))
    }

    /// Returns up to `limit` bytes of waiting packets without removing them. Arduino's branch of 2.0.0 leaks space in
    /// its buffer when this is called.
    public func peek(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(limit) else { return [] }
        return Array(try driver.run(BLEPeek(size: size)).data)
    }

    /// Reads up to `limit` bytes of waiting packets; empty when there are none.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(limit) else { return [] }
        return Array(try driver.run(BLERead(size: size)).data)
    }

    /// The number of bytes to request: the firmware returns nothing when asked for more than it has.
    private func size(_ limit: Int) throws(WiFiError) -> UInt16? {
        let size = min(limit, try available(), Frame.longestReceive)
        return size > 0 ? UInt16(size) : nil
    }

    /// Sends a packet.
    /// - Parameter packet: one complete packet, with its type byte.
    /// - Returns: its length in bytes.
    /// - Throws: `.failed` when the controller does not accept it.
    @discardableResult
    public func write(_ packet: [UInt8]) throws(WiFiError) -> Int {
        try checkFirmware(.bleWrite)
        let count = try driver.run(BLEWrite(packet: packet[...])).count
        guard count == packet.count else { throw .failed(.bleWrite, code: Int(count)) }
        return packet.count
    }
}
