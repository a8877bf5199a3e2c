import Foundation
import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// The storages of coprocessors in one directory, and the thread that works in it.
@Suite(.timeLimit(.minutes(10))) struct DirectoryStorageTests {
    private final class Observer: StorageObserver {
        var results: [(token: UInt32, result: StorageResult)] = []
        func storageEvent(token: UInt32, _ result: StorageResult) { results.append((token, result)) }
        var tokens: [UInt32] { results.map(\.token) }
    }

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }

    private func run(_ reactor: Reactor, until condition: () -> Bool) throws -> Bool {
        var rounds = Rounds(2000)
        while !condition(), rounds.next() { try reactor.runOnce(timeoutNanoseconds: 5_000_000) }
        return condition()
    }

    /// The directory is chosen at the first operation: the lowest that nobody uses.
    @Test func eachCoprocessorHasItsDirectory() throws {
        let scratch = try Scratch()
        let reactor = try Reactor()
        let environment = try StorageEnvironment(reactor: reactor, path: scratch.path)
        let observer = Observer()
        func storage() -> DirectoryStorage {
            let storage = DirectoryStorage(environment: environment)
            storage.observer = observer
            return storage
        }
        let (idle, first, second) = (storage(), storage(), storage())
        first.start(.write(try name("first"), .end, [1]), token: 1)
        second.start(.write(try name("second"), .end, [2]), token: 2)
        first.start(.write(try name("again"), .end, [1]), token: 3)
        #expect(observer.results.isEmpty, "never from inside a call")
        #expect(try run(reactor) { observer.results.count == 3 })
        #expect(observer.tokens.sorted() == [1, 2, 3] && observer.results.allSatisfy { $0.result == .success(.done) })
        #expect(try scratch.names("1/files") == ["first", "again"])
        #expect(try scratch.names("2/files") == ["second"])
        #expect(try scratch.names("") == ["lock", "1", "2"])
        // The next one gets what the first has given up, and the second keeps its own.
        first.close()
        idle.close()
        let third = storage()
        third.start(.write(try name("third"), .end, [3]), token: 4)
        second.start(.write(try name("more"), .end, [3]), token: 5)
        first.start(.write(try name("anew"), .end, [3]), token: 6)
        #expect(try run(reactor) { observer.results.count == 6 })
        #expect(try scratch.names("1/files") == ["first", "again", "third"])
        #expect(try scratch.names("2/files") == ["second", "more"])
        #expect(try scratch.names("3/files") == ["anew"])
        environment.close()
        // After the end nothing is done, and that is told.
        second.start(.write(try name("late"), .end, [3]), token: 7)
        #expect(try run(reactor) { observer.results.count == 7 })
        #expect(try scratch.names("2/files") == ["second", "more"])
        guard case .failure = try #require(observer.results.last).result else {
            Issue.record("no failure")
            return
        }
    }

    /// Files without a name go with the coprocessor that has made them.
    @Test(arguments: [false, true]) func temporariesGoWithTheirCoprocessor(_ closes: Bool) throws {
        let scratch = try Scratch()
        let reactor = try Reactor()
        let environment = try StorageEnvironment(reactor: reactor, path: scratch.path)
        let storage = DirectoryStorage(environment: environment)
        let observer = Observer()
        storage.observer = observer
        for round in 1...2 {
            storage.start(.createTemporary, token: 1)
            #expect(try run(reactor) { observer.results.count == 2 * round - 1 })
            #expect(try scratch.names("1/files").count == 1)
            if closes { storage.close() } else { storage.abandon() }
            storage.start(.size(try name("a")), token: 2)
            #expect(try run(reactor) { observer.results.count == 2 * round })
            #expect(try scratch.names("1/files").isEmpty)
        }
        storage.close()
        environment.close()
    }

    @Test func nobodyIsToldWhoHasGone() throws {
        let scratch = try Scratch()
        let reactor = try Reactor()
        let environment = try StorageEnvironment(reactor: reactor, path: scratch.path)
        let observer = Observer()
        var storage: DirectoryStorage? = DirectoryStorage(environment: environment)
        storage?.observer = observer
        storage?.start(.write(try name("a"), .end, [1]), token: 1)
        storage = nil
        environment.close()
        var rounds = Rounds(10)
        while rounds.next() { try reactor.runOnce(timeoutNanoseconds: 0) }
        #expect(observer.results.isEmpty)
        #expect(scratch.read("1/files/a") == "\u{1}", "but it is done")
    }

    private func directories(with file: String) throws -> [String] {
        let parent = Environment.temporaryDirectory
        return try FileManager.default.contentsOfDirectory(atPath: parent).filter {
            $0.hasPrefix("nina-storage-") && FileManager.default.fileExists(atPath: "\(parent)/\($0)/1/files/\(file)")
        }
    }

    /// Without a path: made when it is needed, and removed; and then made again.
    @Test func aTemporaryDirectoryIsRemoved() throws {
        let file = "t\(UInt32.random(in: 0 ... .max))"
        let pool = try StoragePool(path: nil)
        pool.removeTemporary()
        for _ in 0..<2 {
            var results: [StorageResult] = []
            pool.start(.write(try name(file), .end, [1]), module: 1) { results.append($0) }
            pool.start(.write(try name("other"), .end, [1]), module: 2) { results.append($0) }
            pool.finish()
            #expect(results == [.success(.done), .success(.done)])
            #expect(try directories(with: file).count == 1)
            pool.start(.size(try name(file)), module: 1) { results.append($0) }
            #expect(results.last == .success(.size(1)))
            pool.removeTemporary()
            #expect(try directories(with: file).isEmpty)
        }
    }

    /// What a crash has left is removed at the start, in the directories of coprocessors alone.
    @Test func leftoversAreRemovedAtTheStart() throws {
        let scratch = try Scratch()
        for module in ["1", "12", "0", "01", "-1", "x"] {
            let volume = try DirectoryVolume(try Directory(creating: scratch.path + "/\(module)"))
            guard case .success(.temporary) = volume.run(.createTemporary) else {
                Issue.record("no file")
                return
            }
        }
        _ = try StoragePool(path: scratch.path)
        for module in ["1", "12"] { #expect(try scratch.names("\(module)/files").isEmpty) }
        for module in ["0", "01", "-1", "x"] { #expect(try scratch.names("\(module)/files").count == 1) }
    }
}
