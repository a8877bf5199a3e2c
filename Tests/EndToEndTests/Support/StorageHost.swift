import Foundation
import LinuxIO
import NINALink
import NINAWire
import Testing

/// File and preference commands.
extension CommandHost {
    private static func path(_ name: String) -> ArraySlice<UInt8> { ArraySlice("/fs/\(name)".utf8) }

    func write(_ name: String, at offset: Int, _ bytes: [UInt8]) throws -> Bool {
        try acknowledge(WriteFile(offset: UInt32(offset), path: Self.path(name), data: bytes[...]))
    }

    /// Reads a whole file; nil when it does not exist.
    func file(_ name: String) throws -> [UInt8]? {
        let size = try run(ExistsFile(path: Self.path(name))).size
        guard size >= 0 else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < Int(size) {
            let more = try run(ReadFile(offset: UInt32(bytes.count), count: 255, path: Self.path(name))).data
            try #require(!more.isEmpty)
            bytes += more
        }
        return bytes
    }

    func begin(_ name: String) throws -> Bool {
        var command = PrefBegin()
        command.name = ArraySlice(name.utf8)
        return try run(command).value == 0
    }

    func end() throws { _ = try run(PrefEnd()) }

    func put(_ key: String, _ bytes: [UInt8]) throws -> Bool {
        try run(PrefPut(key: ArraySlice(key.utf8), type: .blob, value: bytes[...])).count == UInt32(bytes.count)
    }

    /// Reads the bytes of a key; nil when it does not exist.
    func value(_ key: String) throws -> [UInt8]? {
        guard try run(PrefGettype(key: ArraySlice(key.utf8))).type == .blob else { return nil }
        return Array(try run(PrefGet(key: ArraySlice(key.utf8), type: .blob)).value)
    }

    /// Sends a command without reading the reply.
    func start<C: Command>(_ command: C) throws {
        var writer = FrameWriter()
        try writer.write(command)
        try link.sendCommand(writer.frame, until: link.now.advanced(byNanoseconds: 10_000_000_000))
    }
}

/// A directory for `--storage` that is removed when the test ends.
final class StorageDirectory {
    let path: String

    init() {
        path =
            "\(Environment.temporaryDirectory)/nina-storage-test-\(Environment.processID)-\(UInt32.random(in: 0 ... .max))"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var options: [String] { ["--storage", path] }

    func names(_ directory: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)"))
    }
}
