import LinuxIO

/// A further socket of a datagram socket, for what one socket with the coprocessor's address cannot do.
final class ExtraDatagramSocket {
    enum Purpose {
        /// Receives multicasts or broadcasts: a socket with an own address receives neither.
        case shared
        /// Sends to other machines from outside 127.0.0.0/8, and receives their answers.
        case outside(Correspondents)
    }

    let registration: Registration
    let number: Int32
    private(set) var purpose: Purpose
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor, _ registration: Registration, _ purpose: Purpose) {
        number = descriptor.rawValue
        self.descriptor = descriptor
        self.registration = registration
        self.purpose = purpose
    }

    /// Whether this socket sends to other machines; answers of this one are then admitted.
    func allows(_ place: IPv4Endpoint) -> Bool {
        guard case .outside(var correspondents) = purpose else { return false }
        guard !correspondents.know(place) else { return true }
        correspondents.add(place)
        purpose = .outside(correspondents)
        return true
    }
}

/// Where a socket has sent something: answers come from the same machine, or from the same port of a machine with
/// several addresses. Strangers who find the socket's port are refused.
struct Correspondents {
    private struct Correspondent {
        var place: IPv4Endpoint
        /// The mask of a network to which a broadcast was sent.
        var mask: UInt32
    }

    /// The oldest ones are forgotten.
    private static let limit = 64

    private let networks: [IPv4Network]
    private var list: [Correspondent] = []

    init(first place: IPv4Endpoint) {
        self.init(first: place, networks: (try? NetworkInterfaces.ipv4Networks()) ?? [])
    }

    /// - Parameter networks: those of the machine's interfaces.
    init(first place: IPv4Endpoint, networks: [IPv4Network]) {
        self.networks = networks
        add(place)
    }

    mutating func add(_ place: IPv4Endpoint) {
        let network = networks.first { $0.prefixLength < 31 && place.address == $0.address | ~$0.mask }
        if list.count == Self.limit { list.removeFirst() }
        list.append(Correspondent(place: place, mask: network?.mask ?? .max))
    }

    func know(_ place: IPv4Endpoint) -> Bool { list.contains { $0.place == place } }

    /// Whether a datagram from there can be an answer.
    func admit(_ sender: IPv4Endpoint) -> Bool {
        list.contains { (sender.address ^ $0.place.address) & $0.mask == 0 || sender.port == $0.place.port }
    }
}
