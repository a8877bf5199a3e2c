import CLinux

/// Passes work from any thread to a reactor's thread and wakes it.
public final class ReactorMailbox: Sendable {
    typealias Work = @Sendable (Reactor) -> Void

    private struct State {
        var queue: [Work] = []
        var isClosed = false
    }

    private let state = Guarded(State())
    private let eventDescriptor: FileDescriptor

    var wakeDescriptor: Int32 { eventDescriptor.rawValue }

    init() throws(LinuxError) {
        let number = clinux_eventfd_create()
        guard number >= 0 else { throw .current("eventfd") }
        eventDescriptor = FileDescriptor(adopting: number)
    }

    /// Runs work on the reactor's thread, in the order of posting.
    ///
    /// - Returns: false when the reactor is gone and the work will not run; true when it will run, as soon as the
    ///   reactor does.
    @discardableResult
    public func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        enqueue { _ in work() }
    }

    /// Like `post`, for work that needs the reactor itself.
    @discardableResult
    public func postWithReactor(_ work: @escaping @Sendable (Reactor) -> Void) -> Bool {
        enqueue(work)
    }

    /// Makes the reactor's `run` return, from any thread.
    @discardableResult
    public func postStop() -> Bool {
        enqueue { $0.stop() }
    }

    private func enqueue(_ work: @escaping Work) -> Bool {
        let (accepted, wake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.queue.append(work)
            return (true, state.queue.count == 1)
        }
        if wake { _ = clinux_eventfd_signal(wakeDescriptor) }
        return accepted
    }

    /// Takes all posted work.
    func takeAll() -> [Work] {
        state.withLock { state in
            let queue = state.queue
            state.queue = []
            return queue
        }
    }

    /// Rejects further work; called when the reactor is released.
    func close() {
        let dropped = state.withLock { state in
            state.isClosed = true
            let queue = state.queue
            state.queue = []
            return queue
        }
        _ = dropped
    }
}

/// Carries a value that belongs to a reactor's thread through other threads, which cannot access it.
///
/// The last reference may be released on any thread, so the value's deinitializer must not use the reactor.
public struct ReactorBound<Value>: @unchecked Sendable {
    private let value: Value
    private let owner: ObjectIdentifier

    /// Binds a value to its reactor.
    public init(_ value: Value, to reactor: Reactor) {
        self.value = value
        owner = ObjectIdentifier(reactor.mailbox)
    }

    /// The value, for code on the reactor's thread, which passes the reactor as proof; passing another reactor is a
    /// programming error.
    public func value(on reactor: Reactor) -> Value {
        precondition(ObjectIdentifier(reactor.mailbox) == owner, "the value belongs to another reactor")
        return value
    }
}
