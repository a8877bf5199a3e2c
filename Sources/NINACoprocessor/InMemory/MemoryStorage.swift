/// A storage in memory: for tests, and for coprocessors without persistent files.
///
/// It outlives a coprocessor: the next coprocessor with the same storage has its files.
public final class MemoryStorage: Storage {
    /// Receives the results.
    public weak var observer: (any StorageObserver)?
    /// The files.
    public var files: [StorageName: [UInt8]] = [:]
    /// The name spaces of preferences.
    public var preferences: [PreferenceName: [UInt8]] = [:]
    /// Files without a name.
    public private(set) var temporaries: [TemporaryFile: [UInt8]] = [:]
    /// The total capacity for files; see ``StorageCapacity``.
    public var capacity = StorageCapacity.bytes
    /// When set, every operation fails with it.
    public var failure: StorageFailure?
    /// Operations stay queued while this is true.
    public var isHeld = false
    /// Number of operations that were run.
    public private(set) var operationCount = 0
    private var queue: [(operation: StorageOperation, token: UInt32)] = []
    private var lastTemporary: UInt32 = 0

    /// Makes an empty storage.
    public init() {}

    /// The capacity that files take.
    public var usedBytes: Int {
        let sizes = files.values.map(\.count) + temporaries.values.map(\.count)
        return sizes.reduce(0) { $0 + StorageCapacity.cost(ofSize: $1) }
    }

    /// Queues an operation for ``poll()``.
    public func start(_ operation: StorageOperation, token: UInt32) { queue.append((operation, token)) }

    /// Completes queued operations without reporting them, then removes the files without a name.
    public func abandon() {
        let started = queue
        queue = []
        for (operation, _) in started { _ = run(operation) }
        temporaries = [:]
    }

    /// Runs queued operations and reports them, unless they are held.
    public func poll() {
        guard !isHeld else { return }
        while !queue.isEmpty {
            let (operation, token) = queue.removeFirst()
            let result = run(operation)
            observer?.storageEvent(token: token, result)
        }
    }

    private func run(_ operation: StorageOperation) -> StorageResult {
        operationCount += 1
        if let failure { return .failure(failure) }
        switch operation {
        case .size(let name): return files[name].map { .success(.size($0.count)) } ?? .failure(.missing)
        case .read(let name, let offset, let count):
            guard let file = files[name] else { return .failure(.missing) }
            return .success(.bytes(Array(file.dropFirst(offset).prefix(count))))
        case .write(let name, let position, let bytes): return write(name, position, bytes)
        case .remove(let name): return files.removeValue(forKey: name) == nil ? .failure(.missing) : .success(.done)
        case .rename(let old, let new):
            guard let file = files[old] else { return .failure(.missing) }
            guard files[new] == nil else { return .failure(.exists) }
            files[old] = nil
            files[new] = file
            return .success(.done)
        case .loadPreferences: return .success(.preferences(preferences))
        case .storePreferences(let name, let bytes):
            preferences[name] = bytes
            return .success(.done)
        case .createTemporary:
            guard hasRoom(StorageCapacity.cost(ofSize: 0)) else { return .failure(.full) }
            lastTemporary += 1
            let file = TemporaryFile(rawValue: lastTemporary)
            temporaries[file] = []
            return .success(.temporary(file))
        case .append(let file, let bytes):
            guard let size = temporaries[file]?.count else { return .failure(.missing) }
            guard hasRoom(growth(size, size + bytes.count)) else { return .failure(.full) }
            temporaries[file]?.append(contentsOf: bytes)
            return .success(.done)
        case .commit(let file, let name):
            guard let bytes = temporaries.removeValue(forKey: file) else { return .failure(.missing) }
            files[name] = bytes
            return .success(.done)
        case .discard(let file):
            return temporaries.removeValue(forKey: file) == nil ? .failure(.missing) : .success(.done)
        }
    }

    private func write(_ name: StorageName, _ position: StoragePosition, _ bytes: [UInt8]) -> StorageResult {
        let before = files[name]?.count
        guard let size = position.size(writing: bytes.count, into: before ?? 0, limit: capacity),
            hasRoom(StorageCapacity.cost(ofSize: size) - (before.map { StorageCapacity.cost(ofSize: $0) } ?? 0))
        else { return .failure(.full) }
        var file = files[name] ?? []
        position.write(bytes, into: &file)
        files[name] = file
        return .success(.done)
    }

    private func growth(_ before: Int, _ after: Int) -> Int {
        StorageCapacity.cost(ofSize: after) - StorageCapacity.cost(ofSize: before)
    }

    private func hasRoom(_ more: Int) -> Bool { usedBytes + more <= capacity }
}

extension StoragePosition {
    /// The size of a file after a write; nil when it exceeds the limit. Offsets come from hosts, so the arithmetic must
    /// not overflow.
    public func size(writing count: Int, into size: Int, limit: Int) -> Int? {
        let start = offset(in: size)
        guard start <= limit, count <= limit - start else { return nil }
        return max(size, start + count)
    }

    /// Writes into the bytes of a file; check with ``size(writing:into:limit:)`` first.
    public func write(_ bytes: [UInt8], into file: inout [UInt8]) {
        let start = offset(in: file.count)
        if file.count < start { file.append(contentsOf: repeatElement(0, count: start - file.count)) }
        file.replaceSubrange(start..<min(file.count, start + bytes.count), with: bytes)
    }

    private func offset(in size: Int) -> Int {
        switch self {
        case .end: size
        case .offset(let offset): max(0, offset)
        }
    }
}
