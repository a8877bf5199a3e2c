import CLinux
import LinuxLibc

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
        var isRaw = false
        var number = clinux_socket_icmp(0)
        if number < 0 {
            isRaw = true
            number = clinux_socket_icmp(1)
        }
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
        Self.request(identifier: identifier, sequence: sequence).withUnsafeBytes {
            UDPSocket.send(descriptor.rawValue, $0, to: IPv4Endpoint(address: address, port: 0))
        }
    }

    /// Whether a reply to a request has arrived; other messages are read and discarded.
    public func receiveAnswer(from address: UInt32, sequence: UInt16) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1500, alignment: 1) { buffer in
            while case .received(let count, let sender, _) = UDPSocket.receive(descriptor.rawValue, into: buffer) {
                guard sender.address == address else { continue }
                let message = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if Self.isAnswer(message, isRaw: isRaw, identifier: identifier, sequence: sequence) { return true }
            }
            return false
        }
    }

    /// Type 8, code 0, checksum, identifier, sequence, 8 bytes of data (RFC 792).
    static func request(identifier: UInt16, sequence: UInt16) -> [UInt8] {
        var packet: [UInt8] = [8, 0, 0, 0]
        for value in [identifier, sequence] { packet += [UInt8(value >> 8), UInt8(value & 0xFF)] }
        packet += Array("ninaping".utf8)
        let checksum = checksum(packet)
        packet[2] = UInt8(checksum >> 8)
        packet[3] = UInt8(checksum & 0xFF)
        return packet
    }

    /// Whether a message, with its IP header if it is from a raw socket, is the echo reply to a request.
    static func isAnswer(
        _ message: UnsafeRawBufferPointer, isRaw: Bool, identifier: UInt16, sequence: UInt16
    ) -> Bool {
        guard let first = message.first else { return false }
        let header = isRaw ? Int(first & 0x0F) * 4 : 0
        guard message.count >= header + 8, message[header] == 0 else { return false }
        func number(_ offset: Int) -> UInt16 {
            UInt16(message[header + offset]) << 8 | UInt16(message[header + offset + 1])
        }
        // The kernel assigns unprivileged sockets an identifier and delivers only their replies.
        return number(6) == sequence && (!isRaw || number(4) == identifier)
    }

    /// The Internet checksum of an even number of bytes (RFC 1071).
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
