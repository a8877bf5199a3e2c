import LinuxIO
import NINATrace
import Synchronization

/// A trace that is written to a file by a thread of its own.
///
/// Events are copied into a batch; ``flush()``, or a full batch, hands it to the thread, which encodes and writes. Nothing here
/// waits for the disk: while batches of ``queueLimit`` bytes are on their way, events are left out, and the trace says how many.
/// All calls come from one thread.
public final class TraceFile: TraceSink {
    /// What a batch holds before it is handed over.
    private static let batchLimit = 64 << 10
    /// What a batch can hold: it is full when a window comes that fits it no more.
    private static let batchCapacity = batchLimit + 4200
    /// The most memory of batches that wait for the disk, in bytes.
    public static let queueLimit = 16 << 20
    /// The two files of a trace have this size together, unless chosen.
    public static let standardSize = 256 << 20
    /// How long ``close()`` waits for the disk, in nanoseconds.
    public static let longestClose: UInt64 = 5_000_000_000

    private let start: UInt64
    private let queueLimit: Int
    private let worker: SerialWorker<TraceDrain>
    private let progress = TraceProgress()
    private var batch = TraceBatch(capacity: TraceFile.batchCapacity)
    private var leftOut: UInt64 = 0
    private var isClosed = false
    /// Called when an event waits and none did before: the owner calls ``flush()`` soon, and again as long as ``isWaiting``.
    /// Called at once if one waits already.
    public var onWaiting: (() -> Void)? {
        didSet { if !batch.isEmpty { onWaiting?() } }
    }
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

    /// Whether an event is not written yet. When it is false, ``failure`` tells of all events so far.
    public var isWaiting: Bool { !batch.isEmpty || progress.memory.load(ordering: .acquiring) > 0 }

    private var now: UInt64 { MonotonicClock.nanoseconds() - start }

    /// Takes a window, or counts it as left out.
    public func record(window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32) {
        let now = self.now
        guard hasRoom(at: now) else { return }
        let isFirst = batch.isEmpty
        batch.append(window: window, isOut: isOut, flags, coprocessor: coprocessor, time: now)
        if isFirst { onWaiting?() }
    }

    /// Takes any other event, or counts it as left out.
    public func record(_ event: TraceRecord.Event, coprocessor: UInt32) {
        let now = self.now
        guard hasRoom(at: now) else { return }
        let isFirst = batch.isEmpty
        batch.append(TraceRecord(time: now, coprocessor: coprocessor, event))
        if isFirst { onWaiting?() }
    }

    /// Whether an event can be added; otherwise it is counted.
    private func hasRoom(at now: UInt64) -> Bool {
        if batch.size >= Self.batchLimit { handOver() }
        guard batch.size < Self.batchLimit, !isClosed else {
            leftOut += 1
            leftOutInAll += 1
            return false
        }
        guard leftOut > 0 else { return true }
        let isFirst = batch.isEmpty
        batch.append(TraceRecord(time: now, coprocessor: 0, .gap(leftOut)))
        leftOut = 0
        if isFirst { onWaiting?() }
        return true
    }

    /// Hands what waits to the thread if that has nothing to do: otherwise the batch fills meanwhile.
    public func flush() {
        if progress.memory.load(ordering: .acquiring) == 0 { handOver() }
    }

    /// Hands the batch to the thread, if that is not too far behind.
    private func handOver() {
        let memory = batch.capacity
        guard !batch.isEmpty, progress.memory.load(ordering: .relaxed) + memory <= queueLimit else { return }
        submit(memory: memory)
    }

    private func submit(memory: Int) {
        let count = batch.count
        var full = progress.batches.withLock { $0.spare.popLast() } ?? TraceBatch(capacity: Self.batchCapacity)
        swap(&batch, &full)
        progress.memory.add(memory, ordering: .relaxed)
        progress.events.add(count, ordering: .relaxed)
        progress.batches.withLock { [full] in $0.handed.append(full) }
        guard !worker.submit({ $0.writeNext() }) else { return }
        // There is no thread: nothing is written any more.
        progress.batches.withLock { _ = $0.handed.popLast() }
        progress.events.subtract(count, ordering: .relaxed)
        progress.memory.subtract(memory, ordering: .relaxed)
        leftOut += UInt64(count)
        leftOutInAll += UInt64(count)
    }

    /// Lets the thread run a body, as if the disk took so long.
    func hold(_ body: @escaping @Sendable () -> Void) { worker.submit { _ in body() } }

    /// The memory of batches that are not written yet, in bytes.
    var memoryWaiting: Int { progress.memory.load(ordering: .relaxed) }

    /// Writes what waits and ends the file. Waits for the disk, ``longestClose`` at most.
    /// - Returns: the number of events that were not written in that time, which the end of the file lacks.
    @discardableResult
    public func close() -> Int { close(after: Self.longestClose) }

    func close(after longest: UInt64) -> Int {
        guard !isClosed else { return 0 }
        isClosed = true
        if leftOut > 0 { batch.append(TraceRecord(time: now, coprocessor: 0, .gap(leftOut))) }
        if !batch.isEmpty { submit(memory: batch.capacity) }
        guard !worker.close(last: { $0.end() }, deadline: MonotonicClock.deadline(after: longest)) else { return 0 }
        return progress.events.load(ordering: .relaxed)
    }
}

/// What the two threads share.
final class TraceProgress: Sendable {
    struct Batches {
        /// Those for the thread, the oldest first.
        var handed: [TraceBatch] = []
        /// Written ones, whose memory serves again.
        var spare: [TraceBatch] = []
    }

    /// The memory of batches that are not written yet, in bytes.
    let memory = Atomic<Int>(0)
    /// The number of their events.
    let events = Atomic<Int>(0)
    let batches = Guarded(Batches())
    let failure = Guarded<LinuxError?>(nil)
}
