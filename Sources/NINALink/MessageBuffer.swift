/// Collects the bytes of a stream and splits them into messages, however the bytes arrived.
public struct MessageBuffer {
    private var queue = ByteQueue()
    private let acceptsHostMessages: Bool
    /// The type of the message that ``next()`` refused because no message of the other end has that type.
    public private(set) var unknownType: UInt8?

    /// Makes an empty buffer.
    /// - Parameter acceptsHostMessages: true on the device's side, false on the host's.
    public init(acceptsHostMessages: Bool) { self.acceptsHostMessages = acceptsHostMessages }

    /// Number of bytes that do not form a complete message yet.
    public var unreadCount: Int { queue.count }

    /// Calls `body` with at least 4100 bytes of free space; `body` returns the number of bytes it wrote.
    @discardableResult
    public mutating func fill(_ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int { queue.fill(room: 4100, body) }

    /// Appends bytes.
    public mutating func append(_ bytes: [UInt8]) { queue.append(bytes) }

    /// Appends all bytes of a queue and removes them there.
    public mutating func append(_ bytes: inout ByteQueue) { queue.append(&bytes) }

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
        guard let word = queue.firstWord else { return nil }
        let type = UInt8(truncatingIfNeeded: word >> 24)
        guard let kind = LinkMessage.Kind(rawValue: type), kind.isFromHost == acceptsHostMessages else {
            unknownType = type
            throw LinkError(.violation, .transfer, "unknown message type")
        }
        let length = Int(word & 0xFFFF)
        guard kind.lengths.contains(length) else {
            throw LinkError(.violation, .transfer, "the message's length does not fit its type")
        }
        guard queue.count - LinkMessage.headerLength >= length else { return nil }
        return LinkMessage.Header(kind: kind, flags: UInt8(truncatingIfNeeded: word >> 16), length: length)
    }

    /// Takes the message whose header was returned, and returns its payload; see ``next()``.
    mutating func takePayload(_ header: LinkMessage.Header) -> ArraySlice<UInt8> {
        queue.removeFirst(LinkMessage.headerLength)
        return queue.takeFirst(header.length)
    }
}
