import LinuxIO
import NINACoprocessor

/// The flash of one module as a directory; for use on a thread that may block:
///
///     files/NAME              the files, under their own names
///     preferences/NAME        the name spaces; bytes other than letters, digits, - and _ are %XX
///
/// A file is written under a name that hosts cannot use, synchronized to disk, and then renamed. The last two are done for
/// several changes at once, by a ``StorageGroup``.
final class DirectoryVolume {
    /// An open directory, held by reference.
    final class Folder {
        let directory: Directory
        init(_ directory: consuming Directory) { self.directory = directory }
    }

    /// A file that is being written.
    final class Temporary {
        let handle: TemporaryFileHandle
        var size = 0
        init(_ handle: consuming TemporaryFileHandle) { self.handle = handle }
    }

    /// A change that has been made, but is not yet on disk.
    final class Change {
        /// What becomes of it.
        enum Kind {
            /// The content of a file; the capacity that it takes more than before.
            case content(Temporary, more: Int)
            /// The content of a file that had no name; the capacity that it frees by replacing another.
            case named(TemporaryFile, Temporary, frees: Int)
            /// Another name, or none; it only has to be synchronized.
            case entry
        }

        let folder: Folder
        /// The name that it affects.
        let name: [UInt8]
        let kind: Kind

        init(_ folder: Folder, _ name: [UInt8], _ kind: Kind) {
            self.folder = folder
            self.name = name
            self.kind = kind
        }

        /// The file that is to be synchronized and named.
        var file: Temporary? {
            switch kind {
            case .content(let file, _), .named(_, let file, _): file
            case .entry: nil
            }
        }
    }

    /// What the start of an operation leads to.
    enum Start {
        case done(StorageResult)
        /// The disk does not have the change yet.
        case change(Change)
    }

    static let filesName = Array("files".utf8)
    static let preferencesName = Array("preferences".utf8)
    /// The size limit of preference files, which other programs may have created.
    private static let longestPreferences = 64 * 1024

