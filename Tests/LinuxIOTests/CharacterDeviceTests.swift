import LinuxIO
import Testing

/// Devices of every Linux; those of the kernel module are tested in a guest.
@Suite(.timeLimit(.minutes(10))) struct CharacterDeviceTests {
    @Test func readsAndWrites() throws {
        let null = try CharacterDevice.open(path: "/dev/null")
        let number = null.rawValue
        #expect([1, 2, 3].withUnsafeBytes { CharacterDevice.write(number, $0) } == .sent(24))
        var bytes: [UInt8] = [1, 2, 3, 4]
        #expect(bytes.withUnsafeMutableBytes { CharacterDevice.read(number, into: $0) } == .endOfFile)
        let zero = try CharacterDevice.open(path: "/dev/zero")
        let zeroNumber = zero.rawValue
        #expect(bytes.withUnsafeMutableBytes { CharacterDevice.read(zeroNumber, into: $0) } == .received(4))
        #expect(bytes == [0, 0, 0, 0])
    }

    @Test(arguments: [("/no/such/device", Errno.noEntry), ("/", .notTerminal), ("/proc/self/status", .notTerminal)])
    func opensOnlyDevices(path: String, errno: Errno) {
        #expect(throws: LinuxError("open", errno, path)) { _ = try CharacterDevice.open(path: path) }
    }

    /// No bytes are written at once; what is no descriptor fails.
    @Test func writingNothingIsNoFailure() throws {
        let file = try CharacterDevice.open(path: "/dev/null")
        let number = file.rawValue
        #expect([UInt8]().withUnsafeBytes { CharacterDevice.write(number, $0) } == .sent(0))
        #expect([UInt8]([1, 2]).withUnsafeBytes { CharacterDevice.write(number, $0) } == .sent(2))
        #expect([UInt8]([1]).withUnsafeBytes { CharacterDevice.write(-1, $0) } == .failed(.badDescriptor))
        // What has no queue of bytes has none in it.
        #expect(TCPSocket.readableBytes(number) == 0 && TCPSocket.unsentBytes(number) == 0)
        #expect(TCPSocket.untransmittedBytes(number) == 0 && TCPSocket.untransmittedBytes(-1) == 0)
    }
}
