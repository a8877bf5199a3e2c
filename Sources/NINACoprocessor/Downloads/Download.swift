import NINALink

/// How a download ended, in the numbers of DOWNLOAD_OTA's reply.
enum DownloadResult: UInt8 {
    case stored = 0
    /// It could not be fetched, or there was nowhere to put it.
    case notOpened = 1
    /// It ended early, or is longer than it says or may be.
    case wrongLength = 2
    /// Its bytes are not those that were meant.
    case wrongChecksum = 3
    /// It did not get its name.
    case notRenamed = 4
}

/// What a program for the host says of itself: the length and the CRC-32 of what follows these 8 bytes, little endian.
struct UpdateHeader {
    private var bytes: [UInt8] = []
    private var count: UInt64 = 0
    private var checksum = CRC32()

    /// Takes bytes of the file; gives back those behind the header.
    mutating func take(_ new: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let head = new.prefix(8 - bytes.count)
        bytes += head
        let rest = new.dropFirst(head.count)
        count += UInt64(rest.count)
        checksum.add(rest)
        return rest
    }

    private func word(_ position: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << (8 * $1) } }

    /// Whether everything is there and right.
    var verdict: DownloadResult {
        guard bytes.count == 8, UInt64(word(0)) == count else { return .wrongLength }
        return word(4) == checksum.value ? .stored : .wrongChecksum
    }
}

/// DOWNLOAD_FILE or DOWNLOAD_OTA under way: a connection, what comes through it, and a file that has no name yet.
struct Download {
    /// How many redirects are followed.
    static let redirectLimit = 5
    /// Idle timeout.
    static let idleTimeout = Duration.seconds(10)
    /// Time limit of the whole download.
    static let timeLimit = Duration.seconds(120)
    /// How often the network is read before other connections are served.
    static let readsInQuantum = 16
    /// How many bytes go to the storage at once; no more wait for it than that and one piece.
    static let chunkLength = 32 * 1024

    /// What the storage does for it now.
    enum StorageStep {
        case creating
        case appending
        case committing
    }

    /// The name it gets.
    let name: StorageName
    /// The client certificate, for a server that asks for one.
    let credential: TLSCredential?
    /// What a program for the host says of itself; nil for a file.
    var update: UpdateHeader?
    /// Where it is fetched from now.
    var address: HTTPAddress
    var redirects = 0
    /// The look-up of its host.
    var lookup: UInt32?
    var socket: NetworkSocket?
    /// What of the request has not been sent.
    var request: ArraySlice<UInt8> = []
    var response = HTTPResponse(limit: UInt64(StorageCapacity.bytes))
    /// The file without a name.
    var file: TemporaryFile?
    /// Bytes for the file.
    var chunk: [UInt8] = []
    /// The operation of the storage under way, and its token.
    var step: (StorageStep, token: UInt32)?
    /// When it is given up at the latest.
    let end: MonotonicInstant

    init(
        _ address: HTTPAddress, as name: StorageName, isUpdate: Bool, credential: TLSCredential?,
        at now: MonotonicInstant
    ) {
        self.address = address
        self.credential = credential
        self.name = name
        update = isUpdate ? UpdateHeader() : nil
        end = now.advanced(by: Self.timeLimit)
    }

    /// The response is complete.
    var hasEnded: Bool { response.isComplete }

    /// The file is on its way to its name.
    var isCommitting: Bool { step?.0 == .committing }

    /// Where it comes from, for the log: without the query, which may hold a secret.
    var source: String {
        let path = address.target.prefix { $0 != UInt8(ascii: "?") }
        return
            "\(address.isSecure ? "https" : "http")://\(String(decoding: address.host, as: UTF8.self)):\(address.port)\(String(decoding: path, as: UTF8.self))"
    }
}
