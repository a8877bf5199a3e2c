import NINAWire
import Testing

@testable import NINACoprocessor

/// The bounds of what is read of a controller, and the second use of one.
extension BluetoothTests {
    /// One frame takes as many bytes as fit; a longer read gets none, however many there are.
    @Test func theLongestReadIsAFrame() {
        begin()
        let packet: [UInt8] = [2, 1, 0, 0x00, 0x20] + (0..<0x2000).map { UInt8(truncatingIfNeeded: $0) }
        controller.incoming = packet
        bench.device.bluetoothEvent(.readable)
        let most = Frame.longestReceive
        for opcode in [0x4D, 0x4E] as [UInt8] {
            #expect(readLong(opcode, most + 1)?.count == 8)
            #expect(readLong(opcode, most)?.dropFirst(5).prefix(most).elementsEqual(packet.prefix(most)) == true)
        }
        #expect(
            available() == [
                0xE0, 0xCC, 1, 2, UInt8((packet.count - most) & 0xFF), UInt8((packet.count - most) >> 8), 0xEE, 0,
            ])
        #expect(readLong(0x4E, packet.count - most + 1)?.count == 8)
        #expect(readLong(0x4E, 1)?[5] == packet[most])
    }

    private func readLong(_ opcode: UInt8, _ size: Int) -> [UInt8]? {
        bench.start([0xE0, opcode, 1, 2, UInt8(size & 0xFF), UInt8(size >> 8), 0xEE, 0])
    }

    /// A controller that is off is not closed, one that did not start is, once.
    @Test func onlyWhatIsOnIsEnded() {
        #expect(bench.start([0xE0, 0x4B, 0, 0xEE]) == [0xE0, 0xCB, 1, 1, 1, 0xEE, 0, 0])
        #expect(controller.closes == 0)
        #expect(bench.start([0xE0, 0x4A, 0, 0xEE]) == nil)
        bench.pass(.milliseconds(1999))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        #expect(bench.finish() == [0xE0, 0xCA, 1, 1, 1, 0xEE, 0, 0])
        #expect(controller.closes == 1)
        #expect(bench.start([0xE0, 0x4B, 0, 0xEE]) != nil)
        #expect(controller.closes == 1)
        #expect(controller.opens == 1)
    }

    /// Packets, and the rest of one, that were in transit at the end are not those of the next controller.
    @Test func anEndForgetsWhatWasInTransit() {
        begin()
        controller.room = 1
        #expect(write(Self.reset) != nil)
        controller.incoming = Self.completed + [4, 14]
        bench.device.bluetoothEvent(.readable)
        #expect(bench.start([0xE0, 0x4B, 0, 0xEE]) != nil)
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        (controller.sent, controller.room) = ([], .max)
        begin()
        #expect(available() == [0xE0, 0xCC, 1, 2, 0, 0, 0xEE, 0])
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset)
        controller.incoming = Self.completed
        #expect(available() == [0xE0, 0xCC, 1, 2, 7, 0, 0xEE, 0])
    }

    /// A controller that sends something else is lost: what it had sent before can be read, and it starts anew.
    @Test func aControllerThatSendsNoPacketIsLost() {
        begin()
        controller.incoming = Self.completed + [9, 9, 9] + Self.completed
        bench.device.bluetoothEvent(.readable)
        #expect(log.lines.contains("the Bluetooth controller is lost: it sent a packet of the unknown type 9"))
        #expect(controller.closes == 1)
        #expect(read(0x4E, 7) == [0xE0, 0xCE, 1, 0, 7] + Self.completed + [0xEE, 0, 0, 0])
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 0, 0, 0xEE, 0])
        controller.incoming = []
        begin()
        #expect(write(Self.reset) == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
    }

    /// The packet that waits is sent when the one before has left, be it in pieces; neither is sent twice.
    @Test func aPacketWaitsForAllOfTheOneBefore() {
        begin()
        controller.room = 1
        #expect(write(Self.reset) != nil)
        let second: [UInt8] = [1, 1, 0x10, 0]
        #expect(write(second) == nil)
        for _ in 0..<2 {
            controller.room = 1
            controller.asksForRoom = false
            bench.device.bluetoothEvent(.writable)
            #expect(bench.finish() == nil)
            #expect(controller.asksForRoom)
        }
        controller.room = 2
        bench.device.bluetoothEvent(.writable)
        #expect(bench.finish() == [0xE0, 0xCF, 1, 2, 4, 0, 0xEE, 0])
        #expect(controller.sent == Self.reset + second[..<1])
        controller.room = .max
        bench.device.bluetoothEvent(.writable)
        bench.device.bluetoothEvent(.writable)
        #expect(controller.sent == Self.reset + second)
        #expect(bench.finish() == nil)
    }
}
