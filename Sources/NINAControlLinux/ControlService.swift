import LinuxIO
import NINACoprocessorLinux

/// The control channel and the metrics of an emulator. Protocol/control.md describes both.
///
/// Clients are served by a thread of their own, which reads, writes and encodes: one that hangs, floods or dies never meets the
/// emulator's thread. That only answers questions and makes changes, one after the other, within a ``Budget``.
public final class ControlService: EmulatorService {
    /// How long the end of an emulator waits for the thread.
    private static let longestEnd: UInt64 = 1_000_000_000

    private let options: ControlOptions
    private var file: SocketFile?
    private var thread: ReactorThread?
    private(set) var tap: WatchTap?
    /// Where metrics are served, with the port that was chosen; nil for nowhere.
    public private(set) var metricsPlace: IPv4Endpoint?

    /// Does nothing before ``start(_:)``.
    public init(_ options: ControlOptions) { self.options = options }

    /// Listens, and starts the thread.
    public func start(_ emulator: Emulator) throws(LinuxError) {
        let reactor = try Reactor()
        let desk = ControlDesk(reactor, emulator.handle, options)
        tap = try WatchTap(emulator, ControlDeskHandle(desk))
        if let path = options.path {
            let socket = try UnixSocket.listen(path: path, mode: options.mode)
            file = SocketFile(path: path)
            try ControlListener(desk, consume socket).start()
        }
        if let place = options.metrics {
            let socket = try TCPSocket.listen(on: place)
            metricsPlace = try TCPSocket.localEndpoint(socket.rawValue)
            try MetricsListener(desk, consume socket).start()
        }
        thread = try ReactorThread(running: reactor)
    }

    public func poweredOn(_ module: EmulatedModule) { tap?.poweredOn(module) }
    public func poweredOff(_ number: UInt64) { tap?.poweredOff(number) }

    /// Removes the socket's file, and ends the thread: clients find the end of their connection.
    public func close() {
        file?.remove()
        file = nil
        tap?.close()
        thread?.stop(deadline: MonotonicClock.deadline(after: Self.longestEnd))
        thread = nil
    }
}
