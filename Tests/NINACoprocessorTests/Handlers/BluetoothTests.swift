import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// A controller that does what a test says.
private final class ScriptedController: BluetoothController {
    weak var observer: (any BluetoothObserver)?
    var opens = 0
    var closes = 0
    var sent: [UInt8] = []
    /// How many bytes it still takes; nil when it is gone.
    var room: Int? = .max
    var asksForRoom = false
    var incoming: [UInt8] = []
    var hasEnded = false

    func open() { opens += 1 }
    func close() { closes += 1 }
    func tellWhenWritable() { asksForRoom = true }

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

@Suite struct BluetoothTests {
    private let controller = ScriptedController()
    private let device: Coprocessor
    private let host: Host
    private static let reset: [UInt8] = [1, 0x03, 0x0C, 0]
    private static let completed: [UInt8] = [4, 14, 4, 1, 3, 12, 0]

    /// Runs commands and turns the clock.
    private final class Host {
        let device: Coprocessor
        var now = MonotonicInstant(nanoseconds: 1)
        var lines: [String] = []

        init(_ device: Coprocessor) {
            self.device = device
            device.log = { [unowned self] _, line in lines.append(line) }
            _ = device.boot(bluetooth: false, at: now)
        }

        /// Runs a window; nil while the reply is not there.
        func start(_ window: [UInt8]) -> [UInt8]? {
            var reply: [UInt8] = []
            return device.run(window[...], reply: &reply, at: now) ? reply : nil
        }

        func finish() -> [UInt8]? {
            var reply: [UInt8] = []
            return device.finish(into: &reply, at: now) ? reply : nil
        }

        func pass(_ time: Duration) {
            now = now.advanced(by: time)
            device.advance(to: now)
        }

        var available: [UInt8]? { start([0xE0, 0x4C, 0, 0xEE]) }
        func read(_ opcode: UInt8, _ size: UInt8) -> [UInt8]? { start([0xE0, opcode, 1, 2, size, 0, 0xEE, 0]) }
        func write(_ packet: [UInt8]) -> [UInt8]? {
            start([0xE0, 0x4F, 1, UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet + [0xEE])
        }
    }

    init() {
        device = Coprocessor(network: VirtualNetwork(), bluetooth: controller)
        host = Host(device)
    }

    private func begin() {
        #expect(host.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        device.bluetoothEvent(.opened(nil))
        #expect(host.finish() == [0xE0, 0xCA, 1, 1, 0, 0xEE, 0, 0])
    }

    @Test func beginWaitsForTheController() {
        begin()
        #expect(controller.opens == 1)
        // It is on already: the low byte of ESP_ERR_INVALID_STATE.
        #expect(host.start([0xE0, 0x4A, 0, 0xEE]) == [0xE0, 0xCA, 1, 1, 3, 0xEE, 0, 0])
        #expect(host.start([0xE0, 0x4B, 0, 0xEE]) == [0xE0, 0xCB, 1, 1, 1, 0xEE, 0, 0])
        #expect(controller.closes == 1)
        begin()
    }

    @Test func beginFailsWhenTheControllerIsNotThere() {
        #expect(host.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        device.bluetoothEvent(.opened(.refused))
        #expect(host.finish() == [0xE0, 0xCA, 1, 1, 1, 0xEE, 0, 0])
        #expect(host.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        #expect(host.finish() == nil)
        host.pass(.seconds(2))
        #expect(host.finish() == [0xE0, 0xCA, 1, 1, 1, 0xEE, 0, 0])
        #expect(host.lines.contains("Bluetooth cannot be started: the controller does not answer"))
        // An answer that comes too late is none.
        device.bluetoothEvent(.opened(nil))
        #expect(host.finish() == nil)
        begin()
    }

    @Test func packetsGoAndCome() {
        begin()
        #expect(host.write(Self.reset) == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset)
        #expect(host.available == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
        controller.incoming = Self.completed + [4, 14]
        device.bluetoothEvent(.readable)
        #expect(host.available == [0xE0, 0xCC, 1, 2, 7, 0, 0xEE, 0])
        #expect(host.read(0x4D, 2) == [0xE0, 0xCD, 1, 0, 2, 4, 14, 0xEE])
        #expect(host.read(0x4E, 3) == [0xE0, 0xCE, 1, 0, 3, 4, 14, 4, 0xEE, 0, 0, 0])
        // More than there is: nothing, as the firmware has it.
        #expect(host.read(0x4E, 5) == [0xE0, 0xCE, 1, 0, 0, 0xEE, 0, 0])
        #expect(host.read(0x4E, 4) == [0xE0, 0xCE, 1, 0, 4, 1, 3, 12, 0, 0xEE, 0, 0])
        #expect(host.available == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func aSlowControllerLosesNothing() {
        begin()
        controller.room = 1
        #expect(host.write(Self.reset) != nil)
        #expect(controller.asksForRoom)
        let second: [UInt8] = [1, 1, 0x10, 0]
        #expect(host.write(second) == nil)
        #expect(host.finish() == nil)
        controller.room = .max
        device.bluetoothEvent(.writable)
        #expect(host.finish() == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset + second)
    }

    @Test func aControllerThatTakesNothingHoldsNobodyForEver() {
        begin()
        controller.room = 1
        #expect(host.write(Self.reset) != nil)
        #expect(host.write(Self.reset) == nil)
        host.pass(.seconds(2))
        #expect(host.finish() == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        #expect(host.lines.contains { $0.contains("takes nothing") })
        // The packet it has taken in part goes on whole.
        controller.room = .max
        device.bluetoothEvent(.writable)
        #expect(controller.sent == Self.reset)
    }

    @Test func whatIsNoPacketIsNotSent() {
        begin()
        for bytes in [[9, 1, 2], [1, 3], Self.reset + [0]] as [[UInt8]] {
            #expect(host.write(bytes) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        }
        #expect(controller.sent.isEmpty)
        #expect(host.lines.count { $0.contains("are not one HCI packet") } == 3)
    }

    @Test func aControllerThatEndsIsToldInTheLog() {
        begin()
        controller.incoming = Self.completed
        controller.hasEnded = true
        device.bluetoothEvent(.readable)
        #expect(host.lines.contains("the Bluetooth controller is lost: it has ended"))
        // What it sent before is still there.
        #expect(host.available == [0xE0, 0xCC, 1, 2, 7, 0, 0xEE, 0])
        #expect(host.write(Self.reset) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        #expect(controller.sent.isEmpty)
        begin()
        #expect(host.available == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func resetEndsIt() {
        begin()
        controller.incoming = Self.completed
        device.bluetoothEvent(.readable)
        #expect(device.boot(bluetooth: false, at: host.now))
        #expect(controller.closes == 1)
        #expect(host.available == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
    }

    @Test func whatTheHostDoesNotReadStaysWithTheController() {
        begin()
        let packet: [UInt8] = [2, 1, 0, 0xFF, 0x0F] + Array(repeating: 7, count: 0xFFF)
        controller.incoming = Array(repeating: packet, count: 100).flatMap { $0 }
        device.bluetoothEvent(.readable)
        #expect(controller.incoming.count > 250_000)
        var count = 0
        while let reply = host.read(0x4E, 200), reply[4] == 200 { count += 200 }
        #expect(count == 100 * packet.count / 200 * 200)
    }
}
