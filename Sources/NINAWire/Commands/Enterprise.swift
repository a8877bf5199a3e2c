// Joining WPA2 enterprise networks: one command of Arduino's firmware, four of Adafruit's.

/// The authentication method of a station: the type byte of SET_ENT.
public struct EnterpriseMethod: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// PEAP with MSCHAPv2: user name and password.
    public static let peap = EnterpriseMethod(rawValue: 0)
    /// EAP-TLS: a certificate and its key; for the firmware any byte but 0.
    public static let tls = EnterpriseMethod(rawValue: 1)
}

/// SET_ENT (Arduino): starts joining a WPA2 enterprise network.
///
///     E0 40 06 | 0001 00 | len ssid | len username | len password | len identity | len rootCA | EE
///     E0 40 06 | 0001 01 | len ssid | len certificate | len key | len identity | len rootCA | EE        reply: 1
///
/// The type byte selects the form. Certificates and keys are PEM texts that include their terminating NUL. In
/// Adafruit's firmware this number is ``SetCliCert``.
public struct SetEnt: Command {
    /// The authentication method.
    public var method = EnterpriseMethod.peap
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// The user, in the first form; at most 128 bytes.
    public var username: ArraySlice<UInt8> = []
    /// The password, in the first form; at most 128 bytes.
    public var password: ArraySlice<UInt8> = []
    /// The certificate of the station, in the second form.
    public var certificate: ArraySlice<UInt8> = []
    /// The private key of the certificate, in the second form.
    public var key: ArraySlice<UInt8> = []
    /// The outer identity, which is sent unencrypted; at most 128 bytes.
    public var identity: ArraySlice<UInt8> = []
    /// The root certificate that verifies the server; the firmware does not check it in the first form.
    public var rootCA: ArraySlice<UInt8> = []

    public init() {}
    public init(method: EnterpriseMethod) { self.method = method }

    public static var opcode: Opcode { .setEnt }
    public static var summary: StaticString { "join an enterprise network" }
    public static var width: LengthWidth { .word }
    public static var forms: [SetEnt] { [SetEnt(method: .peap), SetEnt(method: .tls)] }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("type", &method.rawValue)
        try coder.text("ssid", &ssid)
        if method == .peap {
            try coder.text("username", &username)
            try coder.bytes("password", .secret, &password)
        } else {
            try coder.bytes("certificate", .data, &certificate)
            try coder.bytes("key", .secret, &key)
        }
        try coder.text("identity", &identity)
        try coder.bytes("root_ca", .data, &rootCA)
    }
}

/// SET_ENT_IDENT (Adafruit): the outer identity for an enterprise network, which is sent unencrypted.
///
///     E0 4A 01 | L identity | EE        reply: 1
public struct SetEntIdent: Command {
    /// The outer identity, at most 32 bytes.
    public var identity: ArraySlice<UInt8> = []

    public init() {}
    public init(identity: ArraySlice<UInt8>) { self.identity = identity }

    public static var opcode: Opcode { .setEntIdent }
    public static var summary: StaticString { "set the enterprise identity" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("identity", &identity)
    }
}

/// SET_ENT_UNAME (Adafruit): the user name for an enterprise network.
///
///     E0 4B 01 | L username | EE        reply: 1
public struct SetEntUname: Command {
    /// The user, at most 32 bytes.
    public var username: ArraySlice<UInt8> = []

    public init() {}
    public init(username: ArraySlice<UInt8>) { self.username = username }

    public static var opcode: Opcode { .setEntUname }
    public static var summary: StaticString { "set the enterprise user name" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("username", &username)
    }
}

/// SET_ENT_PASSWD (Adafruit): the password for an enterprise network.
///
///     E0 4C 01 | L password | EE        reply: 1
public struct SetEntPasswd: Command {
    /// The password, at most 32 bytes.
    public var password: ArraySlice<UInt8> = []

    public init() {}
    public init(password: ArraySlice<UInt8>) { self.password = password }

    public static var opcode: Opcode { .setEntPasswd }
    public static var summary: StaticString { "set the enterprise password" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("password", .secret, &password)
    }
}

/// SET_ENT_ENABLE (Adafruit): makes the next SET_NET join an enterprise network with these settings.
///
///     E0 4F 00 EE        reply: 1
public struct SetEntEnable: NoParameters {
    public init() {}

    public static var opcode: Opcode { .setEntEnable }
    public static var summary: StaticString { "enable joining enterprise networks" }
}
