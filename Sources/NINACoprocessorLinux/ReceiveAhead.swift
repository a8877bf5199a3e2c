/// Bytes of a connection that were received before the coprocessor has asked for them: one system call for many frames.
struct ReceiveAhead {
    /// The number of bytes received at once.
    static let limit = 64 * 1024

    private var storage: [UInt8] = []
    private var head = 0
    private var end = 0

    var count: Int { end - head }
    var isEmpty: Bool { head == end }

    /// Receives into the empty buffer.
    /// - Parameter receive: returns the number of bytes received; less than 1 when none were.
    mutating func fill(from buffers: ReceiveBuffers, _ receive: (UnsafeMutableRawBufferPointer) -> Int) {
        if storage.isEmpty { storage = buffers.take() }
        head = 0
        end = max(0, storage.withUnsafeMutableBytes(receive))
    }

    /// Copies the first bytes to the start of another buffer.
    /// - Returns: their number, at most `limit`.
    mutating func copy(into buffer: inout [UInt8], limit: Int, removing: Bool) -> Int {
        let count = min(limit, self.count)
        let head = self.head
        buffer.withUnsafeMutableBytes { target in
            storage.withUnsafeBytes { source in
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[head..<head + count]))
            }
        }
        if removing { self.head += count }
        return count
    }

    /// Gives the memory of the empty buffer back.
    mutating func release(to buffers: ReceiveBuffers) {
        guard isEmpty, !storage.isEmpty else { return }
        buffers.give(storage)
        storage = []
    }
}

/// Spare memory for receiving ahead, shared by the connections of a process: none is allocated for a burst.
final class ReceiveBuffers {
    /// How many buffers are kept.
    private static let spares = 4
    private var spare: [[UInt8]] = []

    func take() -> [UInt8] {
        spare.popLast() ?? [UInt8](unsafeUninitializedCapacity: ReceiveAhead.limit) { $1 = ReceiveAhead.limit }
    }

    func give(_ buffer: [UInt8]) {
        if spare.count < Self.spares { spare.append(buffer) }
    }
}
