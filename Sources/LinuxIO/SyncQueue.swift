import CLinux

/// Synchronizes several files or directories to disk at the same time, which a file system with a journal does at little
/// more than the cost of one.
public final class SyncQueue {
    /// The most that are synchronized together.
    public static let limit = CLINUX_SYNC_LIMIT

    /// Files or directories, which their owner keeps open meanwhile.
    public struct Members {
        fileprivate var descriptors: [Int32] = []
        fileprivate let areFiles: Bool

        /// Members that are all files, of which bytes and size are synchronized, or all directories.
        public init(files: Bool) { areFiles = files }

        /// Adds a file.
        public mutating func add(_ file: borrowing TemporaryFileHandle) {
            descriptors.append(file.descriptor.rawValue)
        }

        /// Adds a directory.
        public mutating func add(_ directory: borrowing Directory) {
            descriptors.append(directory.descriptor.rawValue)
        }
    }

    private enum Kernel {
        case notAsked
        /// 0 when it offers none.
        case queue(UInt)
    }

    private var kernel = Kernel.notAsked

    /// Makes a queue; it takes up something of the kernel only when it is first used for more than one member.
    public init() {}

    deinit {
        if case .queue(let queue) = kernel { clinux_sync_queue_destroy(queue) }
    }

    /// Synchronizes the members, and waits for all of them.
    /// - Returns: for each, in the order of adding, why it failed; nil when it is on disk.
    public func synchronize(_ members: Members) -> [LinuxError?] {
        var errors = [Int32](repeating: 0, count: members.descriptors.count)
        let queue = errors.count > 1 ? kernelQueue() : 0
        clinux_sync_all(queue, members.descriptors, errors.count, members.areFiles ? 1 : 0, &errors)
        return errors.map { error in
            error == 0 ? nil : LinuxError(members.areFiles ? "fdatasync" : "fsync", Errno(rawValue: error))
        }
    }

    private func kernelQueue() -> UInt {
        if case .queue(let queue) = kernel { return queue }
        let queue = clinux_sync_queue_create()
        kernel = .queue(queue)
        return queue
    }
}
