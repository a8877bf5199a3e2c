import CLinux
import LinuxIO

// This target, LinuxBoards, holds the devices of boards: SPI devices and the lines of GPIO chips. The character devices of
// the kernel module are not among them: the emulator serves those, so they are in LinuxIO.

/// A node in `/dev` whose device is controlled by ioctl.
enum DeviceNode {
    /// Opens a node for reading and writing; programs that are started do not inherit it.
    /// - Throws: ENOENT, EACCES.
    static func open(_ path: String) throws(LinuxError) -> FileDescriptor {
        let number = retrying { clinux_device_open(path) }
        guard number >= 0 else { throw .current("open", path) }
        return FileDescriptor(adopting: number)
    }
}
