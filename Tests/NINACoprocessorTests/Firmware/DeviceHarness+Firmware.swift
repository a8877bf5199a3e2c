import NINAWire
import Testing

@testable import NINACoprocessor

extension DeviceHarness {
    /// A device with a firmware profile. Its replies are padded, as the harness expects.
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

    /// A client that the server of a firmware profile hands out; it has sent one byte, which is read.
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
    /// The profiles of real firmware.
    static let real = all.filter { $0.name.description != "modern" }
    /// Profiles with Arduino's code, which Adafruit's releases before 3 share.
    static let arduinoCode: [Firmware] = [.arduino200, .arduino148, .adafruit177, .adafruit122]
}
