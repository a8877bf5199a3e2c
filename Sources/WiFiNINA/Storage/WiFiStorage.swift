import NINALink
import NINAWire

/// The module's files: WiFiNINA's `WiFiStorage`.
///
/// Paths are absolute: `/fs/` and up to 28 bytes without a slash. Firmware before Arduino's 1.4.0 and Adafruit's 2.0.0
/// has no files; every call then throws `.unsupported`.
public struct WiFiStorage {
    /// The maximum number of bytes that READ_FILE returns: its reply has a one-byte length.
    private static let longestRead = 255
    /// The maximum path length: the firmware's buffer, whose bounds it does not check.
    private static let longestPath = 32

    private let driver: Driver

    /// The files of a module.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    /// Converts a path for a command; throws if it is too long for the firmware.
    private func path(_ text: String, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.limited(bytes(text, opcode), to: Self.longestPath, opcode)
    }

    /// A file at a path; it need not exist.
    /// - Throws: see ``size(_:)``.
    public func open(_ path: String) throws(WiFiError) -> WiFiStorageFile {
        WiFiStorageFile(self, path: path, length: try size(path) ?? 0)
    }

    /// Whether a file exists.
    /// - Throws: see ``size(_:)``.
    public func exists(_ path: String) throws(WiFiError) -> Bool { try size(path) != nil }

    /// The size of a file in bytes; nil when it does not exist.
    /// - Throws: `.unsupported`; `.invalidArgument` for a path of more than 32 bytes.
    public func size(_ path: String) throws(WiFiError) -> Int? {
        try self.size(of: self.path(path, .existsFile))
    }

    private func size(of path: ArraySlice<UInt8>) throws(WiFiError) -> Int? {
        var command = ExistsFile(path: path)
        // The size has four bytes; the firmware ignores this field.
        command.count = 4
        let size = try driver.run(command).size
        return size < 0 ? nil : Int(size)
    }

    /// Reads bytes of a file.
    ///
    /// Queries the size first: firmware before Arduino's 3.0 and Adafruit's returns nothing for a missing file, and
    /// zeros past the end of one.
    /// - Parameters:
    ///   - path: the file's path.
    ///   - offset: the offset of the first byte; past the end there is nothing to read.
    ///   - count: the maximum number of bytes; none for a negative number.
    /// - Returns: the bytes; fewer at the end of the file.
    /// - Throws: `.fileNotFound`; `.invalidArgument` for a negative offset; see ``size(_:)``.
    public func read(_ path: String, offset: Int = 0, count: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(path) else { throw .fileNotFound }
        return try read(path, offset: offset, count: count, size: size)
    }

    /// Reads bytes of a file whose size is known.
    func read(_ path: String, offset: Int, count: Int, size: Int) throws(WiFiError) -> [UInt8] {
        let path = try self.path(path, .readFile)
        var bytes: [UInt8] = []
        guard count > 0 else { return [] }
        try checkOffset(offset, count: 0, .readFile)
        guard offset < size else { return [] }
        var position = offset
        let end = offset + min(count, size - offset)
        while position < end {
            // A size has 31 bits, so positions fit.
            let command = ReadFile(
                offset: UInt32(position), count: UInt32(min(end - position, Self.longestRead)), path: path)
            let data = try driver.run(command).data
            guard !data.isEmpty else { break }
            bytes.append(contentsOf: data.prefix(end - position))
            position += data.count
        }
        return bytes
    }

    /// Checks that offsets of bytes fit the commands' 32 bits; a larger one would wrap to the start of the file.
    /// - Parameter count: the number of bytes; 0 to check only that the offset is not negative.
    private func checkOffset(_ offset: Int, count: Int, _ opcode: Opcode) throws(WiFiError) {
        guard offset >= 0, count == 0 || UInt64(offset) + UInt64(count) - 1 <= UInt64(UInt32.max) else {
            let limit = Int(clamping: UInt32.max)
            throw .invalidArgument(
                FrameError(.valueOutOfRange, at: Frame.headerLength, expected: limit, found: offset), opcode)
        }
    }

