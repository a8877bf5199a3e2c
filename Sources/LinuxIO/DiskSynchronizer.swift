import CLinux

/// Synchronizes several files or directories to disk at the same time, which a file system with a journal does at little
/// more than the cost of one.
public final class DiskSynchronizer {
    /// The most that are synchronized together.
    public static let limit = CLINUX_SYNC_LIMIT

    /// Files whose bytes and sizes are to be synchronized; their owner keeps them open meanwhile.
    public struct Files {
        fileprivate var descriptors: [Int32] = []

        /// No files.
        public init() {}

        /// Adds a file.
        public mutating func add(_ file: borrowing TemporaryFileHandle) {
            descriptors.append(file.descriptor.rawValue)
        }
    }

    /// Directories whose entries are to be synchronized; their owner keeps them open meanwhile.
    public struct Directories {
        fileprivate var descriptors: [Int32] = []

        /// No directories.
        public init() {}

        /// Adds a directory.
        public mutating func add(_ directory: borrowing Directory) {
            descriptors.append(directory.descriptor.rawValue)
        }
    }

    private enum Kernel {
        case notAsked
        /// An AIO context; 0 when the kernel offers none.
        case context(UInt)
    }

    private var kernel = Kernel.notAsked

    /// Makes a synchronizer, which creates a kernel AIO context at the first use with several members.
    public init() {}

    deinit {
        if case .context(let context) = kernel { clinux_sync_queue_destroy(context) }
    }

    /// Synchronizes files, and waits for all of them.
    /// - Returns: for each, in the order of adding, why it failed; nil when it is on disk.
    public func synchronize(_ files: Files) -> [LinuxError?] {
        synchronize(files.descriptors, onlyData: true).map { $0.map { LinuxError("fdatasync", $0) } }
    }

    /// Synchronizes directories, and waits for all of them.
    /// - Returns: for each, in the order of adding, why it failed; nil when it is on disk.
    public func synchronize(_ directories: Directories) -> [LinuxError?] {
        synchronize(directories.descriptors, onlyData: false).map { $0.map { LinuxError("fsync", $0) } }
    }

    private func synchronize(_ descriptors: [Int32], onlyData: Bool) -> [Errno?] {
        var errors = [Int32](repeating: 0, count: descriptors.count)
        var context = descriptors.count > 1 ? kernelContext() : 0
        clinux_sync_all(&context, descriptors, descriptors.count, onlyData ? 1 : 0, &errors)
        if descriptors.count > 1 { kernel = .context(context) }
        return errors.map { $0 == 0 ? nil : Errno(rawValue: $0) }
    }

    private func kernelContext() -> UInt {
        if case .context(let context) = kernel { return context }
        return clinux_sync_queue_create()
    }
}
