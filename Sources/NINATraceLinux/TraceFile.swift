import LinuxIO
import NINATrace
import Synchronization

/// A trace that is written to a file by a thread of its own.
///
/// Events are copied into a batch; ``flush()``, or a full batch, hands it to the thread, which encodes and writes. Nothing here
/// waits for the disk: while more than ``queueLimit`` bytes are on their way, events are left out, and the trace says how many.
/// All calls come from one thread.
public final class TraceFile: TraceSink {
    /// What a batch holds before it is handed over.
    private static let batchLimit = 64 << 10
    /// The most bytes that wait for the disk.
    public static let queueLimit = 16 << 20
    /// The two files of a trace have this size together, unless chosen.
    public static let standardSize = 256 << 20
    /// How long ``close()`` waits for the disk.
    private static let longestClose: UInt64 = 5_000_000_000

    private let start: UInt64
    private let queueLimit: Int
    private let worker: SerialWorker<TraceDrain>
    private let progress = TraceProgress()
    private var batch = TraceBatch(capacity: TraceFile.batchLimit + 4200)
    private var leftOut: UInt64 = 0
    private var isClosed = false
    /// Called when an event waits and none did before: the owner calls ``flush()`` soon.
    public var onWaiting: (() -> Void)?
    /// The number of events that were left out so far.
    public private(set) var leftOutInAll: UInt64 = 0

    /// Creates the file, or empties the one that is there.
    ///
    /// - Parameters:
    ///   - path: its ending chooses the format. When the file has half of `size`, it is renamed, with `.1` in front of
    ///     the ending, and another one begins.
    ///   - format: the format.
    ///   - size: the most bytes of both files.
    ///   - program: the name and version of the program.
    ///   - showsSecrets: whether secrets stay as they are.
    public convenience init(
        path: String, format: TraceFormat, size: Int = TraceFile.standardSize, program: String,
        showsSecrets: Bool = false
    ) throws(LinuxError) {
        try self.init(
            path: path, format: format, size: size, program: program, showsSecrets: showsSecrets,
            queueLimit: Self.queueLimit)
    }

    init(
        path: String, format: TraceFormat, size: Int, program: String, showsSecrets: Bool, queueLimit: Int
    ) throws(LinuxError) {
        let progress = self.progress
        let encoder = TraceEncoder(format, program: program, showsSecrets: showsSecrets)
        worker = SerialWorker(try TraceDrain(path: path, encoder: encoder, size: size, progress: progress))
        self.queueLimit = queueLimit
        start = MonotonicClock.nanoseconds()
        record(.time(unix: TimeOfDay.nanoseconds()), coprocessor: 0)
    }

    /// What has ended the writing; nil while it goes on.
    public var failure: LinuxError? { progress.failure.withLock { $0 } }

    private var now: UInt64 { MonotonicClock.nanoseconds() - start }

    /// Takes a window, or counts it as left out.
    public func record(window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32) {
        let now = self.now
        guard hasRoom(at: now) else { return }
        batch.append(window: window, isOut: isOut, flags, coprocessor: coprocessor, time: now)
    }

    /// Takes any other event, or counts it as left out.
    public func record(_ event: TraceRecord.Event, coprocessor: UInt32) {
        let now = self.now
        guard hasRoom(at: now) else { return }
        batch.append(TraceRecord(time: now, coprocessor: coprocessor, event))
    }

    /// Whether an event can be added; otherwise it is counted.
    private func hasRoom(at now: UInt64) -> Bool {
        if batch.size >= Self.batchLimit { flush() }
        guard batch.size < Self.batchLimit, !isClosed else {
            leftOut += 1
            leftOutInAll += 1
            return false
        }
        if batch.isEmpty, let onWaiting { onWaiting() }
        guard leftOut > 0 else { return true }
        batch.append(TraceRecord(time: now, coprocessor: 0, .gap(leftOut)))
        leftOut = 0
        return true
    }

    /// Hands what waits to the thread, if that is not too far behind.
    public func flush() {
        let size = batch.size
        guard size > 0, progress.waiting.load(ordering: .relaxed) + size <= queueLimit else { return }
        progress.waiting.add(size, ordering: .relaxed)
        let full = batch
        batch = TraceBatch(capacity: Self.batchLimit + 4200)
        guard !worker.submit({ $0.write(full) }) else { return }
        // There is no thread: nothing is written any more.
        progress.waiting.subtract(size, ordering: .relaxed)
        leftOut += UInt64(full.count)
        leftOutInAll += UInt64(full.count)
    }

    /// Writes what waits and ends the file. Waits for the disk, 5 s at most.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if leftOut > 0 { batch.append(TraceRecord(time: now, coprocessor: 0, .gap(leftOut))) }
        let last = batch
        batch = TraceBatch()
        worker.submit { $0.write(last) }
        worker.close(last: { $0.end() }, deadline: MonotonicClock.deadline(after: Self.longestClose))
    }
}

/// What the two threads share.
final class TraceProgress: Sendable {
    /// Bytes of batches that are not written yet.
    let waiting = Atomic<Int>(0)
    let failure = Guarded<LinuxError?>(nil)
}
