// Layouts that several commands share. A command adds its number, its fields and its reply.

/// A command without parameters.
public protocol NoParameters: Command {}

extension NoParameters {
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// A command whose only parameter is a dummy byte.
public protocol Query: Command {
    /// Some hosts send it (FF), others omit it; devices ignore it.
    var dummy: UInt8? { get set }
}

extension Query {
    public static var forms: [Self] {
        var withDummy = Self()
        withDummy.dummy = 0xFF
        return [Self(), withDummy]
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// A command whose only parameter is a socket.
public protocol SocketCommand: Command {
    /// A slot, or lwip's socket number in BSD commands.
    var socket: SocketNumber { get set }
}

extension SocketCommand {
    public init(socket: SocketNumber) {
        self.init()
        self.socket = socket
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// A command that sends bytes: `0001 socket | len data`.
public protocol SocketDataCommand: Command {
    /// A slot, or lwip's socket number in BSD commands.
    var socket: SocketNumber { get set }
    /// At most ``Frame/longestSend`` bytes.
    var data: ArraySlice<UInt8> { get set }
}

extension SocketDataCommand {
    public init(socket: SocketNumber, data: ArraySlice<UInt8>) {
        self.init()
        self.socket = socket
        self.data = data
    }

    public static var width: LengthWidth { .word }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// A command that requests bytes: a socket and a size, little endian.
public protocol SocketReadCommand: Command {
    /// A slot, or lwip's socket number in BSD commands.
    var socket: SocketNumber { get set }
    /// The maximum number of bytes to return.
    var size: UInt16 { get set }
}

extension SocketReadCommand {
    public init(socket: SocketNumber, size: UInt16) {
        self.init()
        self.socket = socket
        self.size = size
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("size", .little, &size)
    }
}

/// A command about a network that the last scan found.
public protocol ScanRecordCommand: Command {
    /// Index in the last scan, from 0.
    var index: UInt8 { get set }
}

extension ScanRecordCommand {
    public init(index: UInt8) {
        self.init()
        self.index = index
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("index", &index)
    }
}

/// A command about a file: `04 offset | 04 count | L path`, offset and count little endian.
public protocol FileCommand: Command {
    /// The offset of the first byte to read; ignored by other commands.
    var offset: UInt32 { get set }
    /// The number of bytes to read; ignored by other commands.
    var count: UInt32 { get set }
    /// "/fs/" and at most 30 bytes.
    var path: ArraySlice<UInt8> { get set }
}

extension FileCommand {
    public init(path: ArraySlice<UInt8>) {
        self.init()
        self.path = path
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u32("offset", .little, &offset)
        try coder.u32("count", .little, &count)
        try coder.text("path", &path)
    }
}
