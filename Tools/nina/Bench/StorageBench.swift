import LinuxIO
import NINALink
import NINATransport
import NINAWire
import WiFiNINA

/// `nina bench --storage`: durable changes of files and preferences per second through library, link and emulator, as
/// ratios to the least that replaces a file durably on the same disk.
struct StorageBench {
    private static let rounds = 7
    /// Coprocessors that write at the same time.
    private static let writers = 8
    private static let fileBytes = 64

    let seconds: Int

    func run() throws -> StorageFigures {
        let folder = try TemporaryFolder.make(prefix: "nina-bench-")
        defer { folder.remove() }
        let path = folder.directory.path
        _ = try folder.directory.madeDirectory(Array("floor".utf8))
        let floor = try StorageFloor("\(path)/floor")
        let emulator = try EmulatorProcess(["--log-level", "error", "--storage", "\(path)/storage"])
        defer { emulator.stop() }
        let wifi = WiFi(link: try emulator.transport.open())
        defer { wifi.end() }
        var writers = try (0..<Self.writers).map { _ in try StorageWriter(emulator.transport) }
        defer { for writer in writers { writer.link.close() } }
        var figures = StorageFigures(folder: path, isInMemory: FileAccess.isInMemory(path: path), writers: Self.writers)
        try measure(floor, wifi, &writers, &figures)
        return figures
    }

    /// Alternates after each change: a disk may be several times slower from one second to the next.
    private func measure(
        _ floor: StorageFloor, _ wifi: WiFi, _ writers: inout [StorageWriter], _ figures: inout StorageFigures
    ) throws {
        let storage = WiFiStorage(wifi)
        let preferences = Preferences(wifi)
        try preferences.begin("bench")
        let slice = UInt64(seconds) * 1_000_000_000 / UInt64(Self.rounds)
        var number: UInt32 = 0
        for _ in 0..<Self.rounds {
            let end = MonotonicClock.deadline(after: slice)
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
            figures.rounds.append(round)
        }
        try preferences.end()
    }

    private func time(_ body: () throws -> Void) rethrows -> UInt64 {
        let start = MonotonicClock.nanoseconds()
        try body()
        return MonotonicClock.nanoseconds() - start
    }
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
struct StorageRound {
    var floor: [UInt64] = []
    var writing: [UInt64] = []
    var putting: [UInt64] = []
    /// A change by each of the writers.
    var waiting: [UInt64] = []
}

/// The results of the storage bench: medians over its rounds; each ratio is computed within a round, of median times, as
/// a disk sometimes takes a hundred times longer.
struct StorageFigures {
    let folder: String
    let isInMemory: Bool
    let writers: Int
    var rounds: [StorageRound] = []

    private struct Figure {
        let key: String
        let text: String
        /// In the order of size, one for each round.
        let values: [Double]

        init(_ key: String, _ text: String, _ values: [Double]) {
            self.key = key
            self.text = text
            self.values = values.sorted()
        }

        var median: Double { values.isEmpty ? 0 : values[values.count / 2] }
    }

    /// The median in nanoseconds.
    private static func median(_ times: [UInt64]) -> Double {
        let sorted = times.sorted()
        return sorted.isEmpty ? 0 : Double(max(sorted[sorted.count / 2], 1))
    }

    private func rate(_ times: (StorageRound) -> [UInt64], each count: Int = 1) -> [Double] {
        rounds.map { Double(count) * 1e9 / Self.median(times($0)) }
    }

    private func ratio(_ times: (StorageRound) -> [UInt64], each count: Int = 1) -> [Double] {
        rounds.map { Double(count) * Self.median($0.floor) / Self.median(times($0)) }
    }

    private var rates: [Figure] {
        [
            Figure(
                "storage_floor_per_s", "floor: write, fsync, rename, fsync of the folder, per second", rate(\.floor)),
            Figure("file_writes_per_s", "writes of 64 bytes to a file per second", rate(\.writing)),
            Figure("preference_puts_per_s", "puts of a number per second", rate(\.putting)),
            Figure(
                "waiting_writes_per_s", "writes per second by \(writers) coprocessors at the same time",
                rate(\.waiting, each: writers)),
        ]
    }

    private var ratios: [Figure] {
        [
            Figure("file_writes_over_floor", "writes over floor", ratio(\.writing)),
            Figure("preference_puts_over_floor", "puts over floor", ratio(\.putting)),
            Figure(
                "waiting_writes_over_floor", "writes by \(writers) coprocessors over floor",
                ratio(\.waiting, each: writers)),
        ]
    }

    private static func text(_ value: Double, decimals: Int) -> String {
        let scale = decimals == 0 ? 1.0 : 100.0
        let rounded = (value * scale).rounded() / scale
        return decimals == 0 ? "\(Int(rounded))" : "\(rounded)"
    }

    /// As a JSON object; each ratio with its least and its greatest value.
    var json: String {
        var members = rates.map { "\"\($0.key)\": \(Self.text($0.median, decimals: 0))" }
        for figure in ratios {
            members.append("\"\(figure.key)\": \(Self.text(figure.median, decimals: 2))")
            members.append("\"\(figure.key)_least\": \(Self.text(figure.values.first ?? 0, decimals: 2))")
            members.append("\"\(figure.key)_most\": \(Self.text(figure.values.last ?? 0, decimals: 2))")
        }
        members.append("\"storage_in_memory\": \(isInMemory)")
        return "{" + members.joined(separator: ", ") + "}\n"
    }

    /// As a table.
    var table: String {
        func line(_ value: String, _ text: String) -> String {
            String(repeating: " ", count: max(0, 12 - value.count)) + value + "  " + text
        }
        var lines = [
            "Durable changes in \(folder), medians of \(rounds.count) rounds. A ratio of 1 is as fast as the disk allows one change after another."
        ]
        if isInMemory { lines.append("That folder is in memory: set TMPDIR to a folder on a disk.") }
        lines += rates.map { line(Self.text($0.median, decimals: 0), $0.text) }
        lines += ratios.map { figure in
            line(
                Self.text(figure.median, decimals: 2),
                figure.text
                    + " (\(Self.text(figure.values.first ?? 0, decimals: 2)) to \(Self.text(figure.values.last ?? 0, decimals: 2)))"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
