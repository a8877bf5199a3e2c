import LinuxIO

/// Calls a body while a descriptor is readable, until the body returns false.
final class Watcher: ReactorHandler {
    var registration: Registration?
    private unowned let reactor: Reactor
    private let body: () -> Bool

    init(_ reactor: Reactor, _ body: @escaping () -> Bool) {
        self.reactor = reactor
        self.body = body
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard !body(), let registration else { return }
        reactor.remove(registration)
    }
}
