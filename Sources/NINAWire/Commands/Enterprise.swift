// Joining WPA2 enterprise networks: one command of Arduino's firmware, four of Adafruit's.

/// How a station proves who it is: the type byte of SET_ENT.
public struct EnterpriseMethod: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    /// Makes a method of its byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// PEAP with MSCHAPv2: user name and password.
    public static let peap = EnterpriseMethod(rawValue: 0)
    /// EAP-TLS: a certificate and its key; the firmware takes every byte but 0 for it.
    public static let tls = EnterpriseMethod(rawValue: 1)
}

/// SET_ENT (Arduino): starts joining a WPA2 enterprise network.
///
///     E0 40 06 | 0001 00 | len ssid | len username | len password | len identity | len rootCA | EE
///     E0 40 06 | 0001 01 | len ssid | len certificate | len key | len identity | len rootCA | EE        reply: 1
///
/// The type byte tells the forms apart. Certificates and keys are PEM texts with their own terminating NUL. Adafruit's
/// firmware knows another command by this number, ``SetCliCert``.
public struct SetEnt: Command {
    /// The device answers 1 at once, whatever becomes of the join.
    public typealias Reply = Acknowledgement

    /// How the station proves who it is.
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
    /// The name that is sent in the clear; at most 128 bytes.
    public var identity: ArraySlice<UInt8> = []
    /// The certificate that the server must be signed by; the firmware does not check it in the first form.
    public var rootCA: ArraySlice<UInt8> = []

    /// The first form, all empty.
    public init() {}
    /// All empty, in the form of this method.
    public init(method: EnterpriseMethod) { self.method = method }

    /// Its number.
    public static var opcode: Opcode { .setEnt }
    /// What it does.
    public static var summary: StaticString { "join an enterprise network" }
    /// Two bytes.
    public static var width: LengthWidth { .word }
    /// The two forms.
    public static var forms: [SetEnt] { [SetEnt(method: .peap), SetEnt(method: .tls)] }

    /// The parameters of the form.
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

/// SET_ENT_IDENT (Adafruit): the name that is sent in the clear when joining an enterprise network.
///
///     E0 4A 01 | L identity | EE        reply: 1
public struct SetEntIdent: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The name, at most 32 bytes.
    public var identity: ArraySlice<UInt8> = []

    /// An empty name.
    public init() {}
    /// Sets this name.
    public init(identity: ArraySlice<UInt8>) { self.identity = identity }

    /// Its number.
    public static var opcode: Opcode { .setEntIdent }
    /// What it does.
    public static var summary: StaticString { "set the enterprise identity" }

    /// The name.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("identity", &identity)
    }
}

/// SET_ENT_UNAME (Adafruit): the user who joins an enterprise network.
///
///     E0 4B 01 | L username | EE        reply: 1
public struct SetEntUname: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The user, at most 32 bytes.
    public var username: ArraySlice<UInt8> = []

    /// An empty name.
    public init() {}
    /// Sets this name.
    public init(username: ArraySlice<UInt8>) { self.username = username }

    /// Its number.
    public static var opcode: Opcode { .setEntUname }
    /// What it does.
    public static var summary: StaticString { "set the enterprise user name" }

    /// The name.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("username", &username)
    }
}

/// SET_ENT_PASSWD (Adafruit): the password for joining an enterprise network.
///
///     E0 4C 01 | L password | EE        reply: 1
public struct SetEntPasswd: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The password, at most 32 bytes.
    public var password: ArraySlice<UInt8> = []

    /// An empty password.
    public init() {}
    /// Sets this password.
    public init(password: ArraySlice<UInt8>) { self.password = password }

    /// Its number.
    public static var opcode: Opcode { .setEntPasswd }
    /// What it does.
    public static var summary: StaticString { "set the enterprise password" }

    /// The password.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("password", .secret, &password)
    }
}

/// SET_ENT_ENABLE (Adafruit): the next SET_NET joins an enterprise network with what was set.
///
///     E0 4F 00 EE        reply: 1
public struct SetEntEnable: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .setEntEnable }
    /// What it does.
    public static var summary: StaticString { "join as an enterprise station from now on" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}
