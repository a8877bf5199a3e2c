import NINAWire
import Testing

@testable import NINACoprocessor

/// A controller scripted by the test.
final class ScriptedController: BluetoothController {
    weak var observer: (any BluetoothObserver)?
    var opens = 0
    var closes = 0
    var sent: [UInt8] = []
    /// The number of bytes that it still takes; nil when it is gone.
    var room: Int? = .max
    var asksForRoom = false
    var incoming: [UInt8] = []
    var hasEnded = false

    func open() { opens += 1 }
    func close() { closes += 1 }
    func notifyWhenWritable() { asksForRoom = true }

    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let left = room else { return nil }
        let count = min(left, bytes.count)
        room = left - count
        sent += bytes.prefix(count)
        return count
    }

    func receive(into buffer: inout [UInt8], limit: Int) -> ReceiveOutcome {
        guard !incoming.isEmpty else { return hasEnded ? .closed : .nothing }
        let count = min(limit, incoming.count)
        buffer.replaceSubrange(0..<count, with: incoming.prefix(count))
        incoming.removeFirst(count)
        return .received(count)
    }
}

@Suite(.timeLimit(.minutes(10))) struct BluetoothTests {
    let controller = ScriptedController()
    let bench: DeviceHarness
    let log = LogLines()
    static let reset: [UInt8] = [1, 0x03, 0x0C, 0]
    static let completed: [UInt8] = [4, 14, 4, 1, 3, 12, 0]

    final class LogLines { var lines: [String] = [] }

    init() throws {
        bench = try DeviceHarness(joined: false, bluetooth: controller)
        bench.device.log = { [log] _, text in log.lines.append(text) }
    }

    func available() -> [UInt8]? { bench.start([0xE0, 0x4C, 0, 0xEE]) }

    func read(_ opcode: UInt8, _ size: UInt8) -> [UInt8]? {
        bench.start([0xE0, opcode, 1, 2, size, 0, 0xEE, 0])
    }

    func write(_ packet: [UInt8]) -> [UInt8]? {
        bench.start([0xE0, 0x4F, 1, UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet + [0xEE])
    }

    func begin() {
        #expect(bench.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        bench.device.bluetoothEvent(.opened(nil))
        #expect(bench.finish() == [0xE0, 0xCA, 1, 1, 0, 0xEE, 0, 0])
    }

    @Test func beginWaitsForTheController() {
        begin()
        #expect(controller.opens == 1)
        // It is on already: the reply is the low byte of ESP_ERR_INVALID_STATE.
        #expect(bench.start([0xE0, 0x4A, 0, 0xEE]) == [0xE0, 0xCA, 1, 1, 3, 0xEE, 0, 0])
        #expect(bench.start([0xE0, 0x4B, 0, 0xEE]) == [0xE0, 0xCB, 1, 1, 1, 0xEE, 0, 0])
        #expect(controller.closes == 1)
        begin()
    }

    @Test func beginFailsWhenTheControllerIsNotThere() {
        #expect(bench.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        bench.device.bluetoothEvent(.opened(.refused))
        #expect(bench.finish() == [0xE0, 0xCA, 1, 1, 1, 0xEE, 0, 0])
        #expect(bench.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        #expect(bench.finish() == nil)
        bench.pass(.seconds(2))
        #expect(bench.finish() == [0xE0, 0xCA, 1, 1, 1, 0xEE, 0, 0])
        #expect(log.lines.contains("Bluetooth cannot be started: the controller does not answer"))
        // A late answer is ignored.
        bench.device.bluetoothEvent(.opened(nil))
        #expect(bench.finish() == nil)
        begin()
    }

    @Test func packetsGoAndCome() {
        begin()
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset)
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
        controller.incoming = Self.completed + [4, 14]
        bench.device.bluetoothEvent(.readable)
        #expect(available() == [0xE0, 0xCC, 1, 2, 7, 0, 0xEE, 0])
        #expect(read(0x4D, 2) == [0xE0, 0xCD, 1, 0, 2, 4, 14, 0xEE])
        #expect(read(0x4E, 3) == [0xE0, 0xCE, 1, 0, 3, 4, 14, 4, 0xEE, 0, 0, 0])
        // More bytes than available: none, as in the firmware.
        #expect(read(0x4E, 5) == [0xE0, 0xCE, 1, 0, 0, 0xEE, 0, 0])
        #expect(read(0x4E, 4) == [0xE0, 0xCE, 1, 0, 4, 1, 3, 12, 0, 0xEE, 0, 0])
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func aSlowControllerLosesNothing() {
        begin()
        controller.room = 1
        #expect(write(Self.reset) != nil)
        #expect(controller.asksForRoom)
        let second: [UInt8] = [1, 1, 0x10, 0]
        #expect(write(second) == nil)
        #expect(bench.finish() == nil)
        controller.room = .max
        bench.device.bluetoothEvent(.writable)
        #expect(bench.finish() == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset + second)
    }

    @Test func aControllerThatTakesNothingHoldsNobodyForEver() {
        begin()
        controller.room = 1
        #expect(write(Self.reset) != nil)
        #expect(write(Self.reset) == nil)
        bench.pass(.seconds(2))
        #expect(bench.finish() == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        #expect(log.lines.contains { $0.contains("accepts no data") })
        // The partly written packet continues.
        controller.room = .max
        bench.device.bluetoothEvent(.writable)
        #expect(controller.sent == Self.reset)
    }

    @Test func whatIsNoPacketIsNotSent() {
        begin()
        for bytes in [[9, 1, 2], [1, 3], Self.reset + [0]] as [[UInt8]] {
            #expect(write(bytes) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        }
        #expect(controller.sent.isEmpty)
        #expect(log.lines.count { $0.contains("are not one HCI packet") } == 3)
    }

    @Test func aControllerThatEndsIsToldInTheLog() {
        begin()
        controller.incoming = Self.completed
        controller.hasEnded = true
        bench.device.bluetoothEvent(.readable)
        #expect(log.lines.contains("the Bluetooth controller is lost: it has ended"))
        // Packets sent before are still available.
        #expect(available() == [0xE0, 0xCC, 1, 2, 7, 0, 0xEE, 0])
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        #expect(controller.sent.isEmpty)
        begin()
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func aPacketThatIsLostIsNotAcknowledged() {
        begin()
        controller.room = nil
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        controller.room = 1
        begin()
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        // The controller ends while a packet waits for the previous one.
        #expect(write(Self.reset) == nil)
        controller.room = nil
        bench.device.bluetoothEvent(.writable)
        #expect(bench.finish() == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        #expect(log.lines.count { $0.contains("is lost") } == 2)
    }

    @Test func resetEndsIt() {
        begin()
        controller.incoming = Self.completed
        bench.device.bluetoothEvent(.readable)
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(controller.closes == 1)
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func whatTheHostDoesNotReadStaysWithTheController() {
        begin()
        let packet: [UInt8] = [2, 1, 0, 0xFF, 0x0F] + Array(repeating: 7, count: 0xFFF)
        controller.incoming = Array(repeating: packet, count: 100).flatMap { $0 }
        bench.device.bluetoothEvent(.readable)
        #expect(controller.incoming.count > 250_000)
        var count = 0
        while let reply = read(0x4E, 200), reply[4] == 200 { count += 200 }
        #expect(count == 100 * packet.count / 200 * 200)
    }
}
