/// Whole frames of a connection that follow each other: they are sent together, by one system call.
///
/// A batch begins with the second of two frames in a row. It ends with a short frame, when it is full, when the host does
/// something else with the connection, or after ``longestDelay``.
struct SendBatch {
    /// The number of bytes held at most. With the frame that the device holds beside it, a slot holds 64 KiB.
    static let limit = 60 * 1024
    /// A frame of at least this many bytes does not end a batch.
    static let wholeFrame = 2048
    /// How long a batch may be held, in nanoseconds.
    static let longestDelay: UInt64 = 500_000

    private(set) var bytes: [UInt8] = []
    /// When the batch began; for bytes that the kernel has not taken, which wait for room, the time does not matter.
    private(set) var began: UInt64 = 0
    /// When the last whole frame was sent.
    private var lastWholeFrame: UInt64 = 0

    var isEmpty: Bool { bytes.isEmpty }

    func hasRoom(for count: Int) -> Bool { bytes.count + count <= Self.limit }

    /// Whether a frame that is to be sent now begins a batch.
    mutating func begins(with count: Int, now: () -> UInt64) -> Bool {
        guard count >= Self.wholeFrame else {
            lastWholeFrame = 0
            return false
        }
        let time = now()
        defer { lastWholeFrame = time }
        guard time < lastWholeFrame &+ Self.longestDelay, hasRoom(for: count) else { return false }
        began = time
        return true
    }

    /// Appends a frame.
    mutating func append(_ frame: ArraySlice<UInt8>) {
        if bytes.isEmpty { bytes.reserveCapacity(Self.limit) }
        bytes.append(contentsOf: frame)
    }

    /// The kernel has taken the first bytes.
    mutating func remove(_ count: Int) {
        if count == bytes.count { bytes.removeAll(keepingCapacity: true) } else { bytes.removeFirst(count) }
    }

    /// Forgets the bytes, and gives their memory back.
    mutating func clear() { bytes = [] }
}
