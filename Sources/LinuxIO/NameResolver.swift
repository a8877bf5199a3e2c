/// Receives the outcomes of a `NameResolver`.
public protocol NameResolverHandler: AnyObject {
    /// Called on the reactor's thread with the token given to `resolve`.
    func resolved(_ result: NameResolution, token: UInt64)
}

/// Identifies a request to a `NameResolver`.
public struct NameRequest: Hashable, Sendable {
    let number: UInt64
}

/// Resolves names on threads beside a reactor, so that a slow name server never blocks it.
///
/// Belongs to the reactor's thread. Threads exist only while there are names to resolve.
public final class NameResolver {
    private struct Pending {
        let handler: any NameResolverHandler
        let token: UInt64
    }

    /// The number of pending requests.
    public var pendingCount: Int { pending.count }

    private let mailbox: ReactorMailbox
    private let pool: ResolverPool
    private var bound: ReactorBound<WeakResolver>
    private var pending: [UInt64: Pending] = [:]
    private var nextNumber: UInt64 = 0

    /// A resolver that delivers results through a reactor.
    ///
    /// - Parameters:
    ///   - reactor: its thread receives the results.
    ///   - threadLimit: the maximum number of concurrent look-ups.
    ///   - queueLimit: the maximum number of queued look-ups; further requests fail with `tryAgain`.
    ///   - share: the maximum number of concurrent look-ups of one owner; its further ones wait. An owner that gives
    ///     look-ups up and starts new ones cannot keep all threads from others.
    public convenience init(reactor: Reactor, threadLimit: Int = 64, queueLimit: Int = 4096, share: Int = 4) {
        self.init(
            reactor: reactor, pool: ResolverPool(threadLimit: threadLimit, queueLimit: queueLimit, share: share))
    }

    init(reactor: Reactor, pool: ResolverPool) {
        mailbox = reactor.mailbox
        self.pool = pool
        let link = WeakResolver()
        bound = ReactorBound(link, to: reactor)
        link.resolver = self
    }

    /// Resolves a name. The handler is retained until it is called, in a later round of the reactor even when the
    /// result is known immediately (see `NameLookup.immediate`).
    /// - Parameter owner: whose look-up it is, for the share; nil for one without.
    @discardableResult
    public func resolve(
        _ host: String, handler: any NameResolverHandler, token: UInt64 = 0, owner: UInt64? = nil
    ) -> NameRequest {
        guard let address = NameLookup.immediate(host) else {
            return resolveInThread(host, handler: handler, token: token, owner: owner)
        }
        let number = enter(handler, token)
        Self.answerer(number, mailbox, bound)(.addresses([address]))
        return NameRequest(number: number)
    }

    /// Like `resolve`, but always on a thread, even for a name that needs no look-up.
    @discardableResult
    package func resolveInThread(
        _ host: String, handler: any NameResolverHandler, token: UInt64, owner: UInt64? = nil
    ) -> NameRequest {
        let number = enter(handler, token)
        let answer = Self.answerer(number, mailbox, bound)
        pool.submit(ResolverPool.Job(number: number, owner: owner, host: host, answer: answer))
        return NameRequest(number: number)
    }

    /// Cancels a request: its handler is released and not called. A look-up in progress is not stopped.
    public func cancel(_ request: NameRequest) {
        pool.withdraw(request.number)
        let removed = pending.removeValue(forKey: request.number)
        withExtendedLifetime(removed) {}
    }

    private func enter(_ handler: any NameResolverHandler, _ token: UInt64) -> UInt64 {
        let number = nextNumber
        nextNumber += 1
        pending[number] = Pending(handler: handler, token: token)
        return number
    }

    private static func answerer(
        _ number: UInt64, _ mailbox: ReactorMailbox, _ bound: ReactorBound<WeakResolver>
    ) -> @Sendable (NameResolution) -> Void {
        { result in
            mailbox.postWithReactor { reactor in
                bound.value(on: reactor).resolver?.finish(number, result)
            }
        }
    }

    private func finish(_ number: UInt64, _ result: NameResolution) {
        guard let request = pending.removeValue(forKey: number) else { return }
        request.handler.resolved(result, token: request.token)
    }
}

/// A weak reference to the resolver, which may be gone when the result arrives.
private final class WeakResolver {
    weak var resolver: NameResolver?
}
