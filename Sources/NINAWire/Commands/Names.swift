// Name look-up.

/// REQ_HOST_BY_NAME: resolves a name; GET_HOST_BY_NAME then returns the address.
///
///     E0 34 01 | L name | EE        reply: 1 found, 0 not
public struct ReqHostByName: Command {
    /// The name, or an address in dotted decimal.
    public var name: ArraySlice<UInt8> = []

    public init() {}
    public init(name: ArraySlice<UInt8>) { self.name = name }

    public static var opcode: Opcode { .reqHostByName }
    public static var summary: StaticString { "resolve a host name" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("name", &name)
    }
}

/// GET_HOST_BY_NAME: the last address found; 255.255.255.255 after a failed look-up.
///
///     E0 35 00 EE        reply: E0 B5 01 | 04 address | EE
public struct GetHostByName: NoParameters {
    /// The address.
    public struct Reply: Layout, Equatable, Sendable {
        /// The last address found.
        public var address = IPv4Address.any

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
        }
    }

    public init() {}

    public static var opcode: Opcode { .getHostByName }
    public static var summary: StaticString { "the address found by the last look-up" }
}
