// Files: a small flat file system on the coprocessor (nina-fw 1.4.0 and newer).

/// WRITE_FILE: appends bytes to a file.
///
///     E0 60 04 | 04 offset | 04 count | L path | 00 data | EE        offset and count little endian; reply: 1
///
/// WiFiNINA sends 0 as the length byte of the data, which has `count` bytes. Nina-fw ignores the offset, and its reply
/// up to 2.0.0 is not a frame: `count` bytes long, `E0 E0`, zeros, `EE`.
public struct WriteFile: Command {
    /// The reply of nina-fw up to 2.0.0, which is not a frame: `E0 E0`, zeros, and `EE` as the last of `count` bytes.
    /// - Parameter isPadded: pads with zeros to a multiple of 4 bytes, as all firmware with files does.
    public static func countedReply(_ count: Int, isPadded: Bool = true) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: isPadded ? Frame.padded(count) : count)
        for index in 0..<min(2, bytes.count) { bytes[index] = index == 0 ? Frame.start : opcode.replyByte }
        if count > 0 { bytes[count - 1] = Frame.end }
        return bytes
    }

    /// Offset of the first byte.
    public var offset: UInt32 = 0
    /// The path: "/fs/" and at most 30 bytes.
    public var path: ArraySlice<UInt8> = []
    /// The bytes; the frame's `count` is their number.
    public var data: ArraySlice<UInt8> = []

    public init() {}
    public init(offset: UInt32, path: ArraySlice<UInt8>, data: ArraySlice<UInt8>) {
        self.offset = offset
        self.path = path
        self.data = data
    }

    public static var opcode: Opcode { .writeFile }
    public static var summary: StaticString { "append bytes to a file" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        var count = UInt32(truncatingIfNeeded: data.count)
        try coder.u32("offset", .little, &offset)
        try coder.u32("count", .little, &count)
        try coder.text("path", &path)
        try coder.bytes("data", .data, lengthByte: 0, count: Int(clamping: count), &data)
    }
}

/// READ_FILE: reads bytes of a file.
///
///     E0 61 03 | 04 offset | 04 count | L path | EE        offset and count little endian
///     reply: E0 E1 01 | L data | EE
///
/// Past the end of the file nina-fw sends zeros. The reply holds at most 255 bytes. For a missing file `modern` sends
/// the error frame, nina-fw a reply without bytes.
public struct ReadFile: FileCommand {
    /// The bytes.
    public struct Reply: Layout, Equatable, Sendable {
        /// At most 255 bytes; nina-fw sends more with a length byte that wraps around, which only writers support.
        public var data: ArraySlice<UInt8> = []

        public init() {}
        public init(data: ArraySlice<UInt8>) { self.data = data }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            guard data.count > LengthWidth.byte.longestValue else { return try coder.bytes("data", .data, &data) }
            let lengthByte = UInt8(truncatingIfNeeded: data.count)
            try coder.bytes("data", .data, lengthByte: lengthByte, count: data.count, &data)
        }
    }

    public var offset: UInt32 = 0
    public var count: UInt32 = 0
    public var path: ArraySlice<UInt8> = []

    public init() {}
    public init(offset: UInt32, count: UInt32, path: ArraySlice<UInt8>) {
        self.offset = offset
        self.count = count
        self.path = path
    }

    public static var opcode: Opcode { .readFile }
    public static var summary: StaticString { "read bytes of a file" }
}

/// DELETE_FILE: deletes a file.
///
///     E0 62 03 | 04 offset | 04 count | L path | EE        offset and count ignored; reply: E0 E2 01 | 00 | EE
///
/// Nina-fw always replies with the error frame. WiFiNINA provides no buffer for a value: the parameter must be empty.
public struct DeleteFile: FileCommand {
    /// An empty parameter.
    public struct Reply: Layout, Equatable, Sendable {
        /// No bytes.
        public var nothing: ArraySlice<UInt8> = []

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("nothing", .data, &nothing)
        }
    }

    public var offset: UInt32 = 0
    public var count: UInt32 = 0
    public var path: ArraySlice<UInt8> = []

    public init() {}

    public static var opcode: Opcode { .deleteFile }
    public static var summary: StaticString { "delete a file" }
}

/// EXISTS_FILE: the size of a file.
///
///     E0 63 03 | 04 offset | 04 count | L path | EE        offset and count ignored
///     reply: E0 E3 01 | 04 size (little endian, signed) | EE
///     reply: E0 E3 01 | 04 size | 00 | EE                  nina-fw to 2.0.0: one byte too many
public struct ExistsFile: FileCommand {
    /// The size.
    public struct Reply: Layout, Equatable, Sendable {
        /// Size in bytes; -1 when the file does not exist.
        public var size: Int32 = 0
        /// Whether a zero follows the size, as in nina-fw.
        public var hasStrayByte = false

        public init() {}
        public init(size: Int32, hasStrayByte: Bool = false) {
            self.size = size
            self.hasStrayByte = hasStrayByte
        }

        public static var forms: [Reply] { [Reply(size: 0, hasStrayByte: false), Reply(size: 0, hasStrayByte: true)] }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            if let unread = coder.unread { hasStrayByte = unread.dropFirst(5).first == 0 }
            guard hasStrayByte else { return try coder.i32("size", .little, &size) }
            let bits = UInt32(bitPattern: size)
            var bytes: ArraySlice<UInt8> = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) } + [0]
            try coder.bytes("size_and_stray_byte", .data, lengthByte: 4, count: 5, &bytes)
            size = Int32(truncatingIfNeeded: NumberFormat(4, .little, .signed).assemble(bytes.prefix(4)))
        }
    }

    public var offset: UInt32 = 0
    public var count: UInt32 = 0
    public var path: ArraySlice<UInt8> = []

    public init() {}

    public static var opcode: Opcode { .existsFile }
    public static var summary: StaticString { "the size of a file" }
}

/// RENAME_FILE: renames a file.
///
///     E0 66 02 | L old | L new | EE        reply: E0 E6 01 | 01 code | EE
public struct RenameFile: Command {
    /// 0, or the errno: 2 when the file does not exist, 5 when the new path exists.
    public typealias Reply = ResultCode

    /// The current path.
    public var old: ArraySlice<UInt8> = []
    /// The new path.
    public var new: ArraySlice<UInt8> = []

    public init() {}
    public init(old: ArraySlice<UInt8>, new: ArraySlice<UInt8>) {
        self.old = old
        self.new = new
    }

    public static var opcode: Opcode { .renameFile }
    public static var summary: StaticString { "rename a file" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("old", &old)
        try coder.text("new", &new)
    }
}
