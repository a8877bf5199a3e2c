import LinuxIO
import NINACoprocessor
import NINAWire

/// The second socket of a datagram socket. A socket bound to a coprocessor's address receives neither multicast nor
/// broadcast datagrams.
final class SharedDatagramSocket {
    let registration: Registration
    /// The group; nil for broadcasts.
    let group: IPv4Address?
    let number: Int32
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor, _ registration: Registration, group: IPv4Address?) {
        number = descriptor.rawValue
        self.descriptor = descriptor
        self.registration = registration
        self.group = group
    }

    /// Whether a datagram sent to this address is for the coprocessor.
    func admits(_ destination: UInt32) -> Bool {
        group != nil || destination == IPv4Address.broadcast.rawValue || destination == LinuxNetwork.loopbackBroadcast
    }
}

// UDP.

extension LinuxNetwork {
    /// 127.255.255.255: reaches every socket of the machine on a port.
    static let loopbackBroadcast: UInt32 = 0x7FFF_FFFF

    private var isOnLoopback: Bool { ownAddress.rawValue >> 24 == 127 }

    func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure> {
        guard let place = port == 0 ? 0 : environment.ports.hostPort(port) else {
            log(.warning, "port \(port) with its offset exceeds 65535")
            return .failure(.notPermitted)
        }
        let result = openDatagram(port: port, hostPort: place, group: group)
        guard result == .failure(.notPermitted), let fallback = environment.ports.fallbackPort(port) else {
            return result
        }
        log(.info, "UDP port \(place) may not be bound by this user; port \(fallback) is taken instead")
        return openDatagram(port: port, hostPort: fallback, group: group)
    }

    private func openDatagram(
        port: UInt16, hostPort: UInt16, group: IPv4Address?
    ) -> Result<NetworkSocket, NetworkFailure> {
        let place = Endpoint(address: ownAddress, port: hostPort)
        guard port == 0 || environment.claimDatagramPort(place, for: port) else { return .failure(.addressInUse) }
        do throws(LinuxError) {
            return .success(try open(port: port, hostPort: hostPort, group: group))
        } catch {
            if port != 0 { environment.releaseDatagramPort(place) }
            log(.warning, "UDP port \(port): \(error)")
            return .failure(failure(error))
        }
    }

    private func open(port: UInt16, hostPort: UInt16, group: IPv4Address?) throws(LinuxError) -> NetworkSocket {
        let place = IPv4Endpoint(address: ownAddress.rawValue, port: hostPort)
        let descriptor = try UDPSocket.open(on: place, isShared: port != 0)
        try UDPSocket.setMulticastInterface(descriptor.rawValue, ownAddress.rawValue)
        let bound = try UDPSocket.localPort(descriptor.rawValue)
        let socket = try insert(descriptor, .datagram(port: port == 0 ? nil : hostPort), [.readable, .edgeTriggered])
        guard port != 0 else { return socket }
        log(.info, "UDP port \(port) is reachable at \(IPv4Endpoint(address: ownAddress.rawValue, port: bound))")
        do throws(LinuxError) {
            try openShared(socket, hostPort: hostPort, group: group)
        } catch {
            guard group == nil else {
                abort(socket)
                throw error
            }
            log(.debug, "broadcasts to UDP port \(port) are not received: \(error)")
        }
        return socket
    }

    private func openShared(_ socket: NetworkSocket, hostPort: UInt16, group: IPv4Address?) throws(LinuxError) {
        let place = IPv4Endpoint(address: group?.rawValue ?? 0, port: hostPort)
        let descriptor = try UDPSocket.open(on: place, isShared: true)
        if let group {
            try UDPSocket.join(descriptor.rawValue, group: group.rawValue, interface: ownAddress.rawValue)
        } else {
            try UDPSocket.reportDestination(descriptor.rawValue)
        }
        let registration = try reactor.add(
            descriptor.rawValue, [.readable, .edgeTriggered], handler: self, token: UInt64(socket.rawValue))
        entry(socket)?.shared = SharedDatagramSocket(descriptor, registration, group: group)
    }

    func closeDatagram(_ socket: NetworkSocket) { _ = remove(socket) }

    func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool {
        guard let entry = entry(socket), !environment.isSimulated(endpoint.address) else { return false }
        var place = environment.datagramPlace(endpoint)
        if endpoint.address == .broadcast, isOnLoopback { place.address = Self.loopbackBroadcast }
        if endpoint.address == .broadcast || endpoint.address.rawValue >> 28 == 0xE {
            for port in environment.otherPlaces(ofDatagramPort: endpoint.port) {
                let other = IPv4Endpoint(address: place.address, port: port)
                _ = bytes.withUnsafeBytes { UDPSocket.send(entry.number, $0, to: other) }
            }
        }
        guard let errno = bytes.withUnsafeBytes({ UDPSocket.send(entry.number, $0, to: place) }) else { return true }
        log(.info, "a datagram to \(place) was not sent: \(errno)")
        return false
    }

    func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)? {
        guard let entry = entry(socket) else { return nil }
        if let result = receive(entry.number, into: &buffer, { _ in true }) { return result }
        guard let shared = entry.shared else { return nil }
        return receive(shared.number, into: &buffer) { shared.admits($0) }
    }

    private func receive(
        _ descriptor: Int32, into buffer: inout [UInt8], _ admits: (UInt32) -> Bool
    ) -> (Int, Endpoint)? {
        while true {
            switch buffer.withUnsafeMutableBytes({ UDPSocket.receive(descriptor, into: $0) }) {
            case .received(let count, let sender, let destination):
                guard count > 0, admits(destination) else { continue }
                return (count, environment.datagramSender(sender))
            case .wouldBlock: return nil
            // The kernel reports an ICMP error once; datagrams may be queued behind it.
            case .failed(.connectionRefused): continue
            case .failed(let errno):
                log(.info, "receiving a datagram: \(errno)")
                return nil
            }
        }
    }
}
