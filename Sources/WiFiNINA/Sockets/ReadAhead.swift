/// A queue of bytes; taken bytes are dropped from the front.
struct ReadAhead {
    private var storage: [UInt8] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { head == storage.count }
    var first: UInt8? { isEmpty ? nil : storage[head] }
    /// The bytes, in storage that is shared until the next change.
    var bytes: ArraySlice<UInt8> { storage[head...] }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isEmpty { removeAll() } else { storage.removeFirst(head) }
        head = 0
        storage.append(contentsOf: bytes)
    }

    /// - Precondition: at least `count` bytes are stored.
    mutating func drop(_ count: Int) { head += count }

    /// Moves bytes into a buffer at the offset, as many as fit.
    /// - Returns: the number of bytes.
    mutating func move(into buffer: inout [UInt8], at offset: Int) -> Int {
        let count = min(buffer.count - offset, self.count)
        guard count > 0 else { return 0 }
        buffer.replaceSubrange(offset..<offset + count, with: storage[head..<head + count])
        head += count
        return count
    }

    /// Takes up to `limit` bytes. Taking all of them does not copy.
    mutating func take(_ limit: Int) -> [UInt8] {
        guard head > 0 || limit < storage.count else {
            defer { storage = [] }
            return storage
        }
        let bytes = Array(storage[head...].prefix(max(0, limit)))
        head += bytes.count
        return bytes
    }

    /// Appends all bytes to another buffer; if that is empty, without copying.
    mutating func move(to other: inout ReadAhead) {
        if other.isEmpty { swap(&self, &other) } else { other.append(bytes) }
        removeAll()
    }

    /// Keeps the capacity.
    mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        head = 0
    }
}
