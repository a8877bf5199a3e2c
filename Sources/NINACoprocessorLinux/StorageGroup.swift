import LinuxIO
import NINACoprocessor

/// Changes of any number of volumes that are made durable together.
///
/// All files are written first, then synchronized at the same time, then renamed; at last their folders are synchronized
/// at the same time, each once, whatever the number of changes in it. A result is reported only when its own change is on
/// disk, or has failed; a failure is that of one change, unless it is the folder's.
final class StorageGroup {
    /// What has become of a change.
    enum Outcome {
        case durable
        /// The file could not be synchronized or named: the name still has its old content.
        case unnamed(LinuxError)
        /// The name has its new content, but the folder could not be synchronized.
        case uncertain(LinuxError)
    }

    private struct Member {
        let volume: DirectoryVolume
        let change: DirectoryVolume.Change
        let answer: (StorageResult) -> Void
        var outcome = Outcome.durable

        /// Whether the name has its new content.
        var isVisible: Bool {
            if case .unnamed = outcome { false } else { true }
        }
    }

    /// The number of changes that are made durable together at most; each has an open file.
    static let limit = DiskSynchronizer.limit

    private let disk = DiskSynchronizer()
    private var members: [Member] = []

    /// Starts an operation; the result of a change is reported by ``finish()``, any other one at once.
    func start(
        _ operation: StorageOperation, on volume: DirectoryVolume, answer: @escaping (StorageResult) -> Void
    ) {
        let waits = members.contains { $0.volume === volume && volume.mustWait(operation, for: $0.change) }
        if waits || members.count >= Self.limit { finish() }
        switch volume.start(operation) {
        case .done(let result):
            // After the results of the volume's operations before.
            if concerns(volume) { finish() }
            answer(result)
        case .change(let change): members.append(Member(volume: volume, change: change, answer: answer))
        }
    }

    /// Whether a volume has unfinished changes.
    func concerns(_ volume: DirectoryVolume) -> Bool { members.contains { $0.volume === volume } }

    /// Makes all changes durable, and reports their results.
    func finish() {
        guard !members.isEmpty else { return }
        commitFiles()
        synchronizeFolders()
        let finished = members
        members = []
        for member in finished { member.answer(member.volume.end(member.change, member.outcome)) }
    }

    private func commitFiles() {
        let written = members.indices.filter { members[$0].change.file != nil }
        var files = DiskSynchronizer.Files()
        for index in written {
            if let file = members[index].change.file { files.add(file.handle) }
        }
        for (index, error) in zip(written, disk.synchronize(files)) {
            if let error {
                let change = members[index].change
                let name = String(decoding: change.name, as: UTF8.self)
                members[index].outcome = .unnamed(
                    LinuxError(error.call, error.errno, "\(change.folder.directory.path)/\(name)"))
            } else {
                name(index)
            }
        }
    }

    private func name(_ index: Int) {
        let change = members[index].change
        guard let file = change.file else { return }
        do throws(LinuxError) {
            try change.folder.directory.name(file.handle, change.name)
        } catch {
            members[index].outcome = .unnamed(error)
        }
    }

    private func synchronizeFolders() {
        var folders: [ObjectIdentifier: Int] = [:]
        var directories = DiskSynchronizer.Directories()
        for member in members where member.isVisible {
            let folder = member.change.folder
            guard folders[ObjectIdentifier(folder)] == nil else { continue }
            folders[ObjectIdentifier(folder)] = folders.count
            directories.add(folder.directory)
        }
        let errors = disk.synchronize(directories)
        for index in members.indices where members[index].isVisible {
            let folder = members[index].change.folder
            guard let place = folders[ObjectIdentifier(folder)], let error = errors[place] else { continue }
            members[index].outcome = .uncertain(LinuxError(error.call, error.errno, folder.directory.path))
        }
    }
}
