import NINALink

/// The outcome of a download, with the numbers of DOWNLOAD_OTA's reply.
enum DownloadResult: UInt8 {
    case stored = 0
    /// The download or the creation of its file failed.
    case notOpened = 1
    /// It ended early, or is longer than announced or allowed.
    case wrongLength = 2
    /// The checksum is wrong.
    case wrongChecksum = 3
    /// Renaming the file failed.
    case notRenamed = 4
}

/// The header of a program for the host: the length and the CRC-32 of the data after these 8 bytes, little endian. The
/// host's bootloader reads it too, so it stays in the file.
struct UpdateHeader {
    private var bytes: [UInt8] = []
    private var count: UInt64 = 0
    private var checksum = CRC32()

    /// Takes bytes of the file.
    mutating func take(_ new: ArraySlice<UInt8>) {
        let head = new.prefix(8 - bytes.count)
        bytes += head
        let rest = new.dropFirst(head.count)
        count += UInt64(rest.count)
        checksum.add(rest)
    }

    /// Whether the data is complete and correct.
    var verdict: DownloadResult {
        guard bytes.count == 8, bytes[..<4].lowFirst() == count else { return .wrongLength }
        return bytes[4...].lowFirst() == checksum.value ? .stored : .wrongChecksum
    }
}

/// A DOWNLOAD_FILE or DOWNLOAD_OTA in progress: a connection, its data, and a file that has no name yet.
struct Download {
    /// The maximum number of redirects.
    static let redirectLimit = 5
    /// Idle timeout.
    static let idleTimeout = Duration.seconds(10)
    /// Time limit of the whole download.
    static let timeLimit = Duration.seconds(120)
    /// The number of reads from the network before other connections are served.
    static let readsInQuantum = 16
    /// The number of bytes written to the storage at once; at most that plus one read is buffered.
    static let chunkLength = 32 * 1024

    /// The current operation of the storage.
    enum StorageStep {
        case creating
        case appending
        /// Finding out whether the name is in use.
        case checking
        case committing
    }

    /// The final name of the file.
    let name: StorageName
    /// The client certificate, for a server that requests one.
    let credential: TLSCredential?
    /// The header of a program for the host; nil for a file.
    var update: UpdateHeader?
    /// The current address, which redirects change; nil for a URL that is not supported.
    var address: HTTPAddress?
    var redirects = 0
    /// The token of the host's look-up.
    var lookup: UInt32?
    var socket: NetworkSocket?
    /// The unsent part of the request.
    var request: ArraySlice<UInt8> = []
    var response = HTTPResponse(limit: UInt64(StorageCapacity.bytes))
    /// The file without a name.
    var file: TemporaryFile?
    /// Bytes to be written to the file.
    var chunk: [UInt8] = []
    /// The storage operation in progress, and its token.
    var step: (StorageStep, token: UInt32)?
    /// The time limit of the download.
    let end: MonotonicInstant
    /// The firmware stores whatever comes (a quirk).
    let takesWhatComes: Bool
    /// Nothing more is received: what came is stored.
    var isCut = false

    init(
        _ address: HTTPAddress?, as name: StorageName, isUpdate: Bool, credential: TLSCredential?,
        takesWhatComes: Bool, at now: MonotonicInstant
    ) {
        self.takesWhatComes = takesWhatComes
        self.address = address
        self.credential = credential
        self.name = name
        update = isUpdate ? UpdateHeader() : nil
        end = now.advanced(by: Self.timeLimit)
    }

    /// Nothing more is received.
    var hasEnded: Bool { response.isComplete || isCut }

    /// The file is being renamed to its final name.
    var isCommitting: Bool { step?.0 == .committing }

    /// The address for the log: without the query, which may contain a secret.
    var source: String {
        guard let address else { return "an unsupported URL" }
        let path = address.target.prefix { $0 != UInt8(ascii: "?") }
        return
            "\(address.isSecure ? "https" : "http")://\(String(decoding: address.host, as: UTF8.self)):\(address.port)\(String(decoding: path, as: UTF8.self))"
    }
}
