import LinuxIO
import NINAWire

/// Assigns each coprocessor its own address in 127.0.0.0/8: the lowest of 127.1.0.1, 127.1.1.1, ... that no other
/// coprocessor on this machine holds.
///
/// Linux accepts connections on all of 127.0.0.0/8 without configuration. An abstract Unix socket named after the
/// address claims it; the kernel releases the socket when the process ends, even after a crash.
struct AddressPool {
    /// An address that is held until this object is released.
    final class Claim {
        let address: IPv4Address
        /// Index in the pool, from 0; hardware addresses are derived from it.
        let index: Int
        private let descriptor: FileDescriptor

        init(address: IPv4Address, index: Int, descriptor: consuming FileDescriptor) {
            self.address = address
            self.index = index
            self.descriptor = descriptor
        }
    }

    /// 127.1.0.1 to 127.254.255.1.
    static let count = 254 * 256

    static func address(_ index: Int) -> IPv4Address {
        IPv4Address(127, UInt8(1 + index / 256), UInt8(index % 256), 1)
    }

    private let claimPrefix: String
    private var held: Set<Int> = []

    /// - Parameter claimPrefix: the prefix of the claim's name; the address follows it.
    init(claimPrefix: String = "nina-coprocessor-") { self.claimPrefix = claimPrefix }

    /// Claims the lowest free address.
    /// - Throws: the error of a system call. Returns nil when all are taken.
    mutating func claim() throws(LinuxError) -> Claim? {
        for index in 0..<Self.count where !held.contains(index) {
            let address = Self.address(index)
            guard let descriptor = try UnixSocket.claimAbstract(name: claimPrefix + address.description) else {
                continue
            }
            held.insert(index)
            return Claim(address: address, index: index, descriptor: descriptor)
        }
        return nil
    }

    /// The claim has ended, or is ending.
    mutating func release(_ index: Int) { held.remove(index) }
}
