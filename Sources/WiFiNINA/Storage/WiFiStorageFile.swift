import NINALink
import NINAWire

/// A file of the module with a position: WiFiNINA's `WiFiStorageFile`.
public final class WiFiStorageFile {
    /// The path with which it was opened.
    public let path: String
    private let storage: WiFiStorage
    /// The last known size.
    private var length: Int
    private var offset = 0

    init(_ storage: WiFiStorage, path: String, length: Int) {
        self.storage = storage
        self.path = path
        self.length = length
    }

    /// Whether the file exists (WiFiNINA's `operator bool`).
    public func exists() throws(WiFiError) -> Bool { try lookedUp() != nil }

    /// The size in bytes; 0 when the file does not exist.
    public func size() throws(WiFiError) -> Int { try lookedUp() ?? 0 }

    private func lookedUp() throws(WiFiError) -> Int? {
        let size = try storage.size(path)
        length = size ?? 0
        return size
    }

    /// The number of bytes from the position to the end of the file.
    public func available() throws(WiFiError) -> Int { max(0, try size() - offset) }

    /// The position in bytes from the start.
    public func position() -> Int { offset }

    /// Sets the position, in bytes from the start; a negative one is the start. Past the end there is nothing to read,
    /// and writing throws where a position needs more than 32 bits.
    public func seek(_ position: Int) { offset = max(0, position) }

    /// Reads bytes at the position and advances it.
    /// - Returns: at most `limit` bytes; empty at the end.
    /// - Throws: see ``WiFiStorage/read(_:offset:count:)``.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        // Another file object may have extended the file.
        if length - offset < limit { _ = try lookedUp() }
        let bytes = try storage.read(path, offset: offset, count: limit, size: length)
        offset += bytes.count
        return bytes
    }

    /// Writes bytes at the position and advances it. Older firmware appends them to the file.
    /// - Returns: the number of bytes, which is always all of them.
    /// - Throws: see ``WiFiStorage/write(_:offset:_:)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int {
        try storage.write(path, offset: offset, bytes)
        offset += bytes.count
        length = max(length, offset)
        return bytes.count
    }

    /// Writes text; see ``write(_:)``.
    @discardableResult
    public func print(_ text: String) throws(WiFiError) -> Int { try write(Array(text.utf8)) }

    /// Removes the file.
    /// - Throws: see ``WiFiStorage/remove(_:)``.
    public func erase() throws(WiFiError) {
        try storage.remove(path)
        (offset, length) = (0, 0)
    }

    /// Resets the position to the start: the module keeps no file open between calls.
    public func close() { offset = 0 }
}
