import LinuxIO
import NINACoprocessor
import NINAWire

/// The location of a Bluetooth controller that speaks H4: `unix:PATH[,uid=N|any]` or `tcp:HOST:PORT`.
public enum HCITransport: Equatable, Sendable, CustomStringConvertible {
    /// A Unix stream socket, and who may listen there.
    case unix(path: String, listener: TrustedListener = .own)
    /// A TCP port at an address or a host name.
    case tcp(host: String, port: UInt16)

    /// Parses a transport; nil when the text is not one.
    public init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            guard let (path, listener) = TrustedListener.parse(String(text.dropFirst(5))), !path.isEmpty else {
                return nil
            }
            self = .unix(path: path, listener: listener)
        } else if text.hasPrefix("tcp:"), let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port != 0
        {
            let host = text.dropFirst(4).prefix { $0 != ":" }
            guard !host.isEmpty, host.endIndex == colon else { return nil }
            self = .tcp(host: String(host), port: port)
        } else {
            return nil
        }
    }

    /// The text.
    public var description: String {
        switch self {
        case .unix(let path, let listener): "unix:\(path)\(listener.suffix)"
        case .tcp(let host, let port): "tcp:\(host):\(port)"
        }
    }
}

/// A Bluetooth controller behind a socket: a virtual one, or a real one served by another program.
final class LinuxBluetooth: BluetoothController, ReactorHandler, ReactorTimerHandler, NameResolverHandler {
    weak var observer: (any BluetoothObserver)?
    private let transport: HCITransport
    private let environment: NetworkEnvironment
    private let log: (LogLevel, String) -> Void
    private var descriptor: FileDescriptor?
    private var number: Int32 = -1
    private var registration: Registration?
    private var isConnected = false
    private var lookup: NameRequest?
    /// The immediate outcome of `open`, to be reported in a later round of the reactor.
    private var outcome: (timer: TimerID, failure: NetworkFailure?)?

    init(_ transport: HCITransport, environment: NetworkEnvironment, log: @escaping (LogLevel, String) -> Void) {
        self.transport = transport
        self.environment = environment
        self.log = log
    }

    func open() {
        close()
        switch transport {
        case .unix(let path, let listener): connect(path, listener)
        case .tcp(let host, _): lookup = environment.resolver.resolve(host, handler: self)
        }
    }

    private func connect(_ path: String, _ listener: TrustedListener) {
        do throws(LinuxError) {
            let socket = try UnixSocket.connectWithoutWaiting(path: path)
            let user = try UnixSocket.peerUser(socket.rawValue)
            guard listener.includes(user) else {
                log(
                    .warning,
                    "Bluetooth controller \(transport) is not trusted: user \(user) listens there. Nothing was sent. "
                        + "If that is intended, name the user: --hci unix:\(path),uid=\(user)")
                return reportOpened(.unreachable)
            }
            adopt(socket)
        } catch {
            fail(error)
        }
    }

    func resolved(_ result: NameResolution, token: UInt64) {
        guard lookup != nil, case .tcp(let host, let port) = transport else { return }
        lookup = nil
        guard case .addresses(let addresses) = result, let address = addresses.first else {
            log(.warning, "Bluetooth controller \(transport): no address for '\(host)'")
            reportOpened(.unreachable)
            return
        }
        do throws(LinuxError) {
            adopt(try TCPSocket.connect(to: IPv4Endpoint(address: address, port: port)))
        } catch {
            fail(error)
        }
    }

    /// Watches a socket that is connecting or connected.
    private func adopt(_ socket: consuming FileDescriptor) {
        number = socket.rawValue
        descriptor = consume socket
        do throws(LinuxError) {
            registration = try environment.reactor.add(number, .writable, handler: self)
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: LinuxError) {
        log(.warning, "Bluetooth controller \(transport): \(error)")
        reportOpened(.unreachable)
    }

    /// Reports the outcome of `open` later: the observer is never called from inside a call.
    private func reportOpened(_ failure: NetworkFailure?) {
        guard outcome == nil else { return }
        outcome = (environment.reactor.schedule(at: MonotonicClock.nanoseconds(), handler: self), failure)
    }

    func timerFired(token: UInt64) {
        guard let (_, failure) = outcome else { return }
        outcome = nil
        observer?.bluetoothEvent(.opened(failure))
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard let registration else { return }
        if !isConnected {
            if let errno = TCPSocket.connectResult(number) {
                guard errno != .inProgress else { return }
                fail(LinuxError("connect", errno, "\(transport)"))
            } else {
                isConnected = true
                try? environment.reactor.modify(registration, interest: [.readable, .edgeTriggered])
                observer?.bluetoothEvent(.opened(nil))
            }
        } else {
            if events.contains(.writable) {
                try? environment.reactor.modify(registration, interest: [.readable, .edgeTriggered])
                observer?.bluetoothEvent(.writable)
            }
            if !events.isDisjoint(with: [.readable, .peerClosed, .hangUp, .error]) {
                observer?.bluetoothEvent(.readable)
            }
        }
    }

    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard isConnected else { return nil }
        switch bytes.withUnsafeBytes({ UnixSocket.send(number, $0) }) {
        case .sent(let count): return count
        case .wouldBlock: return 0
        case .failed: return nil
        }
    }

    func notifyWhenWritable() {
        guard let registration else { return }
        try? environment.reactor.modify(registration, interest: [.readable, .writable, .edgeTriggered])
    }

    func receive(into buffer: inout [UInt8], limit: Int) -> ReceiveOutcome {
        guard isConnected else { return .closed }
        let result = buffer.withUnsafeMutableBytes {
            UnixSocket.receive(number, into: UnsafeMutableRawBufferPointer(rebasing: $0.prefix(limit)))
        }
        switch result {
        case .received(let count): return .received(count)
        case .wouldBlock: return .nothing
        case .endOfFile, .failed: return .closed
        }
    }

    func close() {
        if let registration { environment.reactor.remove(registration) }
        registration = nil
        descriptor = nil
        number = -1
        isConnected = false
        if let lookup { environment.resolver.cancel(lookup) }
        lookup = nil
        if let outcome { environment.reactor.cancel(outcome.timer) }
        outcome = nil
    }
}
