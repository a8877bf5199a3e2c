/// Collects the bytes of a stream and splits them into messages, however the bytes arrived.
public struct MessageBuffer {
    private var storage: [UInt8]
    private var start = 0
    private var end = 0
    private let acceptsHostMessages: Bool
    /// The type of the message that ``next()`` refused because no message of the other end has that type.
    public private(set) var unknownType: UInt8?

    /// Makes an empty buffer.
    /// - Parameter acceptsHostMessages: true on the device's side, false on the host's.
    public init(acceptsHostMessages: Bool) {
        self.acceptsHostMessages = acceptsHostMessages
        storage = Array(repeating: 0, count: 8192)
    }

    /// Number of bytes that do not form a complete message yet.
    public var unreadCount: Int { end - start }

    private mutating func makeRoom(_ count: Int) {
        if start == end {
            start = 0
            end = 0
        }
        guard storage.count - end < count else { return }
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

    /// Calls `body` with at least 4100 bytes of free space; `body` returns the number of bytes it wrote.
    @discardableResult
    public mutating func fill(_ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        makeRoom(4100)
        let end = self.end
        let count = storage.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[end...])) }
        self.end += max(0, min(count, storage.count - end))
        return count
    }

    /// Appends bytes.
    public mutating func append(_ bytes: [UInt8]) {
        makeRoom(bytes.count)
        storage.replaceSubrange(end..<end + bytes.count, with: bytes)
        end += bytes.count
    }

    /// Returns the next complete message, or nil.
    ///
    /// Its payload shares this buffer's storage: release it before filling the buffer again, or the storage is copied.
    /// - Throws: `.violation` for an unknown type, a type of the wrong direction, or a length that its type does not
    ///   allow.
    public mutating func next() throws(LinkError) -> LinkMessage? {
        guard let header = try nextHeader() else { return nil }
        return LinkMessage(kind: header.kind, flags: header.flags, payload: takePayload(header))
    }

    /// Returns the header of the next message, if that is complete; then ``takePayload(_:)`` takes the message.
    ///
    /// Unlike a message it has no reference to the storage, whose count would change several times per message.
    mutating func nextHeader() throws(LinkError) -> LinkMessage.Header? {
        guard end - start >= LinkMessage.headerLength else { return nil }
        guard let kind = LinkMessage.Kind(rawValue: storage[start]), kind.isFromHost == acceptsHostMessages else {
            unknownType = storage[start]
            throw LinkError(.violation, .transfer, "unknown message type")
        }
        let length = Int(storage[start + 2]) << 8 | Int(storage[start + 3])
        guard kind.lengths.contains(length) else {
            throw LinkError(.violation, .transfer, "the message's length does not fit its type")
        }
        guard end - start - LinkMessage.headerLength >= length else { return nil }
        return LinkMessage.Header(kind: kind, flags: storage[start + 1], length: length)
    }

    /// Takes the message whose header was returned, and returns its payload; see ``next()``.
    mutating func takePayload(_ header: LinkMessage.Header) -> ArraySlice<UInt8> {
        let first = start + LinkMessage.headerLength
        start = first + header.length
        return storage[first..<start]
    }
}
