import CLinux
import LinuxLibc

/// An IPv4 address of an interface, and its network.
public struct IPv4Network: Hashable, Sendable, CustomStringConvertible {
    /// The interface's name, for example "eth0".
    public let interface: String
    /// The interface's own address, in host order.
    public let address: UInt32
    /// The length of the network prefix, 0 to 32.
    public let prefixLength: Int

    /// An address on an interface.
    public init(interface: String, address: UInt32, prefixLength: Int) {
        self.interface = interface
        self.address = address
        self.prefixLength = min(max(prefixLength, 0), 32)
    }

    /// The mask of the network, in host order.
    public var mask: UInt32 { prefixLength == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefixLength) }

    /// Whether an address, in host order, is in the network.
    public func contains(_ other: UInt32) -> Bool { (other ^ address) & mask == 0 }

    /// Whether an address, in host order, is the network's own or its broadcast address: no machine has these.
    public func reserves(_ other: UInt32) -> Bool {
        prefixLength < 31 && (other == address & mask || other == address | ~mask)
    }

    /// For example "lo 127.0.0.1/8".
    public var description: String { "\(interface) \(IPv4Endpoint.text(of: address))/\(prefixLength)" }
}

/// The machine's network interfaces.
public enum NetworkInterfaces {
    /// The number of the loopback interface, in every network namespace.
    public static let loopback: UInt32 = 1

    /// The IPv4 addresses of all interfaces that are up, loopback included.
    ///
    /// - Throws: ENOMEM, EMFILE or another error of getifaddrs.
    public static func ipv4Networks() throws(LinuxError) -> [IPv4Network] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { throw .current("getifaddrs") }
        defer { freeifaddrs(list) }
        var networks: [IPv4Network] = []
        var next = list
        while let entry = next?.pointee {
            if clinux_interface_is_up(entry.ifa_flags) != 0, let address = ipv4(entry.ifa_addr) {
                let mask = ipv4(entry.ifa_netmask) ?? UInt32.max
                networks.append(
                    IPv4Network(
                        interface: String(cString: entry.ifa_name), address: address,
                        prefixLength: (~mask).leadingZeroBitCount))
            }
            next = entry.ifa_next
        }
        return networks
    }

    private static func ipv4(_ pointer: UnsafeMutablePointer<sockaddr>?) -> UInt32? {
        guard let pointer, pointer.pointee.sa_family == sa_family_t(AF_INET) else { return nil }
        return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { IPv4Endpoint($0.pointee).address }
    }
}
