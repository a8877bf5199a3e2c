import NINALink
import NINAWire

/// The module's files: WiFiNINA's `WiFiStorage`.
///
/// Names are whole: `/fs/` and up to 28 bytes without a slash. Firmware before Arduino's 1.4.0 and Adafruit's 2.0.0 has
/// no files; every call then throws `.unsupported`.
public struct WiFiStorage {
    /// The most bytes that one READ_FILE can carry: its reply's length is one byte.
    private static let longestRead = 255
    /// The longest path: the firmware's buffer ends there, and it does not look.
    private static let longestPath = 32

    private let driver: Driver

    /// The files of a module.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    /// A path in a command; one that is too long for the firmware never gets there.
    private func path(_ text: String, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
        try driver.limited(bytes(text), to: Self.longestPath, opcode)
    }

    /// The file of a path, which need not exist.
    /// - Throws: as ``size(_:)``.
    public func open(_ path: String) throws(WiFiError) -> WiFiStorageFile {
        WiFiStorageFile(self, path: path, length: try size(path) ?? 0)
    }

    /// Whether a file exists.
    /// - Throws: as ``size(_:)``.
    public func exists(_ path: String) throws(WiFiError) -> Bool { try size(path) != nil }

    /// The size of a file in bytes, nil when there is none.
    /// - Throws: `.unsupported`; `.invalidArgument` for a path of more than 32 bytes.
    public func size(_ path: String) throws(WiFiError) -> Int? {
        try self.size(of: self.path(path, .existsFile))
    }

    private func size(of path: ArraySlice<UInt8>) throws(WiFiError) -> Int? {
        var command = ExistsFile(path: path)
        // The size has four bytes; firmware does not look at this.
        command.count = 4
        let size = try driver.run(command).size
        return size < 0 ? nil : Int(size)
    }

    /// Reads bytes of a file.
    ///
    /// The size is looked at first: firmware before Arduino's 3.0 and Adafruit's answers a missing file with nothing and fills up with zeros what
    /// is behind the end.
    /// - Parameters:
    ///   - path: the file's path.
    ///   - offset: where to begin, in bytes.
    ///   - count: how many bytes at most.
    /// - Returns: the bytes, fewer at the end of the file.
    /// - Throws: `.fileNotFound`; as ``size(_:)``.
    public func read(_ path: String, offset: Int = 0, count: Int) throws(WiFiError) -> [UInt8] {
        guard let size = try size(path) else { throw .fileNotFound }
        return try read(path, offset: offset, count: count, size: size)
    }

    /// Reads bytes of a file whose size is known.
    func read(_ path: String, offset: Int, count: Int, size: Int) throws(WiFiError) -> [UInt8] {
        let path = try self.path(path, .readFile)
        var bytes: [UInt8] = []
        var position = max(0, offset)
        let end = min(position + min(max(0, count), Int(Int32.max)), size)
        while position < end {
            let command = ReadFile(
                offset: UInt32(truncatingIfNeeded: position), count: UInt32(min(end - position, Self.longestRead)),
                path: path)
            let data = try driver.run(command).data
            guard !data.isEmpty else { break }
            bytes.append(contentsOf: data.prefix(end - position))
            position += data.count
        }
        return bytes
    }

    /// Writes bytes to a file, which is made when there is none.
    ///
    /// Firmware before Arduino's 3.0 and Adafruit's appends them to the file whatever the offset says.
    /// - Parameters:
    ///   - path: the file's path.
    ///   - offset: where to begin, in bytes.
    ///   - bytes: what to write.
    /// - Throws: `.failed` when they were not written, because the files are full for example; as ``size(_:)``.
    public func write(_ path: String, offset: Int = 0, _ bytes: [UInt8]) throws(WiFiError) {
        let name = try self.path(path, .writeFile)
        var rest = bytes[...]
        while !rest.isEmpty {
            // E0 60 04 | 04 offset | 04 count | L path | 00 data | EE
            let chunk = rest.prefix(Frame.limit - 16 - name.count)
            let position = UInt32(truncatingIfNeeded: max(0, offset) + bytes.count - rest.count)
            try writeOnce(WriteFile(offset: position, path: name, data: chunk), path)
            rest = rest.dropFirst(chunk.count)
        }
    }

    private func writeOnce(_ command: WriteFile, _ path: String) throws(WiFiError) {
        let isWritten: Bool
        do throws(WiFiError) {
            isWritten = try driver.acknowledge(command)
        } catch {
            // Older firmware answers with so many bytes of nothing in particular as were written, and not at all
            // when it failed: the file's size says which.
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

    /// Removes a file; nothing happens when there is none.
    /// - Throws: as ``size(_:)``.
    public func remove(_ path: String) throws(WiFiError) {
        do throws(WiFiError) {
            _ = try driver.run(DeleteFile(path: self.path(path, .deleteFile)))
        } catch {
            // The error frame is what older firmware always answers.
            guard case .refused = error else { throw error }
        }
    }

    /// Gives a file another path.
    /// - Throws: `.failed` with the errno: 2 when there is no such file, 5 when the other path is taken; as ``size(_:)``.
    public func rename(_ old: String, _ new: String) throws(WiFiError) {
        let code = try driver.run(RenameFile(old: path(old, .renameFile), new: path(new, .renameFile))).value
        guard code == 0 else { throw .failed(.renameFile, code: Int(code)) }
    }

    /// How long a download may take.
    private static let downloadNanoseconds: UInt64 = 120_000_000_000

    /// Fetches a file over HTTP.
    /// - Parameters:
    ///   - url: at most 64 bytes.
    ///   - name: the name without `/fs/`.
    /// - Throws: `.failed`; `.unsupported`; `.invalidArgument` for a URL or a name that is too long.
    public func download(_ url: String, _ name: String) throws(WiFiError) {
        let command = DownloadFile(
            url: try driver.limited(bytes(url), to: 64, .downloadFile),
            name: try driver.limited(bytes(name), to: Self.longestPath - 4, .downloadFile))
        do throws(WiFiError) {
            let isFetched = try driver.run(command, nanoseconds: Self.downloadNanoseconds).value != 0
            guard isFetched else { throw .failed(.downloadFile, code: 0) }
        } catch {
            // The error frame is what older firmware always answers: the file says what became of it.
            guard case .refused = error else { throw error }
            guard let size = try size(of: bytes("/fs/") + bytes(name)), size > 0 else {
                throw .failed(.downloadFile, code: 0)
            }
        }
    }

    /// Fetches a program for the board over HTTP; ``WiFi/applyOTA()`` installs it.
    /// - Parameter url: at most 128 bytes.
    /// - Throws: `.failed` with 1 when the file could not be fetched, 2 for a wrong length, 3 for a wrong checksum, 4 when
    ///   it could not be put in place; `.unsupported` before Arduino's firmware 1.4.1 and with Adafruit's 3.x.
    public func downloadOTA(_ url: String) throws(WiFiError) {
        let command = DownloadOTA(url: try driver.limited(bytes(url), to: 128, .downloadOTA))
        let code = try driver.run(command, nanoseconds: Self.downloadNanoseconds).value
        guard code == 0 else { throw .failed(.downloadOTA, code: Int(code)) }
    }
}

extension Driver {
    /// A text that the firmware copies into a buffer of this size without looking.
    func limited(_ text: ArraySlice<UInt8>, to limit: Int, _ opcode: Opcode) throws(WiFiError) -> ArraySlice<UInt8> {
        guard text.count <= limit else {
            let error = FrameError(.valueTooLong, at: Frame.headerLength, expected: limit, found: text.count)
            throw .invalidArgument(error, opcode)
        }
        return text
    }
}
