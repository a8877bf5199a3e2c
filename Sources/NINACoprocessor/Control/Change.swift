import NINAWire

/// A change of what is around a module: the networks in range, its pins, the time, faults, its power.
///
/// ``Coprocessor/apply(_:at:)`` makes it. Apart from ``reset`` and what stations do, a change outlives resets of the module.
public enum Change: Equatable, Sendable {
    /// A network comes into range. One with the same name and hardware address is replaced.
    case addNetwork(RadioNetwork)
    /// The networks of this name go, and are forgotten.
    case removeNetwork(ssid: [UInt8])
    /// The networks of this name go out of range: for a time, or until ``addNetwork(_:)`` brings one back.
    case loseNetwork(ssid: [UInt8], for: Duration?)
    /// The networks of this name want another secret from the next join on; a station that has joined stays.
    case secret(ssid: [UInt8], RadioNetwork.Secret)
    /// The signal of the networks of this name, in dBm, -127 to 0. Below -98 they are out of range; below -90 joins fail and
    /// connections end now and then, the same way each time.
    case signal(ssid: [UInt8], rssi: Int32)
    /// The time of a join, and of a scan.
    case joinDelay(Duration)
    /// The reason with which every join of the networks of this name fails, such as 203; nil for none.
    case failJoins(ssid: [UInt8], reason: UInt8?)
    /// A station joins the module's access point.
    case stationJoins(MACAddress)
    /// A station leaves the module's access point.
    case stationLeaves(MACAddress)
    /// The level connected to a pin; nil for an open one.
    case pin(UInt8, level: Bool?)
    /// The analog value connected to a pin, 0 to 4095; nil for an open one.
    case analog(UInt8, value: UInt16?)
    /// The time that networks provide, in seconds since 1970; nil for none: GET_TIME answers 0.
    case time(UInt64?)
    /// A fault is added, in place of one with the same identifier.
    case addFault(Fault)
    /// A fault ends. READY or IRQ that it holds is free again.
    case removeFault(id: String)
    /// All faults end.
    case removeAllFaults
    /// The supply breaks down: the module restarts without a RESET of the host.
    case reset
}

/// A change that cannot be.
public struct ChangeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where, as a name of ``Change`` and its part: `signal.rssi`.
    public var place: String
    /// What was expected.
    public var expected: String
    /// What came.
    public var got: String

    /// Makes an error.
    public init(_ place: String, expected: String, got: String) {
        self.place = place
        self.expected = expected
        self.got = got
    }

    /// All of it as a sentence.
    public var description: String { "\(place): expected \(expected), got \(got)" }
}
