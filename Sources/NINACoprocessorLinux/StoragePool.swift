import LinuxIO
import NINACoprocessor

/// The storages of one emulator: a directory with numbered subdirectories 1, 2, ..., one for each coprocessor that uses
/// files at the same time.
///
/// It belongs to the worker, whose thread may block. Without a path a temporary directory is created when first needed.
final class StoragePool {
    private enum Root {
        case given(Held)
        case temporary(TemporaryFolder?)
    }

    /// An open and locked directory, held by reference.
    private final class Held {
        let directory: Directory
        private let lock: FileDescriptor

        init(_ directory: consuming Directory) throws(LinuxError) {
            lock = try directory.lock(Array("lock".utf8))
            self.directory = directory
        }
    }

    private static let temporaryPrefix = "nina-storage-"

    private var root: Root
    private var volumes: [Int: DirectoryVolume] = [:]
    /// The changes of all volumes that are not durable yet.
    private let group = StorageGroup()

    /// Opens a directory for the lifetime of the process, and removes leftovers of a crash; without a path it creates a
    /// temporary one later. Removes temporary ones that killed emulators of this user have left behind.
    /// - Throws: EAGAIN when another emulator uses it, or an error of the path.
    init(path: String?) throws(LinuxError) {
        TemporaryFolder.sweep(prefix: Self.temporaryPrefix)
        guard let path else {
            root = .temporary(nil)
            return
        }
        let held = try Held(try Directory(creating: path))
        root = .given(held)
        for name in try held.directory.names() {
            guard let module = Int(String(decoding: name, as: UTF8.self)), module > 0, Self.name(module) == name else {
                continue
            }
            // Opening a volume removes unfinished files; then it is closed until a coprocessor uses it.
            if let directory = try held.directory.directory(name) { _ = try DirectoryVolume(directory) }
        }
    }

    private static func name(_ module: Int) -> [UInt8] { Array(String(module).utf8) }

    /// The directory of the coprocessor with this number; creates it, and the temporary root, when missing.
    private func directory(_ module: Int) throws(LinuxError) -> Directory {
        switch root {
        case .given(let held): return try held.directory.madeDirectory(Self.name(module))
        case .temporary(let folder?): return try folder.directory.madeDirectory(Self.name(module))
        case .temporary(nil):
            let folder = try TemporaryFolder.make(prefix: Self.temporaryPrefix)
            root = .temporary(folder)
            return try folder.directory.madeDirectory(Self.name(module))
        }
    }

    private func volume(_ module: Int) throws(LinuxError) -> DirectoryVolume {
        if let volume = volumes[module] { return volume }
        let volume = try DirectoryVolume(try directory(module))
        volumes[module] = volume
        return volume
    }

    /// Starts an operation of the coprocessor with this number; ``finish()`` makes changes durable.
    func start(_ operation: StorageOperation, module: Int, answer: @escaping (StorageResult) -> Void) {
        do throws(LinuxError) {
            group.start(operation, on: try volume(module), answer: answer)
        } catch {
            answer(.failure(.system("\(error)")))
        }
    }

    /// Makes all changes durable that were started, and reports their results.
    func finish() { group.finish() }

    /// The coprocessor with this number has stopped.
    func abandonTemporaries(module: Int) {
        guard let volume = volumes[module] else { return }
        if group.concerns(volume) { group.finish() }
        volume.abandonTemporaries()
    }

    /// Removes the temporary directory.
    func removeTemporary() {
        group.finish()
        guard case .temporary(let folder?) = root else { return }
        volumes = [:]
        folder.remove()
        root = .temporary(nil)
    }
}
