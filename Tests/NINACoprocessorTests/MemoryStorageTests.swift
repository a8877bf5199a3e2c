import Testing

@testable import NINACoprocessor

/// The contract of `Storage`, shown on the storage in memory.
@Suite(.timeLimit(.minutes(5))) struct MemoryStorageTests {
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
}
