/// The name of a file: the part after `/fs/`.
///
/// The firmware's file system is flat, so a name is not a path: it has no slash, no NUL, and is neither `.` nor `..`. A
/// value of this type cannot name anything outside its directory.
public struct StorageName: Hashable, Sendable {
    /// The maximum length in bytes: the firmware's file system stores 31, including the leading slash.
    public static let longest = 30
    /// The prefix that hosts send.
    static let root = Array("/fs/".utf8)

    /// The bytes.
    public let bytes: [UInt8]

    /// A name without trailing NULs; nil when the bytes are not a valid name.
    public init?(_ bytes: some BidirectionalCollection<UInt8>) {
        var name = Array(bytes)
        while name.last == 0 { name.removeLast() }
        guard (1...Self.longest).contains(name.count), !name.contains(0), !name.contains(UInt8(ascii: "/")),
            name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")]
        else { return nil }
        self.bytes = name
    }

    /// The name in a host's path, `/fs/NAME`; nil for any other path.
    public init?(path: ArraySlice<UInt8>) {
        guard path.starts(with: Self.root) else { return nil }
        self.init(path.dropFirst(Self.root.count))
    }
}

/// The name of a name space of preferences, or of a value in one: 1 to 15 bytes without NUL.
public struct PreferenceName: Hashable, Sendable, Comparable {
    /// The maximum length in bytes.
    public static let longest = 15

    /// The bytes.
    public let bytes: [UInt8]

    /// A name; nil when the bytes are not a valid name.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...Self.longest).contains(bytes.count), !bytes.contains(0) else { return nil }
        self.bytes = Array(bytes)
    }

    /// Orders by the bytes.
    public static func < (left: PreferenceName, right: PreferenceName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A file without a name, such as an unfinished download; it is removed when the coprocessor stops.
public struct TemporaryFile: RawRepresentable, Hashable, Sendable {
    /// The number; a storage never reuses it.
    public var rawValue: UInt32
    /// Wraps a number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The position in a file at which bytes are written.
public enum StoragePosition: Equatable, Sendable {
    /// After the last byte.
    case end
    /// At this byte; a gap before it is filled with zeros.
    case offset(Int)
}

/// An operation on a storage. A change is complete on disk when its result is reported.
public enum StorageOperation: Equatable, Sendable {
    /// The size of a file: `.size`.
    case size(StorageName)
    /// Bytes of a file, fewer at its end: `.bytes`.
    case read(StorageName, offset: Int, count: Int)
    /// Writes to a file, created if missing.
    case write(StorageName, StoragePosition, [UInt8])
    /// Removes a file.
    case remove(StorageName)
    /// Renames a file; fails if the new name is in use.
    case rename(StorageName, to: StorageName)
    /// Reads every name space of preferences: `.preferences`.
    case loadPreferences
    /// Replaces the bytes of a name space.
    case storePreferences(PreferenceName, [UInt8])
    /// Creates a file without a name: `.temporary`.
    case createTemporary
    /// Appends to a file without a name; durable only once it has one.
    case append(TemporaryFile, [UInt8])
    /// Names a file without a name, replacing an existing file. After a failure it has no name, or one
    /// that a crash of the machine may take away.
    case commit(TemporaryFile, as: StorageName)
    /// Removes a file without a name.
    case discard(TemporaryFile)
}

/// The outcome of an operation.
public enum StorageOutcome: Equatable, Sendable {
    /// Done.
    case done
    /// The size of a file in bytes.
    case size(Int)
    /// Bytes of a file.
    case bytes([UInt8])
    /// The bytes of every name space.
    case preferences([PreferenceName: [UInt8]])
    /// A new file without a name.
    case temporary(TemporaryFile)
}

/// Why an operation failed.
public enum StorageFailure: Error, Equatable, Sendable {
    /// The file does not exist.
    case missing
    /// A file of that name exists.
    case exists
    /// The storage is full.
    case full
    /// The name belongs to something other than a file.
    case notAFile
    /// It timed out; it may still complete.
    case timedOut
    /// Any other failure, as text.
    case system(String)
}

extension StorageFailure: CustomStringConvertible {
    /// A description for the log.
    public var description: String {
        switch self {
        case .missing: "there is no such file"
        case .exists: "the name is in use"
        case .full: "there is no room"
        case .notAFile: "it is not a plain file"
        case .timedOut: "the disk did not respond in time"
        case .system(let text): text
        }
    }
}

/// The result of an operation.
public typealias StorageResult = Result<StorageOutcome, StorageFailure>

/// Receives the results of a storage's operations.
public protocol StorageObserver: AnyObject {
    /// Called for each operation, never from inside a call to the storage.
    func storageEvent(token: UInt32, _ result: StorageResult)
}

/// Stores a coprocessor's files and preferences. No call blocks.
///
/// Operations run one after another, in the order in which they were started. As with a ``Network``, the observer is
/// never called from inside ``start(_:token:)`` or ``abandon()``, because the coprocessor then has exclusive access to
/// its state. Only ``poll()`` may deliver results.
///
/// `MemoryStorage` is the implementation in memory; the one in a directory is in NINACoprocessorLinux.
public protocol Storage: AnyObject {
    /// Receives the results; held weakly.
    var observer: (any StorageObserver)? { get set }

    /// Starts an operation; the observer receives its result with the token.
    func start(_ operation: StorageOperation, token: UInt32)

    /// The coprocessor stops: removes files without a name. Operations already started complete.
    func abandon()

    /// Delivers queued results. The coprocessor calls it while a command is pending. A storage driven by an event loop
    /// does not need it.
    func poll()
}

extension Storage {
    /// Does nothing.
    public func poll() {}
}

/// The capacity of a module's file system.
public enum StorageCapacity {
    /// Bytes, as in the partition of a module with 4 MB of flash.
    public static let bytes = 0xF0000
    /// A file takes whole pages, plus one for its name.
    public static let page = 256

    /// The capacity that a file of this size takes.
    ///
    /// A size over 1 TiB counts as 1 TiB, so that sums do not overflow.
    public static func cost(ofSize size: Int) -> Int { (min(size, 1 << 40) + page - 1) / page * page + page }
}
