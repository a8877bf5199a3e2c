import LinuxIO
import NINALink
import Testing

/// The socket link as an independent client sees it: raw bytes against a real process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LinkContractTests {
    private let hello: [UInt8] = [0x01, 0, 0, 5, 0x4E, 0x49, 0x4E, 0x41, 1]

    /// Exactly this many bytes, or fewer at the end of the stream.
    private func read(_ connection: borrowing FileDescriptor, _ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let number = connection.rawValue
            switch piece.withUnsafeMutableBytes({ UnixSocket.receiveWaiting(number, into: $0) }) {
            case .received(let got): bytes.append(contentsOf: piece[..<got])
            case .endOfFile, .failed: return bytes
            case .wouldBlock: throw LinuxError("recv", .timedOut)
            }
        }
        return bytes
    }

    private func send(_ connection: borrowing FileDescriptor, _ bytes: [UInt8]) {
        let number = connection.rawValue
        #expect(bytes.withUnsafeBytes { UnixSocket.sendWaiting(number, $0) } == .sent(bytes.count))
    }

    private func window(_ bytes: [UInt8]) -> [UInt8] { [0x02, 0, 0, UInt8(bytes.count)] + bytes }

    @Test func theDeviceSpeaksFirst() throws {
        let emulator = try EmulatorUnderTest()
        let connection = try emulator.rawConnection()
        // HELLO, then QUEUED without bytes: no IRQ, phase 0, first boot.
        #expect(try read(connection, 13) == [0x81, 0, 0, 5, 0x4E, 0x49, 0x4E, 0x41, 1, 0x82, 0x04, 0, 0])
        // Byte by byte is equivalent to one piece.
        for byte in hello + window([0xE0, 0x20, 0x00, 0xEE]) { send(connection, [byte]) }
        #expect(try read(connection, 12) == [0x82, 0x06, 0, 8, 0xE0, 0xA0, 1, 1, 0, 0xEE, 0, 0])
        // An empty window reads the reply; sent with the next command in one piece.
        send(connection, window([]) + window([0xE0, 0x37, 0x00, 0xEE]))
        let version = Array("3.5.0".utf8)
        #expect(
            try read(connection, 20) == [0x82, 0x04, 0, 0, 0x82, 0x06, 0, 12, 0xE0, 0xB7, 1, 6] + version + [
                0, 0xEE, 0,
            ])
        // An empty window is ignored when a command is expected.
        send(connection, window([]) + window([]))
        #expect(try read(connection, 8) == [0x82, 0x04, 0, 0, 0x82, 0x04, 0, 0])
        // RESET low and high: the second boot.
        send(connection, [0x03, 0, 0, 1, 0x02, 0x03, 0, 0, 1, 0x03])
        #expect(try read(connection, 4) == [0x82, 0x08, 0, 0])
    }

    @Test(
        arguments: [
            [0x01, 0, 0, 5, 0x4E, 0x49, 0x4E, 0x41, 2], [0x02, 0, 0, 0], [0x01, 0, 0, 4, 0x4E, 0x49, 0x4E, 0x41],
            [0x55, 0, 0, 0], [0x81, 0, 0, 5, 0x4E, 0x49, 0x4E, 0x41, 1],
        ] as [[UInt8]])
    func aHostThatBreaksTheRulesIsDisconnected(_ bytes: [UInt8]) throws {
        let emulator = try EmulatorUnderTest()
        let connection = try emulator.rawConnection()
        send(connection, bytes)
        // HELLO and QUEUED, then the end of the stream.
        #expect(try read(connection, 100).count == 13)
        #expect(try emulator.logs("the host is disconnected"))
        #expect(try emulator.host().status() == .connected)
    }

    @Test func theSocketIsForItsOwnerOnly() throws {
        let emulator = try EmulatorUnderTest()
        #expect(FileMode.permissions(emulator.socketPath) == 0o600)
    }
}
