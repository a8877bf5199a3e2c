import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// A coprocessor with files and preferences in memory; commands are frames in hexadecimal digits.
final class StorageHarness {
    let storage: MemoryStorage
    let bench: DeviceHarness
    let log = Lines()

    final class Lines {
        var all: [String] = []
        func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
    }

    init(_ firmware: Firmware = .modern, storage: MemoryStorage = MemoryStorage()) throws {
        self.storage = storage
        bench = try DeviceHarness(joined: false, storage: storage) { $0.firmware = firmware }
        bench.device.logLevel = .info
        bench.device.log = { [log] in log.all.append($1) }
    }

    func expect(_ command: String, _ reply: String, _ location: SourceLocation = #_sourceLocation) throws {
        let found = try bench.exchange(Array(hex: command))
        #expect(found.hex == Array(hex: reply).hex, sourceLocation: location)
    }

    func reset() { #expect(bench.device.boot(bluetooth: false, at: bench.now)) }

    func file(_ name: String) throws -> [UInt8]? {
        storage.files[try #require(StorageName(name.utf8))]
    }

    func put(_ name: String, _ bytes: String) throws {
        storage.files[try #require(StorageName(name.utf8))] = Array(bytes.utf8)
    }
}
