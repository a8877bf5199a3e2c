import NINAWire

/// The remote host of a connection, by name or by address: `"example.org"` or `.address(IPv4Address(10, 0, 0, 1))`.
///
/// The coprocessor resolves names.
public enum Host: Sendable, ExpressibleByStringLiteral {
    /// An address.
    case address(IPv4Address)
    /// A host name, or an address in dotted decimal.
    case name(String)

    /// 127.0.0.1: the coprocessor itself.
    public static var loopback: Host { .address(.loopback) }

    /// A name, from a literal.
    public init(stringLiteral name: String) { self = .name(name) }
}

#if !hasFeature(Embedded)
extension Host: Hashable, CustomStringConvertible {
    /// The name or the address.
    public var description: String {
        switch self {
        case .address(let address): "\(address)"
        case .name(let name): name
        }
    }
}
#endif

extension Driver {
    /// - Throws: `.hostNotFound`.
    func address(of host: Host) throws(WiFiError) -> IPv4Address {
        switch host {
        case .address(let address): return address
        case .name(let name): return try hostByName(name)
        }
    }
}
