import LinuxIO
import NINACoprocessor

/// The flash of one module as a directory; for use on a thread that may block:
///
///     files/NAME              the files, under their own names
///     preferences/NAME        the name spaces; bytes other than letters, digits, - and _ are %XX
///
/// A file is written under a name that hosts cannot use, synchronized to disk, and then renamed.
final class DirectoryVolume {
    private final class Temporary {
        let handle: TemporaryFileHandle
        var size = 0
        init(_ handle: consuming TemporaryFileHandle) { self.handle = handle }
    }

    static let filesName = Array("files".utf8)
    static let preferencesName = Array("preferences".utf8)
    /// The size limit of preference files, which other programs may have created.
    private static let longestPreferences = 64 * 1024

    private let files: Directory
    private let preferences: Directory
    private let capacity: Int
    /// The capacity taken by files, including those without a name; no other process writes here while the storage is
    /// locked.
    private var used = 0
    private var temporaries: [TemporaryFile: Temporary] = [:]
    private var lastTemporary: UInt32 = 0
    /// The last number used in the name of a temporary file.
    private var lastNumber: UInt32 = 0

    /// Opens a volume, created if missing, and removes files that a crash has left unfinished.
    init(_ directory: borrowing Directory, capacity: Int = StorageCapacity.bytes) throws(LinuxError) {
        files = try directory.madeDirectory(Self.filesName)
        preferences = try directory.madeDirectory(Self.preferencesName)
        self.capacity = capacity
        try files.removeTemporaries()
        try preferences.removeTemporaries()
        for name in try files.names() { used += (try? cost(name)) ?? 0 }
    }

    /// The capacity that a file takes; 0 when it does not exist.
    private func cost(_ name: [UInt8]) throws(LinuxError) -> Int {
        try files.size(name).map { StorageCapacity.cost(ofSize: $0) } ?? 0
    }

    private func hasRoom(_ more: Int) -> Bool { used + more <= capacity }

    /// Runs an operation.
    func run(_ operation: StorageOperation) -> StorageResult {
        do throws(LinuxError) {
            return try perform(operation)
        } catch {
            switch error.errno {
            case .exists: return .failure(.exists)
            case .noSpace, .quotaExceeded: return .failure(.full)
            case .invalidArgument, .tooManyLinks, .isDirectory, .notDirectory: return .failure(.notAFile)
            default: return .failure(.system("\(error)"))
            }
        }
    }

    private func perform(_ operation: StorageOperation) throws(LinuxError) -> StorageResult {
        switch operation {
        case .size(let name): return try files.size(name.bytes).map { .success(.size($0)) } ?? .failure(.missing)
        case .read(let name, let offset, let count):
            let bytes = try files.read(name.bytes, offset: offset, count: count)
            return bytes.map { .success(.bytes($0)) } ?? .failure(.missing)
        case .write(let name, let position, let bytes): return try write(name, position, bytes)
        case .remove(let name):
            let cost = try cost(name.bytes)
            guard try files.remove(name.bytes) else { return .failure(.missing) }
            used -= cost
            return .success(.done)
        case .rename(let old, let new):
            return try files.rename(old.bytes, to: new.bytes) ? .success(.done) : .failure(.missing)
        case .loadPreferences: return try loadPreferences()
        case .storePreferences(let name, let bytes):
            try preferences.replace(Self.fileName(name), with: bytes, number: nextNumber())
            return .success(.done)
        case .createTemporary: return try createTemporary()
        case .append(let file, let bytes): return try append(bytes, to: file)
        case .commit(let file, let name): return try commit(file, as: name)
        case .discard(let file):
            guard let temporary = temporaries.removeValue(forKey: file) else { return .failure(.missing) }
            discard(temporary)
            return .success(.done)
        }
    }

    private func nextNumber() -> UInt32 {
        lastNumber &+= 1
        return lastNumber
    }

    private func write(
        _ name: StorageName, _ position: StoragePosition, _ bytes: [UInt8]
    ) throws(LinuxError) -> StorageResult {
        let before = try cost(name.bytes)
        let length = try files.size(name.bytes) ?? 0
        guard let size = position.size(writing: bytes.count, into: length, limit: capacity),
            hasRoom(StorageCapacity.cost(ofSize: size) - before)
        else { return .failure(.full) }
        var file = try files.read(name.bytes) ?? []
        position.write(bytes, into: &file)
        try files.replace(name.bytes, with: file, number: nextNumber())
        used += StorageCapacity.cost(ofSize: file.count) - before
        return .success(.done)
    }

    // MARK: Files without a name

    private func createTemporary() throws(LinuxError) -> StorageResult {
        guard hasRoom(StorageCapacity.cost(ofSize: 0)) else { return .failure(.full) }
        let temporary = Temporary(try files.createTemporary(nextNumber()))
        lastTemporary += 1
        let file = TemporaryFile(rawValue: lastTemporary)
        temporaries[file] = temporary
        used += StorageCapacity.cost(ofSize: 0)
        return .success(.temporary(file))
    }

    private func append(_ bytes: [UInt8], to file: TemporaryFile) throws(LinuxError) -> StorageResult {
        guard let temporary = temporaries[file] else { return .failure(.missing) }
        let size = temporary.size + bytes.count
        let more = StorageCapacity.cost(ofSize: size) - StorageCapacity.cost(ofSize: temporary.size)
        guard hasRoom(more) else { return .failure(.full) }
        try temporary.handle.append(bytes)
        temporary.size = size
        used += more
        return .success(.done)
    }

    private func commit(_ file: TemporaryFile, as name: StorageName) throws(LinuxError) -> StorageResult {
        guard let temporary = temporaries[file] else { return .failure(.missing) }
        let replaced = try cost(name.bytes)
        try files.commit(temporary.handle, as: name.bytes)
        temporaries[file] = nil
        used -= replaced
        return .success(.done)
    }

    private func discard(_ temporary: Temporary) {
        files.discard(temporary.handle)
        used -= StorageCapacity.cost(ofSize: temporary.size)
    }

    /// Removes the files without a name.
    func abandonTemporaries() {
        for temporary in temporaries.values { discard(temporary) }
        temporaries = [:]
    }

    // MARK: Preferences

    private func loadPreferences() throws(LinuxError) -> StorageResult {
        var result: [PreferenceName: [UInt8]] = [:]
        for file in try preferences.names() {
            guard let name = Self.preferenceName(file) else { continue }
            // An unreadable or overlong file is a damaged name space. Others are not affected.
            let size = (try? preferences.size(file)) ?? 0
            result[name] =
                size > Self.longestPreferences
                ? [] : (try? preferences.read(file, count: Self.longestPreferences)) ?? []
        }
        return .success(.preferences(result))
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The file name of a name space.
    static func fileName(_ name: PreferenceName) -> [UInt8] {
        name.bytes.flatMap { byte in
            isPlain(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// The name space of a file; nil when it is not a preference file.
    static func preferenceName(_ file: [UInt8]) -> PreferenceName? {
        var bytes: [UInt8] = []
        var rest = file[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap({ digits.firstIndex(of: $0) }),
                    let low = rest.popFirst().flatMap({ digits.firstIndex(of: $0) })
                else { return nil }
                bytes.append(UInt8(high << 4 | low))
            } else {
                bytes.append(byte)
            }
        }
        // Only one spelling of each name is valid.
        return PreferenceName(bytes).flatMap { fileName($0) == file ? $0 : nil }
    }
}
