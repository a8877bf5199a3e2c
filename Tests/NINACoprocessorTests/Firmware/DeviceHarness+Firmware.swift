import NINAWire
import Testing

@testable import NINACoprocessor

extension DeviceHarness {
    /// A device with a firmware profile. It pads replies, because the harness expects padding.
    static func firmware(
        _ firmware: Firmware, _ change: @escaping (inout Configuration) -> Void = { _ in }
    ) throws -> DeviceHarness {
        try DeviceHarness {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            change(&$0)
        }
    }

    /// A TCP server in this slot.
    func startedServer(_ slot: Int = 0, port: UInt16 = 80) throws -> Int {
        #expect(try startServer(port, slot) == 1)
        return slot
    }

    /// A client that the server of a firmware profile returns: it has sent one byte, which is read here.
    func servedClient(_ server: Int, _ port: UInt16 = 80) throws -> (Int, VirtualPeer) {
        let peer = try #require(network.connect(to: port))
        peer.send([1])
        let accepts = device.firmware.dialect.acceptRule != .never
        let slot = try accepts ? accept(server) : available(server)
        #expect(try read(slot) == [1])
        return (slot, peer)
    }
}

extension Firmware {
    /// The profiles of existing firmware.
    static let real = all.filter { $0.name.description != "modern" }
    /// The profiles based on Arduino's code, which include Adafruit's releases before 3.
    static let arduinoCode: [Firmware] = [.arduino200, .arduino148, .adafruit177, .adafruit122]
}
