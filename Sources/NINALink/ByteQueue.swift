/// Bytes of a stream: appended at the end, taken from the front, in storage that is allocated once and grows only when
/// it must.
public struct ByteQueue {
    private var storage: [UInt8]
    private var start = 0
    private var end = 0

    /// An empty queue with room for the usual messages of both directions.
    public init() { storage = Array(repeating: 0, count: 8192) }

    /// The number of bytes.
    public var count: Int { end - start }
    /// Whether there are none.
    public var isEmpty: Bool { start == end }
    /// A copy of the bytes.
    public var bytes: [UInt8] { Array(storage[start..<end]) }

    /// Calls `body` with the bytes.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// The first four bytes as a number, the most significant one first; nil while there are fewer.
    var firstWord: UInt32? {
        guard count >= 4 else { return nil }
        return storage.withUnsafeBytes {
            UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        }
    }

    @inline(__always) private mutating func makeRoom(_ count: Int) {
        if storage.count - end < count { enlarge(by: count) }
    }

    @inline(never) private mutating func enlarge(by count: Int) {
        if start > 0 {
            storage.withUnsafeMutableBufferPointer { bytes in
                for index in start..<end { bytes[index - start] = bytes[index] }
            }
            end -= start
            start = 0
        }
        if storage.count - end < count {
            storage.append(contentsOf: repeatElement(0, count: max(count, storage.count)))
        }
    }

    /// Calls `body` with at least `room` bytes of free space; `body` returns the number of bytes it wrote.
    @discardableResult
    mutating func fill(room: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        makeRoom(room)
        let end = self.end
        let count = storage.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[end...])) }
        self.end += max(0, min(count, storage.count - end))
        return count
    }

    /// Appends bytes.
    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// Appends all bytes of another queue and removes them there.
    mutating func append(_ other: inout ByteQueue) {
        other.withUnsafeBytes { append($0) }
        other.removeAll()
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        fill(room: bytes.count) {
            $0.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// Appends four bytes, the most significant one first.
    mutating func append(word: UInt32) {
        makeRoom(4)
        let end = self.end
        storage.withUnsafeMutableBytes { $0.storeBytes(of: word.bigEndian, toByteOffset: end, as: UInt32.self) }
        self.end += 4
    }

    /// Removes the first bytes.
    public mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "there are fewer bytes")
        start += count
        // The storage is used from its start again.
        if start == end { removeAll() }
    }

    /// Removes the first bytes and returns them. They share this queue's storage: release them before adding to the
    /// queue, or the storage is copied.
    mutating func takeFirst(_ count: Int) -> ArraySlice<UInt8> {
        let first = start
        removeFirst(count)
        return storage[first..<first + count]
    }

    /// Removes everything.
    public mutating func removeAll() {
        start = 0
        end = 0
    }
}
