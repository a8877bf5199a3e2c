import LinuxIO
import NINALink
import NINATransport
import NINAWire
import WiFiNINA

/// `nina bench --storage`: durable changes of files and preferences per second through library, link and emulator, as
/// ratios to how a file is usually replaced durably, on the same disk.
struct StorageBench: Bench {
    private static let rounds = 7
    private static let prefix = "nina-storage-bench-"
    /// Coprocessors that write at the same time.
    private static let writers = 8
    private static let fileBytes = 64

    let options: BenchOptions

    var emptyReport: BenchReport { BenchReport(name: "storage", title: "Durable changes of files and preferences") }

    func run() throws -> BenchReport {
        try options.requireOwnEmulator(for: "--storage, for its folder,")
        TemporaryFolder.sweep(prefix: Self.prefix)
        let folder = try TemporaryFolder.make(prefix: Self.prefix)
        defer { folder.remove() }
        let path = folder.directory.path
        _ = try folder.directory.madeDirectory(Array("floor".utf8))
        let floor = try StorageFloor("\(path)/floor")
        let target = try BenchTarget(nil, emulator: ["--storage", "\(path)/storage"])
        defer { target.stop() }
        let wifi = try target.idleHost()
        defer { wifi.end() }
        var writers = try (0..<Self.writers).map { _ in try StorageWriter(target.transport) }
        defer { for writer in writers { writer.link.close() } }
        let rounds = try measure(floor, wifi, &writers)
        return report(rounds, isInMemory: FileAccess.isInMemory(path: path))
    }

    /// Alternates after each change: a disk may be several times slower from one second to the next.
    private func measure(
        _ floor: StorageFloor, _ wifi: WiFi, _ writers: inout [StorageWriter]
    ) throws -> [StorageRound] {
        let storage = WiFiStorage(wifi)
        let preferences = Preferences(wifi)
        try preferences.begin("bench")
        let slice = options.slice(Self.rounds)
        var number: UInt32 = 0
        var rounds: [StorageRound] = []
        for index in 0...Self.rounds {
            // The first round warms up.
            let end = MonotonicClock.deadline(after: index == 0 ? slice / 4 : slice)
            var round = StorageRound()
            repeat {
                number += 1
                let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Self.fileBytes)
                round.floor.append(try time { try floor.replace("file", with: bytes) })
                round.writing.append(try time { try storage.write("/fs/file", bytes) })
                round.putting.append(try time { _ = try preferences.putUInt("number", number) })
                let waiting = try time {
                    for index in writers.indices { try writers[index].start(bytes) }
                    for index in writers.indices { try writers[index].finish() }
                }
                round.waiting.append(waiting)
            } while MonotonicClock.nanoseconds() < end
            if index > 0 { rounds.append(round) }
        }
        try preferences.end()
        return rounds
    }

    private func time(_ body: () throws -> Void) rethrows -> UInt64 {
        let start = MonotonicClock.nanoseconds()
        try body()
        return MonotonicClock.nanoseconds() - start
    }
}

// MARK: The report

extension StorageBench {
    /// Medians over the rounds; each ratio is computed within a round, of median times, as a disk sometimes takes a
    /// hundred times longer.
    private func report(_ rounds: [StorageRound], isInMemory: Bool) -> BenchReport {
        func rate(_ times: (StorageRound) -> [UInt64], each count: Int = 1) -> [Double] {
            rounds.map { Double(count) * 1e9 / Self.median(times($0)) }
        }
        func ratio(_ times: (StorageRound) -> [UInt64], each count: Int = 1) -> [Double] {
            rounds.map { Double(count) * Self.median($0.floor) / Self.median(times($0)) }
        }
        let count = Self.writers
        var report = emptyReport
        report.figures = [
            Figure("storage_floor_per_s", "floor: files replaced", rate(\.floor), "per s"),
            Figure("file_writes_per_s", "writes of \(Self.fileBytes) bytes to a file", rate(\.writing), "per s"),
            Figure("file_writes_over_floor", "  writes over floor", ratio(\.writing)),
            Figure("preference_puts_per_s", "puts of a number", rate(\.putting), "per s"),
            Figure("preference_puts_over_floor", "  puts over floor", ratio(\.putting)),
            Figure("waiting_writes_per_s", "writes of \(count) coprocessors", rate(\.waiting, each: count), "per s"),
            Figure("waiting_writes_over_floor", "  writes of all over floor", ratio(\.waiting, each: count)),
        ]
        report.facts = [JSONMember("storage_in_memory", .bool(isInMemory))]
        report.meanings = [
            "floor: write, fsync, rename and fsync of the folder, without a coprocessor",
            "over floor: at 1, as fast as the disk allows one change after another",
        ]
        if isInMemory { report.meanings.append("this folder is in memory: set TMPDIR to a folder on a disk") }
        return report
    }

    /// The median in nanoseconds.
    private static func median(_ times: [UInt64]) -> Double { max(Spread(times.map { Double($0) }).median, 1) }
}

/// A host that sends a change without waiting for its reply.
private struct StorageWriter {
    private static let patience: UInt64 = 30_000_000_000

    let link: any Link
    private var writer = FrameWriter()

    init(_ transport: Transport) throws {
        link = try transport.open()
    }

    private var deadline: MonotonicInstant { link.now.advanced(byNanoseconds: Self.patience) }

    mutating func start(_ bytes: [UInt8]) throws {
        try writer.write(WriteFile(offset: 0, path: ArraySlice("/fs/file".utf8), data: bytes[...]))
        try link.sendCommand(writer.frame, until: deadline)
    }

    mutating func finish() throws {
        let reply = try link.receiveReply(expecting: .writeFile, until: deadline)
        guard try FrameReader.reply(to: WriteFile.self, in: reply).value == 1 else {
            throw ToolError("a file was not written")
        }
    }
}

/// The measurements of one round: the nanoseconds that each change took.
private struct StorageRound {
    var floor: [UInt64] = []
    var writing: [UInt64] = []
    var putting: [UInt64] = []
    /// A change by each of the writers.
    var waiting: [UInt64] = []
}
