import LinuxIO
import NINALink
import Synchronization

/// Counts and hashes the bytes of a stream in order (64-bit FNV-1a): a byte that is lost, duplicated, changed or
/// reordered changes the hash.
package struct StreamHash: Equatable, CustomStringConvertible {
    package private(set) var count = 0
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package init(_ bytes: [UInt8]) { add(bytes) }

    package mutating func add(_ bytes: [UInt8]) {
        count += bytes.count
        var value = self.value
        bytes.withUnsafeBufferPointer { pointer in
            for index in 0..<pointer.count { value = (value ^ UInt64(pointer[index])) &* 0x100_0000_01B3 }
        }
        self.value = value
    }

    package var description: String { "\(count) bytes \(String(value, radix: 16))" }
}

/// A number that one thread adds to and another reads.
package final class SharedCount: Sendable {
    package init() {}

    private let storage = Atomic<Int>(0)

    package var value: Int { storage.load(ordering: .acquiring) }

    package func add(_ count: Int) { storage.add(count, ordering: .releasing) }
}

extension SplitMix64 {
    /// Random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// A size from 1 to 2 to the power of `bits`, with a uniformly distributed magnitude.
    package mutating func size(bits: Int) -> Int {
        Int.random(in: 1...1 << Int.random(in: 0...bits, using: &self), using: &self)
    }

    /// True with a probability of one in `count`.
    package mutating func isOnce(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

extension TCPPeer {
    /// Sends and receives bytes at the same time, both in pieces of random size, with random pauses between sends.
    ///
    /// - Parameters:
    ///   - expected: the number of bytes to receive; more are received too if they arrive before the last one was sent.
    ///   - sent: called with the bytes that the kernel has taken.
    ///   - endsStream: ends the sending direction after the last byte.
    /// - Returns: the received bytes; fewer than expected when the stream ended.
    package func exchange(
        _ bytes: [UInt8], receiving expected: Int, random: SplitMix64, sent: SharedCount? = nil,
        endsStream: Bool = false
    ) throws -> [UInt8] {
        var random = random
        var rest = bytes[...]
        var received: [UInt8] = []
        received.reserveCapacity(expected)
        var buffer = [UInt8](repeating: 0, count: 1 << 15)
        var resumesAt: UInt64 = 0
        var mustEnd = endsStream
        while received.count < expected || !rest.isEmpty {
            let now = MonotonicClock.nanoseconds()
            let maySend = !rest.isEmpty && now >= resumesAt
            // A pause has its own end; anything else must progress within 40 seconds.
            let deadline = rest.isEmpty || maySend ? now + 40_000_000_000 : resumesAt
            let events = try DescriptorWait.wait(
                number, for: maySend ? [.readable, .writable] : .readable, deadline: deadline)
            guard !events.isEmpty else {
                if deadline == resumesAt { continue }
                throw LinuxError("exchange", .timedOut, "\(rest.count) bytes to send, \(received.count) received")
            }
            if !events.isDisjoint(with: [.readable, .peerClosed, .hangUp, .error]) {
                guard try receive(limit: random.size(bits: 15), into: &buffer, appendingTo: &received) else {
                    return received
                }
            }
            guard maySend, events.contains(.writable) else { continue }
            let piece = rest.prefix(random.size(bits: 14))
            switch piece.withUnsafeBytes({ TCPSocket.send(number, $0) }) {
            case .sent(let count):
                rest = rest.dropFirst(count)
                sent?.add(count)
            case .wouldBlock: break
            case .failed(let errno): throw LinuxError("send", errno)
            }
            if random.isOnce(in: 8) { resumesAt = now + UInt64(random.size(bits: 21)) }
            if rest.isEmpty, mustEnd {
                mustEnd = false
                endStream()
            }
        }
        return received
    }

    /// - Returns: false at the end of the stream.
    private func receive(limit: Int, into buffer: inout [UInt8], appendingTo received: inout [UInt8]) throws -> Bool {
        let result = buffer.withUnsafeMutableBytes {
            TCPSocket.receive(number, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<limit]))
        }
        switch result {
        case .received(let count): received.append(contentsOf: buffer[..<count])
        case .wouldBlock: break
        case .endOfFile: return false
        case .failed(let errno): throw LinuxError("recv", errno)
        }
        return true
    }

    /// Ends the sending direction; bytes from the other end can still be received.
    package func endStream() { TCPSocket.shutdownWrite(number) }
}
