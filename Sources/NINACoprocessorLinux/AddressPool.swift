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

    /// The outcome of a claim.
    enum Outcome {
        case claimed(Claim)
        /// None of the names that were tried is free; the next call continues with those after them.
        case unfinished
        /// Others hold all addresses.
        case exhausted
    }

    private let claimPrefix: String
    private let count: Int
    private var held: Set<Int> = []
    /// The index at which an unfinished search continues: all before it were taken.
    private var start = 0

    /// - Parameters:
    ///   - claimPrefix: the prefix of the claim's name; the address follows it.
    ///   - count: the number of addresses.
    init(claimPrefix: String = "nina-coprocessor-", count: Int = AddressPool.count) {
        self.claimPrefix = claimPrefix
        self.count = count
    }

    /// Claims the lowest free address.
    /// - Throws: the error of a system call. Returns nil when all are taken.
    mutating func claim() throws(LinuxError) -> Claim? {
        for _ in 0..<count {
            switch try claim(trying: count) {
            case .claimed(let claim): return claim
            case .unfinished: continue
            case .exhausted: return nil
            }
        }
        return nil
    }

    /// Claims the lowest free address, with a limited number of system calls.
    /// - Parameter limit: how many names are tried.
    mutating func claim(trying limit: Int) throws(LinuxError) -> Outcome {
        var tried = 0
        for index in start..<count where !held.contains(index) {
            guard tried < limit else {
                start = index
                return .unfinished
            }
            tried += 1
            let address = Self.address(index)
            guard let descriptor = try UnixSocket.claimAbstract(name: claimPrefix + address.description) else {
                continue
            }
            held.insert(index)
            start = 0
            return .claimed(Claim(address: address, index: index, descriptor: descriptor))
        }
        start = 0
        return .exhausted
    }

    /// The claim has ended, or is ending.
    mutating func release(_ index: Int) {
        held.remove(index)
        start = min(start, index)
    }
}
