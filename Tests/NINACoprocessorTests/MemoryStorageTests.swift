import Testing

@testable import NINACoprocessor

/// The contract of `Storage`, shown on the storage in memory.
@Suite(.timeLimit(.minutes(10))) struct MemoryStorageTests {
    private final class Observer: StorageObserver {
        var results: [StorageResult] = []
        func storageEvent(token: UInt32, _ result: StorageResult) { results.append(result) }
    }

    private let storage = MemoryStorage()
    private let observer = Observer()

    init() { storage.observer = observer }

    private func run(_ operation: StorageOperation) throws -> StorageResult {
        observer.results = []
        storage.start(operation, token: 1)
        #expect(observer.results.isEmpty)
        storage.poll()
        #expect(observer.results.count == 1)
        return try #require(observer.results.first)
    }

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }

    @Test func filesWithoutANameGetOne() throws {
        guard case .success(.temporary(let file)) = try run(.createTemporary) else {
            Issue.record("no file")
            return
        }
        #expect(try run(.append(file, [1, 2])) == .success(.done))
        #expect(try run(.append(file, [3])) == .success(.done))
        #expect(storage.usedBytes == 512)
        storage.files[try name("a")] = [9]
        #expect(try run(.commit(file, as: name("a"))) == .success(.done))
        #expect(storage.files == [try name("a"): [1, 2, 3]])
        #expect(try run(.append(file, [4])) == .failure(.missing))
        #expect(try run(.commit(file, as: name("b"))) == .failure(.missing))
        #expect(try run(.discard(file)) == .failure(.missing))
    }

    @Test func theyEndWithTheCoprocessor() throws {
        #expect(try run(.createTemporary) == .success(.temporary(TemporaryFile(rawValue: 1))))
        storage.start(.append(TemporaryFile(rawValue: 1), [1]), token: 2)
        storage.start(.write(try name("a"), .end, [7]), token: 3)
        storage.abandon()
        #expect(storage.temporaries.isEmpty)
        // The operation that had started has completed.
        #expect(storage.files == [try name("a"): [7]])
        #expect(try run(.createTemporary) == .success(.temporary(TemporaryFile(rawValue: 2))))
        #expect(try run(.discard(TemporaryFile(rawValue: 2))) == .success(.done))
        #expect(storage.temporaries.isEmpty)
    }

    @Test func theyCountForTheRoom() throws {
        storage.capacity = 1024
        #expect(try run(.createTemporary) == .success(.temporary(TemporaryFile(rawValue: 1))))
        #expect(try run(.append(TemporaryFile(rawValue: 1), Array(repeating: 0, count: 768))) == .success(.done))
        #expect(try run(.append(TemporaryFile(rawValue: 1), [1])) == .failure(.full))
        #expect(try run(.write(name("a"), .end, [])) == .failure(.full))
        #expect(try run(.createTemporary) == .failure(.full))
    }

    @Test func offsetsDoNotOverflow() {
        for offset in [Int.max, Int.max - 1, Int(UInt32.max)] {
            #expect(StoragePosition.offset(offset).size(writing: 4000, into: 10, limit: 1000) == nil)
        }
        #expect(StoragePosition.offset(990).size(writing: 10, into: 10, limit: 1000) == 1000)
        #expect(StoragePosition.offset(991).size(writing: 10, into: 10, limit: 1000) == nil)
        #expect(StoragePosition.end.size(writing: 10, into: 990, limit: 1000) == 1000)
        #expect(StoragePosition.offset(2).size(writing: 3, into: 10, limit: 1000) == 10)
    }

    @Test func filesAreWrittenReadAndRenamed() throws {
        let (a, b) = (try name("a"), try name("b"))
        for operation in [StorageOperation.size(a), .read(a, offset: 0, count: 1), .remove(a), .rename(a, to: b)] {
            #expect(try run(operation) == .failure(.missing))
        }
        #expect(try run(.write(a, .offset(2), [3])) == .success(.done))
        #expect(try run(.write(a, .end, [4, 5])) == .success(.done))
        #expect(try run(.write(a, .offset(-1), [1])) == .success(.done))
        #expect(storage.files == [a: [1, 0, 3, 4, 5]])
        #expect(try run(.size(a)) == .success(.size(5)))
        #expect(try run(.read(a, offset: 1, count: 3)) == .success(.bytes([0, 3, 4])))
        #expect(try run(.read(a, offset: 4, count: 3)) == .success(.bytes([5])))
        #expect(try run(.read(a, offset: 5, count: 3)) == .success(.bytes([])))
        #expect(try run(.write(b, .end, [])) == .success(.done))
        #expect(try run(.rename(a, to: b)) == .failure(.exists))
        #expect(try run(.rename(a, to: a)) == .failure(.exists))
        #expect(try run(.remove(b)) == .success(.done))
        #expect(try run(.rename(a, to: b)) == .success(.done))
        #expect(storage.files == [b: [1, 0, 3, 4, 5]])
        #expect(storage.operationCount == 16)
    }

    @Test func preferencesAreKeptByName() throws {
        let space = try #require(PreferenceName("space".utf8))
        #expect(try run(.loadPreferences) == .success(.preferences([:])))
        #expect(try run(.storePreferences(space, [1])) == .success(.done))
        #expect(try run(.storePreferences(space, [2, 3])) == .success(.done))
        #expect(try run(.loadPreferences) == .success(.preferences([space: [2, 3]])))
    }

    /// A held operation has done nothing; each is reported once, in the order in which they were started.
    @Test func operationsWaitWhileTheyAreHeld() throws {
        storage.isHeld = true
        storage.start(.write(try name("a"), .end, [1]), token: 1)
        storage.start(.size(try name("a")), token: 2)
        storage.poll()
        #expect(observer.results.isEmpty && storage.files.isEmpty && storage.operationCount == 0)
        storage.isHeld = false
        storage.poll()
        storage.poll()
        #expect(observer.results == [.success(.done), .success(.size(1))])
        storage.failure = .full
        #expect(try run(.size(name("a"))) == .failure(.full))
        storage.failure = nil
        #expect(try run(.size(name("a"))) == .success(.size(1)))
    }

    /// Growing within what a file already takes needs no room; a write over its bytes neither.
    @Test func onlyGrowthNeedsRoom() throws {
        let a = try name("a")
        let most = (0...4096).last { StorageCapacity.cost(ofSize: $0) <= 1024 } ?? 0
        storage.capacity = 1024
        #expect(try run(.write(a, .end, Array(repeating: 1, count: most))) == .success(.done))
        #expect(storage.usedBytes == 1024)
        #expect(try run(.write(a, .offset(0), [2, 2])) == .success(.done))
        #expect(try run(.write(a, .end, [])) == .success(.done))
        #expect(try run(.write(a, .end, [3])) == .failure(.full))
        #expect(storage.files[a]?.count == most)
        #expect(try run(.remove(a)) == .success(.done))
        #expect(storage.usedBytes == 0)
        #expect(try run(.createTemporary) == .success(.temporary(TemporaryFile(rawValue: 1))))
        #expect(try run(.append(TemporaryFile(rawValue: 1), Array(repeating: 1, count: most))) == .success(.done))
        #expect(try run(.append(TemporaryFile(rawValue: 1), [])) == .success(.done))
    }
}
