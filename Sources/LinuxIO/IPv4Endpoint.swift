import LinuxLibc

/// An IPv4 address and a port, both in host byte order.
public struct IPv4Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// The address in host order: 127.0.0.1 is 0x7F000001; 0 means all addresses of this machine.
    public var address: UInt32
    /// The port in host order; 0 lets the kernel choose.
    public var port: UInt16

    /// 127.0.0.1.
    public static let loopbackAddress: UInt32 = 0x7F00_0001

    /// An endpoint of an address and a port in host order.
    public init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The endpoint in the kernel's form.
    public init(_ socketAddress: sockaddr_in) {
        address = UInt32(bigEndian: socketAddress.sin_addr.s_addr)
        port = UInt16(bigEndian: socketAddress.sin_port)
    }

    /// The kernel's form of the endpoint.
    public var socketAddress: sockaddr_in {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = address.bigEndian
        return raw
    }

    /// For example "127.0.0.1:8080".
    public var description: String { "\(Self.text(of: address)):\(port)" }

    /// An address in dotted form.
    public static func text(of address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
    }

    /// Parses a dotted IPv4 address; nil for any other text.
    public static func address(dotted text: String) -> UInt32? {
        guard !text.utf8.contains(0) else { return nil }
        var raw = in_addr()
        return inet_pton(AF_INET, text, &raw) == 1 ? UInt32(bigEndian: raw.s_addr) : nil
    }

    /// Passes the kernel's form to a call.
    func withPointer<Result>(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Lets a call fill in the kernel's form; returns the call's result.
    static func filledIn<Result>(
        by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> (result: Result, endpoint: IPv4Endpoint) {
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        return (result, IPv4Endpoint(raw))
    }
}
