import CLinux
import Foundation
import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10)), .serialized) struct DiskSynchronizerTests {
    @Test(arguments: [0, 1, 2, DiskSynchronizer.limit, DiskSynchronizer.limit + 1]) func allAreSynchronized(
        _ count: Int
    ) throws {
        let folder = try TemporaryFolder.make(prefix: "linuxio-")
        defer { folder.remove() }
        let disk = DiskSynchronizer()
        // Twice: with a context of the kernel that exists.
        for round in 0..<2 {
            var files = DiskSynchronizer.Files()
            var directories = DiskSynchronizer.Directories()
            var open: [File] = []
            for number in 0..<count {
                let file = File(try folder.directory.createTemporary(UInt32(round * 100 + number)))
                try file.handle.append([1, 2, 3])
                files.add(file.handle)
                directories.add(folder.directory)
                open.append(file)
            }
            #expect(disk.synchronize(files) == [LinuxError?](repeating: nil, count: count))
            #expect(disk.synchronize(directories) == [LinuxError?](repeating: nil, count: count))
            withExtendedLifetime(open) {}
        }
    }

    /// An open file, held by reference.
    private final class File {
        let handle: TemporaryFileHandle
        init(_ handle: consuming TemporaryFileHandle) { self.handle = handle }
    }

    /// Each has its own error: here of a pipe, which cannot be synchronized, and of a number that is not open. It is the
    /// same with a context of the kernel and without.
    @Test(arguments: [true, false]) func anErrorIsThatOfOne(_ hasQueue: Bool) throws {
        let folder = try TemporaryFolder.make(prefix: "linuxio-")
        defer { folder.remove() }
        let directory = folder.directory.descriptor.rawValue
        let pipe = try UnixSocket.pair(nonblocking: true)
        var queue = hasQueue ? clinux_sync_queue_create() : 0
        defer { clinux_sync_queue_destroy(queue) }
        for bad in [(pipe.first.rawValue, EINVAL), (Int32(1_000_000), EBADF)] {
            for place in 0..<3 {
                var numbers = [Int32](repeating: directory, count: 3)
                numbers[place] = bad.0
                var expected: [Int32] = [0, 0, 0]
                expected[place] = bad.1
                for onlyData: Int32 in [0, 1] {
                    var errors: [Int32] = [7, 7, 7]
                    clinux_sync_all(&queue, numbers, 3, onlyData, &errors)
                    #expect(errors == expected)
                }
            }
        }
    }

    /// By the public calls, with a pipe, which cannot be synchronized.
    @Test(arguments: 1...3) func theErrorsAreInTheOrderOfAdding(_ count: Int) throws {
        let folder = try TemporaryFolder.make(prefix: "linuxio-")
        defer { folder.remove() }
        let pipe = try UnixSocket.pair(nonblocking: true)
        for bad in 0..<count {
            var files = DiskSynchronizer.Files()
            var open: [File] = []
            for number in 0..<count {
                let file =
                    number == bad
                    ? File(TemporaryFileHandle(FileDescriptor(adopting: dup(pipe.first.rawValue)), [], in: ""))
                    : File(try folder.directory.createTemporary(UInt32(bad * 10 + number)))
                files.add(file.handle)
                open.append(file)
            }
            var expected = [LinuxError?](repeating: nil, count: count)
            expected[bad] = LinuxError("fdatasync", .invalidArgument)
            #expect(DiskSynchronizer().synchronize(files) == expected)
            withExtendedLifetime(open) {}
        }
        var directories = DiskSynchronizer.Directories()
        let process = try Directory(creating: "/proc/self")
        directories.add(process)
        #expect(DiskSynchronizer().synchronize(directories) == [LinuxError("fsync", .invalidArgument)])
    }

    /// The kernel maps a ring of memory for each of its contexts.
    private func contexts() throws -> Int {
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        return maps.split(separator: "\n").count { $0.contains("[aio]") }
    }

    @Test func oneContextServesAllCalls() throws {
        let folder = try TemporaryFolder.make(prefix: "linuxio-")
        defer { folder.remove() }
        let probe = clinux_sync_queue_create()
        let hasContexts = probe != 0
        clinux_sync_queue_destroy(probe)
        let before = try contexts()
        var disk: DiskSynchronizer? = DiskSynchronizer()
        for (count, made) in [(0, 0), (1, 0), (2, 1), (0, 1), (1, 1), (3, 1), (2, 1)] {
            var directories = DiskSynchronizer.Directories()
            for _ in 0..<count { directories.add(folder.directory) }
            #expect(disk?.synchronize(directories).count == count)
            let now = try contexts()
            #expect(now == before + (hasContexts ? made : 0), "after \(count)")
        }
        disk = nil
        #expect(try contexts() == before)
    }
}