    /// Writes bytes to a file; creates it if it does not exist.
    ///
    /// Firmware before Arduino's 3.0 and Adafruit's ignores the offset and appends.
    /// - Parameters:
    ///   - path: the file's path.
    ///   - offset: the offset of the first byte.
    ///   - bytes: the bytes to write.
    /// - Throws: `.failed` when writing failed, for example because the flash is full; `.invalidArgument`, before
    ///   anything is written, when the offset of a byte is negative or needs more than 32 bits; see ``size(_:)``.
    public func write(_ path: String, offset: Int = 0, _ bytes: [UInt8]) throws(WiFiError) {
        let name = try self.path(path, .writeFile)
        try checkOffset(offset, count: bytes.count, .writeFile)
        var rest = bytes[...]
        while !rest.isEmpty {
            // E0 60 04 | 04 offset | 04 count | L path | 00 data | EE
            let chunk = rest.prefix(Frame.limit - 16 - name.count)
            let position = UInt32(offset + (bytes.count - rest.count))
            try writeOnce(WriteFile(offset: position, path: name, data: chunk), path)
            rest = rest.dropFirst(chunk.count)
        }
    }

    private func writeOnce(_ command: WriteFile, _ path: String) throws(WiFiError) {
        let isWritten: Bool
        do throws(WiFiError) {
            isWritten = try driver.acknowledge(command)
        } catch {
            // Older firmware answers with as many arbitrary bytes as were written, and not at all when writing failed:
            // the file's size shows which.
            guard case .badReply = error else { throw error }
            driver.recovery.forgive()
            guard try driver.findFirmware().answersWritesOddly else {
                driver.recovery.failed(error)
                throw error
            }
            guard let size = try size(path), size >= command.data.count else {
                throw .failed(.writeFile, code: 0)
            }
            return
        }
        guard isWritten else { throw .failed(.writeFile, code: 0) }
    }

    /// Removes a file; does nothing if it does not exist.
    /// - Throws: see ``size(_:)``.
    public func remove(_ path: String) throws(WiFiError) {
        do throws(WiFiError) {
            _ = try driver.run(DeleteFile(path: self.path(path, .deleteFile)))
        } catch {
            // Older firmware always answers with the error frame.
            guard case .refused = error else { throw error }
        }
    }

    /// Renames a file.
    /// - Throws: `.failed` with the errno: 2 when the file does not exist, 5 when the new path exists; see
    ///   ``size(_:)``.
    public func rename(_ old: String, _ new: String) throws(WiFiError) {
        let code = try driver.run(RenameFile(old: path(old, .renameFile), new: path(new, .renameFile))).value
        guard code == 0 else { throw .failed(.renameFile, code: Int(code)) }
    }

    /// Time-out of a download.
    private static let downloadNanoseconds: UInt64 = 120_000_000_000

    /// Downloads a file over HTTP.
    /// - Parameters:
    ///   - url: at most 64 bytes.
    ///   - name: the name without `/fs/`.
    /// - Throws: `.failed`; `.unsupported`; `.invalidArgument` for a URL or a name that is too long.
    public func download(_ url: String, _ name: String) throws(WiFiError) {
        let command = DownloadFile(
            url: try driver.limited(bytes(url, .downloadFile), to: 64, .downloadFile),
            name: try driver.limited(bytes(name, .downloadFile), to: Self.longestPath - 4, .downloadFile))
        do throws(WiFiError) {
            let isFetched = try driver.run(command, nanoseconds: Self.downloadNanoseconds).value != 0
            guard isFetched else { throw .failed(.downloadFile, code: 0) }
        } catch {
            // Older firmware always answers with the error frame: the file shows the outcome.
            guard case .refused = error else { throw error }
            guard let size = try size(of: ArraySlice("/fs/".utf8) + command.name), size > 0 else {
                throw .failed(.downloadFile, code: 0)
            }
        }
    }

    /// Downloads a program for the board over HTTP; ``WiFi/applyOTA()`` installs it.
    /// - Parameter url: at most 128 bytes.
    /// - Throws: `.failed` with 1 when the download failed, 2 for a wrong length, 3 for a wrong checksum, 4 when it
    ///   could not be stored; `.unsupported` before Arduino's firmware 1.4.1 and with Adafruit's 3.x.
    public func downloadOTA(_ url: String) throws(WiFiError) {
        let command = DownloadOTA(url: try driver.limited(bytes(url, .downloadOTA), to: 128, .downloadOTA))
        let code = try driver.run(command, nanoseconds: Self.downloadNanoseconds).value
        guard code == 0 else { throw .failed(.downloadOTA, code: Int(code)) }
    }
}

extension Driver {
    /// Checks the length of a text that the firmware copies into a buffer of this size without checking.
    func limited(_ text: ArraySlice<UInt8>, to limit: Int, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
        guard text.count <= limit else {
            let error = FrameError(.valueTooLong, at: Frame.headerLength, expected: limit, found: text.count)
            throw .invalidArgument(error, opcode)
        }
        return text
    }
}
