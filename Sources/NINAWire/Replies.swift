// Replies that several commands share.

/// Whether the device carried out the command: 1, or 0 for a failure.
///
///     E0 op|80 01 | 01 value | EE
public struct Acknowledgement: Layout, Equatable, Sendable {
    /// 1 or 0; a few commands always reply 1.
    public var value: UInt8 = 0

    public init() {}
    public init(_ value: UInt8) { self.value = value }
    public init(_ isDone: Bool) { value = isDone ? 1 : 0 }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("result", &value)
    }
}

/// An error code: 0 for success.
///
///     E0 op|80 01 | 01 code | EE
public struct ResultCode: Layout, Equatable, Sendable {
    /// 0 for success.
    public var value: UInt8 = 0

    public init() {}
    public init(_ value: UInt8) { self.value = value }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("code", &value)
    }
}

/// The number of bytes that a device took.
///
///     E0 op|80 01 | 02 count (little endian) | EE
public struct ByteCount: Layout, Equatable, Sendable {
    /// The number of bytes.
    public var count: UInt16 = 0

    public init() {}
    public init(count: UInt16) { self.count = count }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("count", .little, &count)
    }
}

/// The number of bytes that a BSD socket took; the byte order differs from ``ByteCount``.
///
///     E0 op|80 01 | 02 count (big endian) | EE
public struct BSDByteCount: Layout, Equatable, Sendable {
    /// The number of bytes; 0 for a failure.
    public var count: UInt16 = 0

    public init() {}
    public init(count: UInt16) { self.count = count }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("count", .big, &count)
    }
}

/// Bytes read, with a two-byte length.
///
///     E0 op|80 01 | len data | EE
public struct ReadBytes: Layout, Equatable, Sendable {
    /// The bytes; empty when there is nothing to read.
    public var data: ArraySlice<UInt8> = []

    public init() {}
    public init(data: ArraySlice<UInt8>) { self.data = data }

    public static var width: LengthWidth { .word }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("data", .data, &data)
    }
}

/// A socket that was created or found.
///
///     E0 op|80 01 | 01 socket | EE
public struct GrantedSocket: Layout, Equatable, Sendable {
    /// The socket's number; 255 for none.
    public var socket = SocketNumber.unavailable

    public init() {}
    public init(socket: SocketNumber) { self.socket = socket }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// The value of a socket's option, or of an IOCTL request.
///
///     E0 op|80 01 | L value | EE
public struct OptionValue: Layout, Equatable, Sendable {
    /// The value; empty for a failure. GETSOCKOPT returns flags as their bit, not as 1.
    public var value: ArraySlice<UInt8> = []

    public init() {}
    public init(value: ArraySlice<UInt8>) { self.value = value }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("value", .data, &value)
    }
}

/// The signal strength of a network.
///
///     E0 op|80 01 | 04 rssi (little endian, signed) | EE
public struct SignalStrength: Layout, Equatable, Sendable {
    /// In dBm.
    public var rssi: Int32 = 0

    public init() {}

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.i32("rssi", .little, &rssi)
    }
}

/// The encryption of a network.
///
///     E0 op|80 01 | 01 type | EE
public struct NetworkEncryption: Layout, Equatable, Sendable {
    /// The encryption.
    public var type: EncryptionType = .open

    public init() {}

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("type", &type.rawValue)
    }
}

/// The hardware address of an access point.
///
///     E0 op|80 01 | 06 bssid | EE
public struct AccessPointAddress: Layout, Equatable, Sendable {
    /// In wire order; see ``Dialect/reversesHardwareAddresses``.
    public var bssid: MACAddress = .zero

    public init() {}

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.hardwareAddress("bssid", &bssid)
    }
}
