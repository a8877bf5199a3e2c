// Commands that fetch files over HTTP, and the update of the host.

/// DOWNLOAD_FILE: fetches a file over HTTP.
///
///     E0 64 02 | L url | L name | EE        reply: 1
///
/// Nina-fw answers the error frame whatever happened.
public struct DownloadFile: Command {
    /// 1 when the file was stored.
    public typealias Reply = Acknowledgement

    /// Where it is, at most 64 characters.
    public var url: ArraySlice<UInt8> = []
    /// The name it gets, without "/fs/".
    public var name: ArraySlice<UInt8> = []

    /// Empty texts.
    public init() {}
    /// Fetches this file.
    public init(url: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        self.url = url
        self.name = name
    }

    /// Its number.
    public static var opcode: Opcode { .downloadFile }
    /// What it does.
    public static var summary: StaticString { "fetch a file over HTTP" }

    /// URL and name.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("url", &url)
        try coder.text("name", &name)
    }
}

/// APPLY_OTA: hands the downloaded program to the host and resets it (UNO WiFi Rev2).
///
///     E0 65 00 EE        reply: 1
///
/// Nina-fw answers the error frame on every other board.
public struct ApplyOTA: Command {
    /// 1 when it was done.
    public typealias Reply = Acknowledgement

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .applyOTA }
    /// What it does.
    public static var summary: StaticString { "update the host from a downloaded file" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// DOWNLOAD_OTA: fetches a program for the host over HTTP and checks it.
///
///     E0 67 01 | L url | EE        reply: E0 E7 01 | 01 code | EE
///
/// The file begins with the length and the CRC-32 of the rest, 4 bytes each, little endian.
public struct DownloadOTA: Command {
    /// 0, or what failed: 1 opening, 2 length, 3 checksum, 4 renaming.
    public typealias Reply = ResultCode

    /// Where it is, at most 128 characters.
    public var url: ArraySlice<UInt8> = []

    /// An empty text.
    public init() {}
    /// Fetches this program.
    public init(url: ArraySlice<UInt8>) { self.url = url }

    /// Its number.
    public static var opcode: Opcode { .downloadOTA }
    /// What it does.
    public static var summary: StaticString { "fetch a program for the host" }

    /// The URL.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("url", &url)
    }
}
