import LinuxIO
import NINACoprocessor
import NINAWire

/// The shared part of the networks of one process: names, port mapping, closing connections, the machine's interfaces.
final class NetworkEnvironment {
    let reactor: Reactor
    let resolver: NameResolver
    let lingering: LingeringSockets
    let batches: BatchTimer
    let receiveBuffers = ReceiveBuffers()
    let ports: PortMapping
    /// The location of the Bluetooth controller.
    let bluetooth: HCITransport?
    let tls: OpenSSLEngine
    private let hosts: [String: IPv4Address]
    /// An address that coprocessors only report, and the one of this machine where they are.
    private let reported: (address: IPv4Address, place: IPv4Address)?
    /// Simulated networks: the machine has no interface in them.
    private let simulated: [(address: IPv4Address, mask: IPv4Address, gateway: IPv4Address)]
    /// The ports of this machine used by the servers of this process's coprocessors.
    private var servers: [Endpoint: UInt16] = [:]
    /// Real UDP endpoints in use, with the coprocessors' port numbers. The sockets share their ports for broadcasts, so
    /// the kernel does not detect conflicts.
    private var datagramPorts: [Endpoint: UInt16] = [:]
    /// The real ports, by the coprocessors' endpoints.
    private var datagramPlaces: [Endpoint: UInt16] = [:]
    private var echoSequence: UInt16 = 0

    init(reactor: Reactor, options: EmulatorOptions, log: @escaping (LogLevel, String) -> Void) {
        self.reactor = reactor
        resolver = NameResolver(reactor: reactor)
        lingering = LingeringSockets(reactor: reactor)
        batches = BatchTimer(reactor: reactor)
        ports = options.ports
        bluetooth = options.bluetooth
        tls = OpenSSLEngine(path: options.tlsLibrary, authorities: options.authorities, log: log)
        hosts = options.hosts
        reported =
            if let own = options.ownAddress, let bound = options.address, own != bound {
                (own, bound == .any ? .loopback : bound)
            } else { nil }
        let interfaces = (try? NetworkInterfaces.ipv4Networks()) ?? []
        simulated = options.coprocessor.networks.compactMap { network in
            guard let address = network.address else { return nil }
            let mask = IPv4Address.mask(prefixLength: network.prefixLength)
            let isReal = interfaces.contains {
                IPv4Address(rawValue: $0.address).isIn(networkOf: address, mask: mask)
            }
            return isReal ? nil : (address, mask, network.gatewayAddress ?? .any)
        }
    }

    /// Whether an address is only simulated: nothing is sent there.
    func isSimulated(_ address: IPv4Address) -> Bool {
        simulated.contains { address.isIn(networkOf: $0.address, mask: $0.mask) }
    }

    /// Whether an address is the gateway of a simulated network, which answers echo requests.
    func isSimulatedGateway(_ address: IPv4Address) -> Bool { simulated.contains { $0.gateway == address } }

    /// Claims a real endpoint for a UDP port of one coprocessor of this process. Returns false when another coprocessor
    /// has it.
    func claimDatagramPort(_ place: Endpoint, for port: UInt16) -> Bool {
        guard datagramPorts[place] == nil else { return false }
        datagramPorts[place] = port
        datagramPlaces[Endpoint(address: place.address, port: port)] = place.port
        return true
    }

    /// Releases a real endpoint of a UDP port.
    func releaseDatagramPort(_ place: Endpoint) {
        guard let port = datagramPorts.removeValue(forKey: place) else { return }
        datagramPlaces[Endpoint(address: place.address, port: port)] = nil
    }

    /// The real destination of a datagram to a coprocessor's view of an endpoint.
    func datagramPlace(_ endpoint: Endpoint) -> IPv4Endpoint {
        IPv4Endpoint(address: machineAddress(endpoint.address), port: datagramPlaces[endpoint] ?? endpoint.port)
    }

    /// The ports of this machine, other than the port itself, on which coprocessors of this process receive broadcasts
    /// or multicasts to a port.
    func otherPlaces(ofDatagramPort port: UInt16) -> Set<UInt16> {
        Set(datagramPlaces.lazy.filter { $0.key.port == port && $0.value != port }.map(\.value))
    }

    /// The next sequence number of an echo request: raw sockets receive the replies to all of this process.
    func nextEchoSequence() -> UInt16 {
        echoSequence &+= 1
        return echoSequence
    }

    /// The sender of a datagram as seen by a coprocessor.
    func datagramSender(_ place: IPv4Endpoint) -> Endpoint {
        let place = Endpoint(address: IPv4Address(rawValue: place.address), port: place.port)
        return Endpoint(address: place.address, port: datagramPorts[place] ?? place.port)
    }

    /// The address that the user has assigned to a name.
    func host(_ name: String) -> IPv4Address? { hosts[name] ?? hosts[name.lowercased()] }

    /// Records the port of a server.
    func registerServer(_ endpoint: Endpoint, hostPort: UInt16) { servers[endpoint] = hostPort }

    /// Removes an ended server.
    func removeServer(_ endpoint: Endpoint) { servers[endpoint] = nil }

    /// The real destination of a connection to a coprocessor's view of an endpoint.
    func place(_ endpoint: Endpoint) -> IPv4Endpoint {
        IPv4Endpoint(address: machineAddress(endpoint.address), port: servers[endpoint] ?? endpoint.port)
    }

    private func machineAddress(_ address: IPv4Address) -> UInt32 {
        guard let reported, reported.address == address else { return address.rawValue }
        return reported.place.rawValue
    }
}
