import CLinux
import Glibc

/// Echo requests ("ping") with an unprivileged ICMP socket if the system allows it, otherwise with a raw one.
public struct ICMPSocket: ~Copyable {
    /// The descriptor, non-blocking and close-on-exec.
    public let descriptor: FileDescriptor
    /// Whether this is a raw socket, which receives every ICMP message of the machine, with its IP header.
    private let isRaw: Bool
    private let identifier: UInt16

    /// Opens a socket.
    ///
    /// - Parameter timeToLive: the TTL of the requests, 1 to 255.
    /// - Throws: EACCES or EPERM where neither kind is allowed (see `net.ipv4.ping_group_range`), EMFILE, ENFILE.
    public init(timeToLive: UInt8) throws(LinuxError) {
        do throws(LinuxError) {
            self = try ICMPSocket(timeToLive: timeToLive, isRaw: false)
        } catch {
            self = try ICMPSocket(timeToLive: timeToLive, isRaw: true)
        }
    }

    /// Opens a socket of one kind.
    init(timeToLive: UInt8, isRaw: Bool) throws(LinuxError) {
        let number = clinux_socket_icmp(isRaw ? 1 : 0)
        guard number >= 0 else { throw .current("socket", "ICMP") }
        let owner = FileDescriptor(adopting: number)
        guard clinux_set_ttl(number, Int32(timeToLive)) == 0 else { throw .current("setsockopt", "IP_TTL") }
        descriptor = owner
        self.isRaw = isRaw
        identifier = UInt16(truncatingIfNeeded: getpid())
    }

    /// Sends an echo request; nil when it was sent, otherwise the error.
    ///
    /// - Parameter sequence: identifies the reply.
    public func sendRequest(to address: UInt32, sequence: UInt16) -> Errno? {
        // Type 8, code 0, checksum, identifier, sequence, 8 bytes of data.
        var packet: [UInt8] = [8, 0, 0, 0]
        for value in [identifier, sequence] { packet += [UInt8(value >> 8), UInt8(value & 0xFF)] }
        packet += [0x6E, 0x69, 0x6E, 0x61, 0x70, 0x69, 0x6E, 0x67]
        let checksum = Self.checksum(packet)
        packet[2] = UInt8(checksum >> 8)
        packet[3] = UInt8(checksum & 0xFF)
        return packet.withUnsafeBytes {
            UDPSocket.send(descriptor.rawValue, $0, to: IPv4Endpoint(address: address, port: 0))
        }
    }

    /// Whether a reply to a request has arrived; other messages are read and discarded.
    public func receiveAnswer(from address: UInt32, sequence: UInt16) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1500, alignment: 1) { buffer in
            while case .received(let count, let sender, _) = UDPSocket.receive(descriptor.rawValue, into: buffer) {
                let header = isRaw && count > 0 ? Int(buffer[0] & 0x0F) * 4 : 0
                guard count >= header + 8, buffer[header] == 0, sender.address == address else { continue }
                let got = UInt16(buffer[header + 6]) << 8 | UInt16(buffer[header + 7])
                // The kernel assigns unprivileged sockets an identifier and delivers only their replies.
                let owner = UInt16(buffer[header + 4]) << 8 | UInt16(buffer[header + 5])
                if got == sequence, !isRaw || owner == identifier { return true }
            }
            return false
        }
    }

    /// The Internet checksum (RFC 1071) of an even number of bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
