/// The name of a file: what stands behind `/fs/`.
///
/// The file system of the firmware is flat, so a name is no path: no slash, no NUL, and neither `.` nor `..`. There is no
/// way to make one that leaves its directory.
public struct StorageName: Hashable, Sendable {
    /// The most bytes: the firmware's file system keeps 31 with the slash in front.
    public static let longest = 30
    /// What hosts put in front.
    static let root = Array("/fs/".utf8)

    /// The bytes.
    public let bytes: [UInt8]

    /// A name as it is, with any NULs at its end left away; nil when it cannot be one.
    public init?(_ bytes: some BidirectionalCollection<UInt8>) {
        var name = Array(bytes)
        while name.last == 0 { name.removeLast() }
        guard (1...Self.longest).contains(name.count), !name.contains(0), !name.contains(UInt8(ascii: "/")),
            name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")]
        else { return nil }
        self.bytes = name
    }

    /// The name in a path as hosts send it, `/fs/NAME`; nil when it is none.
    public init?(path: ArraySlice<UInt8>) {
        guard path.starts(with: Self.root) else { return nil }
        self.init(path.dropFirst(Self.root.count))
    }
}

/// The name of a name space of preferences, or of a value in one: 1 to 15 bytes without NUL.
public struct PreferenceName: Hashable, Sendable, Comparable {
    /// The most bytes.
    public static let longest = 15

    /// The bytes.
    public let bytes: [UInt8]

    /// A name; nil when it cannot be one.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...Self.longest).contains(bytes.count), !bytes.contains(0) else { return nil }
        self.bytes = Array(bytes)
    }

    /// By their bytes.
    public static func < (left: PreferenceName, right: PreferenceName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A file that has no name yet, as long as the coprocessor runs: a download on its way.
public struct TemporaryFile: RawRepresentable, Hashable, Sendable {
    /// The identity, never given out twice by a storage.
    public var rawValue: UInt32
    /// Makes one of its identity.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Where in a file bytes are written.
public enum StoragePosition: Equatable, Sendable {
    /// Behind the last byte.
    case end
    /// At this byte; a gap before it is filled with zeros.
    case offset(Int)
}

/// What a coprocessor wants of its storage. Whatever changes something is on disk, whole, when it is answered.
public enum StorageOperation: Equatable, Sendable {
    /// The size of a file: `.size`.
    case size(StorageName)
    /// Bytes of a file, fewer where it ends: `.bytes`.
    case read(StorageName, offset: Int, count: Int)
    /// Writes, and makes the file if there is none.
    case write(StorageName, StoragePosition, [UInt8])
    /// Removes a file.
    case remove(StorageName)
    /// Gives a file a name that no other has.
    case rename(StorageName, to: StorageName)
    /// Every name space of preferences: `.preferences`.
    case loadPreferences
    /// Replaces the bytes of a name space.
    case storePreferences(PreferenceName, [UInt8])
    /// A new file without a name: `.temporary`.
    case createTemporary
    /// Adds bytes to a file without a name; they need not be on disk before it has one.
    case append(TemporaryFile, [UInt8])
    /// Gives a file without a name this name; what had it is replaced. After a failure it still has none.
    case commit(TemporaryFile, as: StorageName)
    /// Removes a file without a name.
    case discard(TemporaryFile)
}

/// What an operation has come to.
public enum StorageOutcome: Equatable, Sendable {
    /// It is done.
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
    /// There is no such file.
    case missing
    /// There is a file of that name already.
    case exists
    /// There is no room.
    case full
    /// There is something of that name that is no file.
    case notAFile
    /// It took too long; it may yet come about.
    case timedOut
    /// Anything else, in words.
    case system(String)
}

extension StorageFailure: CustomStringConvertible {
    /// For the log.
    public var description: String {
        switch self {
        case .missing: "there is no such file"
        case .exists: "there is one of that name"
        case .full: "there is no room"
        case .notAFile: "it is no plain file"
        case .timedOut: "the disk has not answered in time"
        case .system(let text): text
        }
    }
}

/// How an operation ended.
public typealias StorageResult = Result<StorageOutcome, StorageFailure>

/// Receives the ends of a storage's operations.
public protocol StorageObserver: AnyObject {
    /// Called for each operation, never from inside a call to the storage.
    func storageEvent(token: UInt32, _ result: StorageResult)
}

/// The only door of a coprocessor to a disk: nothing here waits.
///
/// Operations come about one after another, in the order they were started. `MemoryStorage` is the one in memory; the one
/// in a directory is in NINACoprocessorLinux.
public protocol Storage: AnyObject {
    /// Who is told of ends; held weakly.
    var observer: (any StorageObserver)? { get set }

    /// Starts an operation; an event with the token tells its end.
    func start(_ operation: StorageOperation, token: UInt32)

    /// The coprocessor stops: files without a name are gone. What has been started comes about.
    func abandon()

    /// Tells the ends that have come about; called while a command waits. A storage whose events come by themselves has
    /// nothing to do here.
    func poll()
}

extension Storage {
    /// Nothing.
    public func poll() {}
}

/// What a file system of a module holds.
public enum StorageCapacity {
    /// Bytes, as in the partition of a module with 4 MB of flash.
    public static let bytes = 0xF0000
    /// A file takes whole pages, and one more for its name.
    public static let page = 256

    /// What a file of this size takes.
    ///
    /// A file that is larger than any of these counts as one of 1 TiB: sums of such do not overflow.
    public static func cost(ofSize size: Int) -> Int { (min(size, 1 << 40) + page - 1) / page * page + page }
}
