// Certificates and keys for TLS: two commands of Adafruit's firmware, two for BearSSL.

/// SET_CLI_CERT (Adafruit): the certificate that TLS clients present.
///
///     E0 40 01 | L certificate | EE        reply: 1
///
/// PEM texts are longer than a length byte can express: Adafruit's hosts send the low 8 bits of the length, and the
/// firmware ignores them and copies 1300 bytes. Here the text ends at an end byte whose distance from the start equals
/// the length byte modulo 256.
public struct SetCliCert: Command {
    /// The PEM text.
    public var certificate: ArraySlice<UInt8> = []

    public init() {}
    public init(certificate: ArraySlice<UInt8>) { self.certificate = certificate }

    public static var opcode: Opcode { .setCliCert }
    public static var summary: StaticString { "set the certificate of TLS clients" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.longText("certificate", .data, &certificate)
    }
}

/// SET_PK (Adafruit): the private key for the certificate of ``SetCliCert``. Both must be set.
///
///     E0 41 01 | L key | EE        reply: 1
///
/// The length byte is written as in SET_CLI_CERT; the firmware copies 1700 bytes.
public struct SetPK: Command {
    /// The PEM text.
    public var key: ArraySlice<UInt8> = []

    public init() {}
    public init(key: ArraySlice<UInt8>) { self.key = key }

    public static var opcode: Opcode { .setPK }
    public static var summary: StaticString { "set the key of the TLS certificate" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.longText("key", .secret, &key)
    }
}

extension FieldCoder {
    /// A text with a length byte that holds the low 8 bits of its length.
    fileprivate mutating func longText(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        var count = value.count
        if let unread, let low = unread.first {
            let text = unread.dropFirst()
            count = Int(low)
            while count < text.count, text[text.startIndex + count] != Frame.end { count += 256 }
            // Without such an end byte, the length byte is the length.
            if count >= text.count { count = Int(low) }
        }
        try bytes(name, format, lengthByte: UInt8(truncatingIfNeeded: count), count: count, &value)
    }
}

/// BR_SET_EC_TA: an elliptic-curve key that BearSSL trusts (WiFiNINA 2.1.0, nina-fw's branch bearssl-ta).
///
///     E0 68 04 | len name | 02 flags | 02 curve | len key | EE        flags and curve big endian
///     reply: E0 E8 01 | 01 code | EE
///
/// Two lengths have two bytes, two have one; the firmware uses only the low bytes. WiFiNINA and `modern` use 0 for
/// success; the branch replies 1 for success and 0 when out of memory.
public struct BrSetEcTa: Command {
    /// 0 for success (1 in the branch).
    public typealias Reply = ResultCode

    /// The distinguished name of the authority, in DER.
    public var name: ArraySlice<UInt8> = []
    /// BearSSL's flags: 1 for an authority.
    public var flags: UInt16 = 0
    /// The number of the curve: 23 for P-256.
    public var curve: UInt16 = 0
    /// The public key, a point on the curve.
    public var key: ArraySlice<UInt8> = []

    public init() {}
    public init(name: ArraySlice<UInt8>, flags: UInt16, curve: UInt16, key: ArraySlice<UInt8>) {
        self.name = name
        self.flags = flags
        self.curve = curve
        self.key = key
    }

    public static var opcode: Opcode { .brSetEcTa }
    public static var summary: StaticString { "trust an elliptic-curve key" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        coder.width = .word
        try coder.bytes("name", .data, &name)
        coder.width = .byte
        try coder.u16("flags", .big, &flags)
        try coder.u16("curve", .big, &curve)
        coder.width = .word
        try coder.bytes("key", .data, &key)
    }
}

/// BR_ERROR_CODE: the last error of BearSSL (WiFiNINA 2.1.0, nina-fw's branch bearssl-error).
///
///     E0 69 00 EE        reply: E0 E9 01 | 04 error (little endian, signed) | EE
public struct BrErrorCode: NoParameters {
    /// The error.
    public struct Reply: Layout, Equatable, Sendable {
        /// BearSSL's error number, 0 for none.
        public var error: Int32 = 0

        public init() {}
        public init(error: Int32) { self.error = error }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.i32("error", .little, &error)
        }
    }

    public init() {}

    public static var opcode: Opcode { .brErrorCode }
    public static var summary: StaticString { "the last error of BearSSL" }
}
