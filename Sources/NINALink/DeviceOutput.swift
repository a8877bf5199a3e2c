import NINAWire

/// Bytes of a device for its host. A long payload at the end is not copied behind its header.
public struct DeviceOutput {
    /// The first piece: whole messages, the last one perhaps without its payload.
    public internal(set) var bytes: [UInt8] = []
    /// The second piece: the payload of the last message, or nothing.
    public private(set) var payload: [UInt8] = []

    /// Number of bytes in both pieces.
    public var count: Int { bytes.count + payload.count }
    /// Whether there is nothing to send.
    public var isEmpty: Bool { bytes.isEmpty && payload.isEmpty }

    /// Makes an empty output with room for the usual messages.
    init() {
        bytes.reserveCapacity(2 * Frame.limit)
        payload.reserveCapacity(Frame.limit)
    }

    /// Makes one piece of two, in ``bytes``.
    public mutating func join() {
        guard !payload.isEmpty else { return }
        bytes.append(contentsOf: payload)
        payload.removeAll(keepingCapacity: true)
    }

    /// Appends the payload of the last message, whose header has been appended to ``bytes``. A long one is swapped with
    /// an empty buffer.
    mutating func append(payload other: inout [UInt8]) {
        if other.count < LinkMessage.longPayload {
            bytes.append(contentsOf: other)
        } else {
            swap(&payload, &other)
        }
    }

    /// Removes the first bytes, which were sent.
    public mutating func removeFirst(_ count: Int) {
        if count >= self.count { return removeAll() }
        join()
        bytes.removeFirst(count)
    }

    /// Removes everything.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        if !payload.isEmpty { payload.removeAll(keepingCapacity: true) }
    }
}
