import LinuxIO

/// `nina watch --web` beside another command of this process, on a thread of its own.
struct WatchThread {
    /// Where the page is.
    let address: String
    private let thread: ReactorThread

    /// - Parameter control: the control channel of an emulator.
    init(_ control: ControlPlace) throws {
        let reactor = try Reactor()
        let feed = WatchFeed()
        let endpoint = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0)
        address = try WatchServer(endpoint, feed, reactor).address
        // The reactor holds both.
        _ = try ControlSource(control, feed, reactor)
        thread = try ReactorThread(running: reactor)
    }

    func stop() { thread.stop(deadline: MonotonicClock.deadline(after: 1_000_000_000)) }
}
