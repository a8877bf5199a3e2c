import LinuxIO
import NINACoprocessor
import NINAWire

/// What the networks of one process share: names, the places of ports, closing connections, the machine's interfaces.
final class NetworkEnvironment {
    let reactor: Reactor
    let resolver: NameResolver
    let lingering: LingeringSockets
    let ports: PortMapping
    /// Where the Bluetooth controller is.
    let bluetooth: HCITransport?
    let tls: OpenSSLEngine
    private let hosts: [String: IPv4Address]
    /// Networks that are only reported: the machine has no interface in them.
    private let simulated: [(address: IPv4Address, mask: IPv4Address, gateway: IPv4Address)]
    /// Where the servers of this process's coprocessors really are.
    private var servers: [Endpoint: UInt16] = [:]
    /// UDP ports in use, by their places: the coprocessors' own numbers. The sockets are shared for what goes to
    /// everybody, so the kernel does not keep them apart.
    private var datagramPorts: [Endpoint: UInt16] = [:]
    /// Their places, by the coprocessors' own numbers.
    private var datagramPlaces: [Endpoint: UInt16] = [:]
    private var echoSequence: UInt16 = 0

    init(reactor: Reactor, options: EmulatorOptions, log: @escaping (LogLevel, String) -> Void) {
        self.reactor = reactor
        resolver = NameResolver(reactor: reactor)
        lingering = LingeringSockets(reactor: reactor)
        ports = options.ports
        bluetooth = options.bluetooth
        tls = OpenSSLEngine(path: options.tlsLibrary, authorities: options.authorities, log: log)
        hosts = options.hosts
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

    /// An address that only exists in what a network reports: nothing is sent there.
    func isSimulated(_ address: IPv4Address) -> Bool {
        simulated.contains { address.isIn(networkOf: $0.address, mask: $0.mask) }
    }

    /// The gateway of such a network: it answers echo requests.
    func isSimulatedGateway(_ address: IPv4Address) -> Bool { simulated.contains { $0.gateway == address } }

    /// Claims a place for a UDP port of one coprocessor of this process; false when another has it.
    func claimDatagramPort(_ place: Endpoint, for port: UInt16) -> Bool {
        guard datagramPorts[place] == nil else { return false }
        datagramPorts[place] = port
        datagramPlaces[Endpoint(address: place.address, port: port)] = place.port
        return true
    }

    /// Gives the place of a UDP port back.
    func releaseDatagramPort(_ place: Endpoint) {
        guard let port = datagramPorts.removeValue(forKey: place) else { return }
        datagramPlaces[Endpoint(address: place.address, port: port)] = nil
    }

    /// Where to send a datagram for an endpoint as a coprocessor sees it.
    func datagramPlace(_ endpoint: Endpoint) -> IPv4Endpoint {
        IPv4Endpoint(address: endpoint.address.rawValue, port: datagramPlaces[endpoint] ?? endpoint.port)
    }

    /// The ports of this machine at which coprocessors of this process hear what is sent to everybody, or to a group,
    /// on a port: those besides the port itself.
    func otherPlaces(ofDatagramPort port: UInt16) -> Set<UInt16> {
        Set(datagramPlaces.lazy.filter { $0.key.port == port && $0.value != port }.map(\.value))
    }

    /// The next number of an echo request: raw sockets see the answers to all of this process.
    func nextEchoSequence() -> UInt16 {
        echoSequence &+= 1
        return echoSequence
    }

    /// Who has sent a datagram, as a coprocessor sees it.
    func datagramSender(_ place: IPv4Endpoint) -> Endpoint {
        let place = Endpoint(address: IPv4Address(rawValue: place.address), port: place.port)
        return Endpoint(address: place.address, port: datagramPorts[place] ?? place.port)
    }

    /// The address of a name that the user has given one.
    func host(_ name: String) -> IPv4Address? { hosts[name] ?? hosts[name.lowercased()] }

    /// Notes where a server is.
    func registerServer(_ endpoint: Endpoint, hostPort: UInt16) { servers[endpoint] = hostPort }

    /// The server has ended.
    func removeServer(_ endpoint: Endpoint) { servers[endpoint] = nil }

    /// Where to connect for an endpoint as a coprocessor sees it.
    func place(_ endpoint: Endpoint) -> IPv4Endpoint {
        IPv4Endpoint(address: endpoint.address.rawValue, port: servers[endpoint] ?? endpoint.port)
    }
}
