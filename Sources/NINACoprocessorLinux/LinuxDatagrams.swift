import LinuxIO
import NINACoprocessor
import NINAWire

// UDP.

extension LinuxNetwork {
    /// 127.255.255.255: reaches every socket of the machine on a port.
    static let loopbackBroadcast: UInt32 = 0x7FFF_FFFF

    /// Whether the sockets are out of reach for other machines.
    private var isOnLoopback: Bool { Self.isLoopback(bindAddress.rawValue) }

    private static func isLoopback(_ address: UInt32) -> Bool { address >> 24 == 127 }

    private static func isMulticast(_ address: UInt32) -> Bool { address >> 28 == 0xE }

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
        let descriptor = try openOwn(
            IPv4Endpoint(address: bindAddress.rawValue, port: hostPort), mayShare: port != 0 && group != nil)
        if bindAddress != .any { try UDPSocket.setMulticastInterface(descriptor.rawValue, bindAddress.rawValue) }
        if isOnLoopback { try UDPSocket.reportDestination(descriptor.rawValue) }
        if bindAddress == .any, let group {
            try UDPSocket.join(descriptor.rawValue, group: group.rawValue, interface: 0)
        }
        let bound = try UDPSocket.localPort(descriptor.rawValue)
        let socket = try insert(descriptor, .datagram(port: port == 0 ? nil : hostPort), [.readable, .edgeTriggered])
        guard port != 0 else { return socket }
        log(.info, "UDP port \(port) is reachable at \(IPv4Endpoint(address: bindAddress.rawValue, port: bound))")
        // A socket on all addresses receives multicasts and broadcasts itself.
        guard bindAddress != .any else { return socket }
        do throws(LinuxError) {
            try openShared(socket, hostPort: hostPort, group: group)
        } catch {
            guard group == nil else {
                abort(socket)
                throw error
            }
            log(.info, "broadcasts to UDP port \(port) are not received: \(error)")
        }
        return socket
    }

    /// The socket bound to the coprocessor's own address, exclusively. The port of a multicast service (5353, say) may
    /// already be in use, shared, by a service of this machine on all its addresses.
    private func openOwn(_ place: IPv4Endpoint, mayShare: Bool) throws(LinuxError) -> FileDescriptor {
        do throws(LinuxError) {
            return try UDPSocket.open(on: place, sharing: .none)
        } catch {
            guard mayShare, error.errno == .addressInUse else { throw error }
            return try UDPSocket.open(on: place, sharing: .joinsOthers)
        }
    }

    /// Opens the socket for multicasts, or for broadcasts, which several coprocessors receive.
    private func openShared(_ socket: NetworkSocket, hostPort: UInt16, group: IPv4Address?) throws(LinuxError) {
        let broadcast = isOnLoopback ? Self.loopbackBroadcast : IPv4Address.broadcast.rawValue
        let place = IPv4Endpoint(address: group?.rawValue ?? broadcast, port: hostPort)
        let descriptor = try UDPSocket.open(on: place, sharing: group == nil ? .sameUser : .anyUser)
        if let group { try UDPSocket.join(descriptor.rawValue, group: group.rawValue, interface: bindAddress.rawValue) }
        if isOnLoopback { try UDPSocket.reportDestination(descriptor.rawValue) }
        try add(descriptor, .shared, to: socket)
    }

    private func add(
        _ descriptor: consuming FileDescriptor, _ purpose: ExtraDatagramSocket.Purpose, to socket: NetworkSocket
    ) throws(LinuxError) {
        let registration = try reactor.add(
            descriptor.rawValue, [.readable, .edgeTriggered], handler: self, token: UInt64(socket.rawValue))
        entry(socket)?.extras.append(ExtraDatagramSocket(descriptor, registration, purpose))
    }

    /// The socket for datagrams to other machines: the kernel sends none there from an address in 127.0.0.0/8.
    private func outside(_ socket: NetworkSocket, _ entry: Entry, to place: IPv4Endpoint) throws(LinuxError) -> Int32 {
        if let extra = entry.extras.first(where: { $0.allows(place) }) { return extra.number }
        let descriptor = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: 0), sharing: .none)
        let number = descriptor.rawValue
        try add(descriptor, .outside(Correspondents(first: place)), to: socket)
        return number
    }

    func closeDatagram(_ socket: NetworkSocket) { remove(socket)?.close() }

    func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool {
        guard let entry = entry(socket), !environment.isSimulated(endpoint.address) else { return false }
        var place = environment.datagramPlace(endpoint)
        if endpoint.address == .broadcast, isOnLoopback { place.address = Self.loopbackBroadcast }
        if endpoint.address == .broadcast || Self.isMulticast(endpoint.address.rawValue) {
            for port in environment.otherPlaces(ofDatagramPort: endpoint.port) {
                let other = IPv4Endpoint(address: place.address, port: port)
                _ = bytes.withUnsafeBytes { UDPSocket.send(entry.number, $0, to: other) }
            }
        }
        var number = entry.number
        if isOnLoopback, !Self.isLoopback(place.address), !Self.isMulticast(place.address), place.address != 0 {
            do throws(LinuxError) {
                number = try outside(socket, entry, to: place)
            } catch {
                log(.warning, "datagrams to other machines cannot be sent: \(error)")
                return false
            }
        }
        guard let errno = bytes.withUnsafeBytes({ UDPSocket.send(number, $0, to: place) }) else { return true }
        log(.info, "a datagram to \(place) was not sent: \(errno)")
        return false
    }

    func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)? {
        guard let entry = entry(socket) else { return nil }
        if let result = receive(entry.number, into: &buffer, { isNear($1) }) { return result }
        for extra in entry.extras {
            let result =
                switch extra.purpose {
                case .shared: receive(extra.number, into: &buffer) { isNear($1) }
                case .outside(let correspondents):
                    receive(extra.number, into: &buffer) { sender, _ in correspondents.admit(sender) }
                }
            if let result { return result }
        }
        return nil
    }

    /// Whether a datagram may come by this interface: with an address in 127.0.0.0/8, only by loopback.
    private func isNear(_ interface: UInt32) -> Bool {
        !isOnLoopback || interface == 0 || interface == NetworkInterfaces.loopback
    }

    private func receive(
        _ descriptor: Int32, into buffer: inout [UInt8], _ admits: (IPv4Endpoint, UInt32) -> Bool
    ) -> (Int, Endpoint)? {
        while true {
            var interface: UInt32 = 0
            let receipt = buffer.withUnsafeMutableBytes {
                UDPSocket.receive(descriptor, into: $0, interface: &interface)
            }
            switch receipt {
            case .received(let count, let sender, _):
                guard count > 0, admits(sender, interface) else { continue }
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
