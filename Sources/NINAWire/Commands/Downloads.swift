// Commands that download files over HTTP, and the update of the host.

/// DOWNLOAD_FILE: downloads a file over HTTP.
///
///     E0 64 02 | L url | L name | EE        reply: 1
///
/// Nina-fw always replies the error frame.
public struct DownloadFile: Command {
    /// The file's URL, at most 64 characters.
    public var url: ArraySlice<UInt8> = []
    /// The name of the stored file, without "/fs/".
    public var name: ArraySlice<UInt8> = []

    public init() {}
    public init(url: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        self.url = url
        self.name = name
    }

    public static var opcode: Opcode { .downloadFile }
    public static var summary: StaticString { "download a file over HTTP" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("url", .url, &url)
        try coder.text("name", &name)
    }
}

/// APPLY_OTA: installs the downloaded program on the host and resets it (UNO WiFi Rev2).
///
///     E0 65 00 EE        reply: 1
///
/// Nina-fw replies with the error frame on every other board.
public struct ApplyOTA: NoParameters {
    public init() {}

    public static var opcode: Opcode { .applyOTA }
    public static var summary: StaticString { "update the host from a downloaded file" }
}

/// DOWNLOAD_OTA: downloads a program for the host over HTTP and checks it.
///
///     E0 67 01 | L url | EE        reply: E0 E7 01 | 01 code | EE
///
/// The file begins with the length and the CRC-32 of the rest, 4 bytes each, little endian.
public struct DownloadOTA: Command {
    /// 0, or the step that failed: 1 opening, 2 length, 3 checksum, 4 renaming.
    public typealias Reply = ResultCode

    /// The file's URL, at most 128 characters.
    public var url: ArraySlice<UInt8> = []

    public init() {}
    public init(url: ArraySlice<UInt8>) { self.url = url }

    public static var opcode: Opcode { .downloadOTA }
    public static var summary: StaticString { "download a program for the host" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("url", .url, &url)
    }
}
