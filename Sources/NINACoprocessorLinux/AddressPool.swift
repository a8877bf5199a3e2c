import LinuxIO
import NINAWire

/// Gives each coprocessor an address of its own in 127.0.0.0/8: the lowest of 127.1.0.1, 127.1.1.1, ... that no other
/// coprocessor of this machine holds.
///
/// Linux answers on all of 127.0.0.0/8 without any set-up. An address is claimed by an abstract Unix socket named after
/// it, which the kernel frees when the process ends, however it ends.
struct AddressPool {
    /// An address that is held until this object goes.
    final class Claim {
        let address: IPv4Address
        /// Position in the pool, from 0: hardware addresses are made of it.
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

    /// - Parameter claimPrefix: in front of an address it is the name of its claim.
    init(claimPrefix: String = "nina-coprocessor-") { self.claimPrefix = claimPrefix }

    /// Claims the lowest free address.
    /// - Throws: an error of the system; nil when all are taken.
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

    /// The claim has ended, or is about to.
    mutating func release(_ index: Int) { held.remove(index) }
}
