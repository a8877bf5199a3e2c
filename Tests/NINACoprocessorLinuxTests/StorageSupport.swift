import Foundation
import LinuxIO
import NINACoprocessor
import NINALink

@testable import NINACoprocessorLinux

/// A directory that is removed when the test ends.
final class Scratch {
    let path: String

    init() throws {
        path =
            "\(Environment.temporaryDirectory)/nina-storage-test-\(Environment.processID)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    /// Makes a file that takes no room on the disk.
    func makeHole(_ name: String, size: UInt64) throws {
        try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(name)"))
        try file.truncate(atOffset: size)
        try file.close()
    }

    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names in a directory, as text.
    func names(_ directory: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)"))
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        return attributes[.posixPermissions] as? Int ?? 0
    }
}

/// A volume that acts at once: a coprocessor on a real directory without a thread.
final class ImmediateStorage: Storage {
    weak var observer: (any StorageObserver)?
    private let volume: DirectoryVolume
    private var queue: [(StorageOperation, UInt32)] = []

    init(_ volume: DirectoryVolume) { self.volume = volume }

    func start(_ operation: StorageOperation, token: UInt32) { queue.append((operation, token)) }

    func abandon() { volume.abandonTemporaries() }

    func poll() {
        while !queue.isEmpty {
            let (operation, token) = queue.removeFirst()
            observer?.storageEvent(token: token, volume.run(operation))
        }
    }
}

extension DirectoryVolume {
    /// Runs an operation by itself: a change is on disk when this returns.
    func run(_ operation: StorageOperation) -> StorageResult {
        let group = StorageGroup()
        var result = StorageResult.success(.done)
        group.start(operation, on: self) { result = $0 }
        group.finish()
        return result
    }
}
