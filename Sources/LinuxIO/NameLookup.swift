import CLinux
import LinuxLibc

/// Why a name could not be resolved.
public struct NameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The code of getaddrinfo (EAI_NONAME, EAI_AGAIN, ...).
    public let code: Int32

    /// Wraps a code of getaddrinfo.
    public init(code: Int32) {
        self.code = code
    }

    /// The name does not exist, or has no IPv4 address.
    public static let unknownName = NameError(code: EAI_NONAME)
    /// No reply now; another attempt may succeed.
    public static let tryAgain = NameError(code: EAI_AGAIN)

    /// The C library's text, for example "Name or service not known".
    public var description: String { String(cString: gai_strerror(code)) }
}

/// The outcome of resolving a name.
public enum NameResolution: Equatable, Sendable {
    /// The IPv4 addresses in host order, without duplicates, best first; at least one.
    case addresses([UInt32])
    /// No address was found.
    case failed(NameError)
}

/// Resolving names in the calling thread.
public enum NameLookup {
    /// The address of a name that needs no look-up: a dotted IPv4 address or "localhost". Never blocks.
    public static func immediate(_ host: String) -> UInt32? {
        if let address = IPv4Endpoint.address(dotted: host) { return address }
        let name = host.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return name.elementsEqual("localhost".utf8) || name.elementsEqual("localhost.".utf8)
            ? IPv4Endpoint.loopbackAddress : nil
    }

    /// Resolves a name with getaddrinfo, which may block for many seconds.
    public static func blocking(_ host: String) -> NameResolution {
        guard !host.isEmpty, !host.utf8.contains(0) else { return .failed(.unknownName) }
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = clinux_sock_stream
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failed(NameError(code: code)) }
        defer { freeaddrinfo(list) }
        var addresses: [UInt32] = []
        var next = list
        while let entry = next {
            if entry.pointee.ai_family == AF_INET, let raw = entry.pointee.ai_addr {
                let address = raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    IPv4Endpoint($0.pointee).address
                }
                if !addresses.contains(address) { addresses.append(address) }
            }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failed(.unknownName) : .addresses(addresses)
    }
}