    private let files: Folder
    private let preferences: Folder
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
        files = Folder(try directory.madeDirectory(Self.filesName))
        preferences = Folder(try directory.madeDirectory(Self.preferencesName))
        self.capacity = capacity
        try files.directory.removeTemporaries()
        try preferences.directory.removeTemporaries()
        for name in try files.directory.names() { used += (try? cost(name)) ?? 0 }
    }

    /// The capacity that a file takes; 0 when it does not exist.
    private func cost(_ name: [UInt8]) throws(LinuxError) -> Int {
        try files.directory.size(name).map { StorageCapacity.cost(ofSize: $0) } ?? 0
    }

    private func hasRoom(_ more: Int) -> Bool { used + more <= capacity }

    /// Starts an operation. A change must be finished by ``end(_:_:)``.
    func start(_ operation: StorageOperation) -> Start {
        do throws(LinuxError) {
            return try perform(operation)
        } catch {
            return .done(Self.failure(error))
        }
    }

    private static func failure(_ error: LinuxError) -> StorageResult {
        switch error.errno {
        case .exists: .failure(.exists)
        case .noSpace, .quotaExceeded: .failure(.full)
        case .invalidArgument, .tooManyLinks, .isDirectory, .notDirectory: .failure(.notAFile)
        default: .failure(.system("\(error)"))
        }
    }

    /// Whether an operation must wait for an unfinished change: because it concerns the same name or file, or because its
    /// own result is known at once, and results are reported in the order of the operations.
    func mustWait(_ operation: StorageOperation, for change: Change) -> Bool {
        switch operation {
        case .write(let name, _, _): change.folder === files && change.name == name.bytes
        case .commit(let file, let name):
            change.folder === files && (change.name == name.bytes || change.file === temporaries[file])
        case .storePreferences(let name, _):
            change.folder === preferences && change.name == Self.fileName(name)
        case .size, .read, .remove, .rename, .loadPreferences, .createTemporary, .append, .discard: true
        }
    }

    private func perform(_ operation: StorageOperation) throws(LinuxError) -> Start {
        switch operation {
        case .size(let name):
            return .done(try files.directory.size(name.bytes).map { .success(.size($0)) } ?? .failure(.missing))
        case .read(let name, let offset, let count):
            let bytes = try files.directory.read(name.bytes, offset: offset, count: count)
            return .done(bytes.map { .success(.bytes($0)) } ?? .failure(.missing))
        case .write(let name, let position, let bytes): return try write(name, position, bytes)
        case .remove(let name):
            let cost = try cost(name.bytes)
            guard try files.directory.unlink(name.bytes) else { return .done(.failure(.missing)) }
            used -= cost
            return .change(Change(files, name.bytes, .entry))
        case .rename(let old, let new):
            guard try files.directory.move(old.bytes, toUnused: new.bytes) else { return .done(.failure(.missing)) }
            return .change(Change(files, new.bytes, .entry))
        case .loadPreferences: return .done(try loadPreferences())
        case .storePreferences(let name, let bytes):
            let name = Self.fileName(name)
            // It must be a plain file if it exists.
            _ = try preferences.directory.size(name)
            return .change(Change(preferences, name, .content(try written(bytes, preferences), more: 0)))
        case .createTemporary: return .done(try createTemporary())
        case .append(let file, let bytes): return .done(try append(bytes, to: file))
        case .commit(let file, let name):
            guard let temporary = temporaries[file] else { return .done(.failure(.missing)) }
            let frees = try cost(name.bytes)
            used -= frees
            return .change(Change(files, name.bytes, .named(file, temporary, frees: frees)))
        case .discard(let file):
            guard let temporary = temporaries.removeValue(forKey: file) else { return .done(.failure(.missing)) }
            discard(temporary)
            return .done(.success(.done))
        }
    }

    private func write(_ name: StorageName, _ position: StoragePosition, _ bytes: [UInt8]) throws(LinuxError) -> Start {
        let before = try files.directory.size(name.bytes)
        // Another program may have put a file here that is larger than all there is room for.
        guard let size = position.size(writing: bytes.count, into: before ?? 0, limit: capacity), size <= capacity
        else {
            return .done(.failure(.full))
        }
        let more = StorageCapacity.cost(ofSize: size) - (before.map { StorageCapacity.cost(ofSize: $0) } ?? 0)
        guard hasRoom(more) else { return .done(.failure(.full)) }
        var content = bytes
        // What is overwritten as a whole is not read.
        if let before, position != .offset(0) || bytes.count < before {
            content = try files.directory.read(name.bytes) ?? []
            position.write(bytes, into: &content)
        } else if size > bytes.count {
            content = []
            position.write(bytes, into: &content)
        }
        let file = try written(content, files)
        used += more
        return .change(Change(files, name.bytes, .content(file, more: more)))
    }

    /// A new file with this content, without a name.
    private func written(_ bytes: [UInt8], _ folder: Folder) throws(LinuxError) -> Temporary {
        let file = Temporary(try folder.directory.createTemporary(nextNumber()))
        do throws(LinuxError) {
            try file.handle.append(bytes)
            return file
        } catch {
            folder.directory.discard(file.handle)
            throw error
        }
    }

    private func nextNumber() -> UInt32 {
        lastNumber &+= 1
        return lastNumber
    }

    /// Ends a change. One that has failed to get its name is undone; one whose folder was not synchronized is there, but
    /// may be gone after a loss of power.
    func end(_ change: Change, _ outcome: StorageGroup.Outcome) -> StorageResult {
        switch (change.kind, outcome) {
        case (.content(let file, let more), .unnamed):
            change.folder.directory.discard(file.handle)
            used -= more
        case (.named(_, _, let frees), .unnamed): used += frees
        case (.named(let number, _, _), .durable), (.named(let number, _, _), .uncertain): temporaries[number] = nil
        case (.content, .durable), (.content, .uncertain), (.entry, _): break
        }
        switch outcome {
        case .durable: return .success(.done)
        case .unnamed(let error), .uncertain(let error): return Self.failure(error)
        }
    }

    // MARK: Files without a name

    private func createTemporary() throws(LinuxError) -> StorageResult {
        guard hasRoom(StorageCapacity.cost(ofSize: 0)) else { return .failure(.full) }
        let temporary = Temporary(try files.directory.createTemporary(nextNumber()))
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

    private func discard(_ temporary: Temporary) {
        files.directory.discard(temporary.handle)
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
        for file in try preferences.directory.names() {
            guard let name = Self.preferenceName(file) else { continue }
            // An unreadable or overlong file is a damaged name space. Others are not affected.
            let size = (try? preferences.directory.size(file)) ?? 0
            result[name] =
                size > Self.longestPreferences
                ? [] : (try? preferences.directory.read(file, count: Self.longestPreferences)) ?? []
        }
        return .success(.preferences(result))
    }
}
