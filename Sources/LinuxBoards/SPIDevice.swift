import CLinux
import LinuxLibc
import LinuxIO

/// A device on an SPI bus, accessed through spidev: `/dev/spidevB.C`.
///
/// Source: `linux/spi/spidev.h` and `Documentation/spi/spidev`.
public struct SPIDevice: ~Copyable {
    private let descriptor: FileDescriptor
    /// The device node.
    public let path: String
    /// The maximum number of bytes per transfer: spidev's buffer size.
    public let longestTransfer: Int
    private let mode: UInt32

    /// Opens a device node and sets mode 0, 8 bits, and, where supported, no chip select by the controller.
    /// - Throws: ENOENT, EACCES; ENOTTY when it is not an SPI device.
    public init(path: String) throws(LinuxError) {
        let descriptor = try DeviceNode.open(path)
        let number = descriptor.rawValue
        var mode = clinux_spi_no_cs
        if retrying({ clinux_spi_set_mode(number, mode) }) < 0 {
            mode = 0
            guard retrying({ clinux_spi_set_mode(number, mode) }) >= 0 else {
                throw .current("SPI_IOC_WR_MODE32", path)
            }
        }
        guard retrying({ clinux_spi_set_bits(number, 8) }) >= 0 else {
            throw .current("SPI_IOC_WR_BITS_PER_WORD", path)
        }
        self.descriptor = descriptor
        self.path = path
        self.mode = mode
        longestTransfer = Self.bufferSize()
    }

    /// Whether the controller does not drive its own chip select.
    public var leavesChipSelect: Bool { mode == clinux_spi_no_cs }

    /// The module parameter `bufsiz`; 4096 if the kernel does not report it.
    private static func bufferSize() -> Int {
        let number = retrying { LinuxLibc.open("/sys/module/spidev/parameters/bufsiz", O_RDONLY | O_CLOEXEC) }
        guard number >= 0 else { return 4096 }
        let file = FileDescriptor(adopting: number)
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = retrying { LinuxLibc.read(file.rawValue, &bytes, bytes.count) }
        let digits = bytes.prefix(max(count, 0)).prefix { $0 != 0x0A }
        return Int(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil } ?? 4096
    }

    /// Restores the mode if another program has changed it: the mode belongs to the device, not to the open file.
    /// - Returns: whether it had been changed.
    @discardableResult
    public func restoreMode() throws(LinuxError) -> Bool {
        // Some kernels report SPI_CS_HIGH in addition, if the controller's chip select is a GPIO line.
        let reported = try Self.mode(of: descriptor.rawValue, path) & ~clinux_spi_cs_high
        guard reported != mode else { return false }
        guard retrying({ clinux_spi_set_mode(descriptor.rawValue, mode) }) >= 0 else {
            throw .current("SPI_IOC_WR_MODE32", path)
        }
        return true
    }

    private static func mode(of descriptor: Int32, _ path: String) throws(LinuxError) -> UInt32 {
        var mode: UInt32 = 0
        guard retrying({ clinux_spi_get_mode(descriptor, &mode) }) >= 0 else {
            throw .current("SPI_IOC_RD_MODE32", path)
        }
        return mode
    }

    /// Clocks bytes out.
    /// - Parameter hertz: the clock rate of this transfer, whatever rate other programs have set.
    public func write(_ bytes: UnsafeRawBufferPointer, hertz: UInt32) throws(LinuxError) {
        var offset = 0
        while offset < bytes.count {
            let length = min(bytes.count - offset, longestTransfer)
            try transfer(bytes.baseAddress.map { $0 + offset }, nil, length, hertz)
            offset += length
        }
    }

    /// Clocks bytes in.
    public func read(into bytes: UnsafeMutableRawBufferPointer, hertz: UInt32) throws(LinuxError) {
        var offset = 0
        while offset < bytes.count {
            let length = min(bytes.count - offset, longestTransfer)
            try transfer(nil, bytes.baseAddress.map { $0 + offset }, length, hertz)
            offset += length
        }
    }

    private func transfer(
        _ output: UnsafeRawPointer?, _ input: UnsafeMutableRawPointer?, _ length: Int, _ hertz: UInt32
    ) throws(LinuxError) {
        // An interrupted transfer is not repeated: bytes may have been clocked.
        let count = clinux_spi_transfer(descriptor.rawValue, output, input, UInt32(length), hertz)
        guard count >= 0 else { throw .current("SPI_IOC_MESSAGE", path) }
        guard count == length else { throw LinuxError("SPI_IOC_MESSAGE", .inputOutput, "\(count) of \(length) bytes") }
    }
}
