import CLinux
import LinuxIO

// LinuxBoards accesses the devices of boards: SPI devices and the lines of GPIO chips. The character devices of the
// kernel module are in LinuxIO, because the emulator serves them.

/// A node in `/dev` that is controlled with ioctl.
enum DeviceNode {
    /// Opens a node for reading and writing, close-on-exec.
    /// - Throws: ENOENT, EACCES.
    static func open(_ path: String) throws(LinuxError) -> FileDescriptor {
        let number = retrying { clinux_device_open(path) }
        guard number >= 0 else { throw .current("open", path) }
        return FileDescriptor(adopting: number)
    }
}
