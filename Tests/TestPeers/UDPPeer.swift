import LinuxIO
import NINAWire

/// An external UDP socket whose calls time out after 20 seconds.
package final class UDPPeer {
    private let descriptor: FileDescriptor
    package let port: UInt16

    package init(_ address: IPv4Address = .loopback, port: UInt16 = 0) throws {
        descriptor = try UDPSocket.open(on: IPv4Endpoint(address: address.rawValue, port: port))
        self.port = try UDPSocket.localPort(descriptor.rawValue)
    }

    /// Sends multicasts through the interface with this address.
    package func sendGroups(from address: IPv4Address) throws {
        try UDPSocket.setMulticastInterface(descriptor.rawValue, address.rawValue)
    }

    package func send(_ bytes: [UInt8], to address: IPv4Address, _ port: UInt16) throws {
        let place = IPv4Endpoint(address: address.rawValue, port: port)
        if let errno = bytes.withUnsafeBytes({ UDPSocket.send(descriptor.rawValue, $0, to: place) }) {
            throw LinuxError("sendto", errno)
        }
    }

    package func receive() throws -> (bytes: [UInt8], from: IPv4Endpoint) {
        let deadline = MonotonicClock.nanoseconds() + 20_000_000_000
        let ready = try DescriptorWait.wait(descriptor.rawValue, for: .readable, deadline: deadline)
        guard !ready.isEmpty else { throw Unexpected("no datagram within 20 seconds") }
        var bytes = [UInt8](repeating: 0, count: 2000)
        guard
            case .received(let count, let sender, _) = bytes.withUnsafeMutableBytes({
                UDPSocket.receive(descriptor.rawValue, into: $0)
            })
        else { throw LinuxError("recvmsg", .wouldBlock) }
        return (Array(bytes[..<count]), sender)
    }
}
