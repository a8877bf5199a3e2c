import NINALink
import NINAWire

/// The module's Bluetooth controller, for a host stack such as ArduinoBLE's: HCI packets with their type byte in front, as
/// H4 has them (WiFiNINA's `WiFiDrv::bleBegin` and its like).
///
/// Arduino's firmware from 3.0 on and its Bluetooth branch have it. On others the numbers of these commands mean something
/// else: every call throws `.unsupported` with its command without sending any.
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

    /// Stops the controller; packets that were not read are lost.
    public func end() throws(WiFiError) {
        try checkFirmware(.bleEnd)
        _ = try driver.run(BLEEnd())
    }

    /// Bytes of packets that wait.
    public func available() throws(WiFiError) -> Int {
        try checkFirmware(.bleAvailable)
        // The branch, which calls itself 2.0.0, has the bytes in the other order.
        let order: ByteOrder = try driver.findFirmware().isAtLeast(3) ? .little : .big
        return Int(try driver.run(BLEAvailable()).count(order: order))
    }

    /// The next bytes of packets, at most `limit` of them, which stay where they are. Arduino's branch of 2.0.0 loses
    /// room in its buffer by it.
    public func peek(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(limit) else { return [] }
        return Array(try driver.run(BLEPeek(size: size)).data)
    }

    /// The next bytes of packets, at most `limit` of them; an empty array when there are none now.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(limit) else { return [] }
        return Array(try driver.run(BLERead(size: size)).data)
    }

    /// How many bytes to ask for: when more are asked for than there are, the firmware answers with none.
    private func size(_ limit: Int) throws(WiFiError) -> UInt16? {
        let size = min(limit, try available(), Frame.longestReceive)
        return size > 0 ? UInt16(size) : nil
    }

    /// Sends a packet.
    /// - Parameter packet: one packet, whole, with its type byte.
    /// - Returns: its length in bytes.
    /// - Throws: `.failed` when the controller does not take it.
    @discardableResult
    public func write(_ packet: [UInt8]) throws(WiFiError) -> Int {
        try checkFirmware(.bleWrite)
        let count = try driver.run(BLEWrite(packet: packet[...])).count
        guard count == packet.count else { throw .failed(.bleWrite, code: Int(count)) }
        return packet.count
    }
}
