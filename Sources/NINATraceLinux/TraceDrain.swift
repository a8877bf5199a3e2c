import LinuxIO
import NINATrace

/// The thread's side of a trace: encodes batches and writes them to the file, and begins another file when one is full.
final class TraceDrain {
    private let path: String
    private let progress: TraceProgress
    private let fileLimit: Int
    private var encoder: TraceEncoder
    private var file: Holder
    private var written = 0
    private var output: [UInt8] = []
    private var hasFailed = false
    /// Whether this file has more than its head.
    private var hasRecord = false

    private final class Holder {
        let file: PrivateFile
        init(_ path: String) throws(LinuxError) { file = try PrivateFile(creating: path) }
    }

    init(path: String, encoder: TraceEncoder, size: Int, progress: TraceProgress) throws(LinuxError) {
        self.path = path
        self.encoder = encoder
        self.progress = progress
        fileLimit = max(size / 2, 1 << 16)
        file = try Holder(path)
    }

    /// Writes the oldest of the batches that were handed over.
    func writeNext() {
        guard var batch = progress.batches.withLock({ $0.handed.isEmpty ? nil : $0.handed.removeFirst() }) else {
            return
        }
        let (memory, count) = (batch.capacity, batch.count)
        write(batch)
        batch.removeAll()
        progress.batches.withLock { if $0.spare.isEmpty { $0.spare.append(batch) } }
        progress.events.subtract(count, ordering: .relaxed)
        // Last: when nothing waits, the failure is known.
        progress.memory.subtract(memory, ordering: .releasing)
    }

    private func write(_ batch: TraceBatch) {
        guard !hasFailed else { return }
        output.removeAll(keepingCapacity: true)
        batch.forEach { record in
            if hasRecord, written + output.count + encoder.longest(record) > fileLimit { rotate() }
            encoder.append(record, to: &output)
            hasRecord = true
        }
        save()
    }

    /// Appends what belongs to the end of the file.
    func end() {
        output.removeAll(keepingCapacity: true)
        encoder.end(to: &output)
        save()
    }

    /// The name of the file before: `trace.1.jsonl` for `trace.jsonl`.
    static func earlierPath(_ path: String) -> String {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return path + ".1" }
        return path[..<dot] + ".1" + path[dot...]
    }

    private func rotate() {
        encoder.end(to: &output)
        save()
        guard !hasFailed else { return }
        attempt { () throws(LinuxError) in
            try PrivateFile.rename(path, to: Self.earlierPath(path))
            file = try Holder(path)
        }
        written = 0
        hasRecord = false
        encoder.beginNextFile(to: &output)
    }

    private func save() {
        guard !hasFailed, !output.isEmpty else { return }
        attempt { () throws(LinuxError) in try file.file.write(output) }
        written += output.count
        output.removeAll(keepingCapacity: true)
    }

    private func attempt(_ body: () throws(LinuxError) -> Void) {
        do throws(LinuxError) {
            try body()
        } catch {
            hasFailed = true
            progress.failure.withLock { $0 = error }
        }
    }
}
