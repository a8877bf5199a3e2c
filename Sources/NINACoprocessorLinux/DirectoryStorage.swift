import LinuxIO
import NINACoprocessor

/// The shared part of an emulator's storages: the directory, and the thread that works in it.
///
/// A single thread serves all of them, from the first operation on: operations run in the order in which they were
/// started, even when a coprocessor takes over the directory of one that has just stopped. Changes that wait for the
/// thread are made durable together.
final class StorageEnvironment {
    private static let longestExit: UInt64 = 5_000_000_000

    let reactor: Reactor
    private let worker: SerialWorker<StoragePool>
    private var modules: Set<Int> = []

    /// Opens the directory; see ``StoragePool``.
    init(reactor: Reactor, path: String?) throws(LinuxError) {
        self.reactor = reactor
        worker = SerialWorker(try StoragePool(path: path)) { pool in pool.finish() }
    }

    /// The lowest number that no other coprocessor uses.
    fileprivate func claim() -> Int {
        var module = 1
        while modules.contains(module) { module += 1 }
        modules.insert(module)
        return module
    }

    fileprivate func release(_ module: Int) { modules.remove(module) }

    fileprivate func submit(_ job: @escaping @Sendable (StoragePool) -> Void) -> Bool {
        worker.submit { pool in job(pool) }
    }

    /// Waits a few seconds for operations already started, removes a temporary directory, and ends the thread.
    func close() {
        worker.close(
            last: { pool in pool.removeTemporary() }, deadline: MonotonicClock.deadline(after: Self.longestExit))
    }
}

/// The storage of one coprocessor in its own directory. The reactor never waits for the disk.
///
/// The directory is chosen at the first operation: a host that reconnects while its last connection is still closing
/// gets the old one, and hosts that store nothing have none.
final class DirectoryStorage: Storage {
    weak var observer: (any StorageObserver)?
    private let environment: StorageEnvironment
    /// Its number in the emulator's directory.
    private var module: Int?
    private var hasTemporaries = false

    init(environment: StorageEnvironment) { self.environment = environment }

    func start(_ operation: StorageOperation, token: UInt32) {
        if case .createTemporary = operation { hasTemporaries = true }
        let module = self.module ?? environment.claim()
        self.module = module
        let answer = answerer(token)
        let isStarted = environment.submit { pool in pool.start(operation, module: module, answer: answer) }
        if !isStarted { answer(.failure(.system("no thread can be started"))) }
    }

    /// Delivers a result on the reactor's thread; callable from any thread.
    private func answerer(_ token: UInt32) -> @Sendable (StorageResult) -> Void {
        let mailbox = environment.reactor.mailbox
        let bound = ReactorBound(WeakStorage(self), to: environment.reactor)
        return { result in
            mailbox.postWithReactor { reactor in
                guard let storage = bound.value(on: reactor).storage else { return }
                storage.observer?.storageEvent(token: token, result)
            }
        }
    }

    func abandon() {
        guard hasTemporaries, let module else { return }
        hasTemporaries = false
        _ = environment.submit { pool in pool.abandonTemporaries(module: module) }
    }

    /// The coprocessor is off: releases its directory for another one.
    func close() {
        abandon()
        if let module { environment.release(module) }
        module = nil
    }
}

private final class WeakStorage {
    weak var storage: DirectoryStorage?
    init(_ storage: DirectoryStorage) { self.storage = storage }
}
