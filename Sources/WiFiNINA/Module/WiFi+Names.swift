import NINALink
import NINAWire

// Host names and echo requests.

extension WiFi {
    /// Resolves a host name; an address in dotted decimal needs no network.
    /// - Throws: `.hostNotFound`; `.invalidArgument` for a name with a NUL.
    public func hostByName(_ name: String) throws(WiFiError) -> IPv4Address {
        try driver.hostByName(name)
    }

    /// How long the firmware waits for the echo reply.
    private static let echoNanoseconds: UInt64 = 5_000_000_000

    /// Sends an echo request.
    /// - Parameters:
    ///   - host: the name or address to send it to.
    ///   - ttl: the maximum number of hops.
    /// - Returns: the round-trip time in milliseconds; nil when no reply came within 5 seconds.
    /// - Throws: `.hostNotFound`.
    public func ping(_ host: Host, ttl: UInt8 = 128) throws(WiFiError) -> Int? {
        let patience = Self.echoNanoseconds + driver.commandNanoseconds
        let address = try driver.address(of: host)
        let time = try driver.run(Ping(address: address, ttl: ttl), nanoseconds: patience).milliseconds
        return time < 0 ? nil : Int(time)
    }
}

extension Driver {
    func hostByName(_ name: String) throws(WiFiError) -> IPv4Address { try hostByName(bytes(name, .reqHostByName)) }

    func hostByName(_ name: ArraySlice<UInt8>) throws(WiFiError) -> IPv4Address {
        guard try acknowledge(ReqHostByName(name: name)) else { throw .hostNotFound }
        let address = try run(GetHostByName()).address
        guard address != .broadcast else { throw .hostNotFound }
        return address
    }
}
