import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire

/// One host, connected to the link's socket or behind a device, and its coprocessor.
final class CoprocessorConnection: ReactorHandler, ReactorTimerHandler {
    /// The maximum number of output bytes buffered for a host that does not read; beyond it nothing more is received
    /// from that host.
    private static let outputLimit = 64 * 1024
    /// The number of receives per event: the quantum of a host that sends continuously.
    private static let receivesInQuantum = 4

    let id: UInt64
    let address: IPv4Address
    let hardwareAddress: MACAddress
    let channel: HostChannel
    let coprocessor: Coprocessor
    private let descriptor: FileDescriptor
    private let environment: NetworkEnvironment
    private let network: LinuxNetwork
    private let storage: DirectoryStorage
    private let bluetooth: LinuxBluetooth?
    // Not checked for exclusive access at run time, because each command would pay for it eight times: the reactor calls from
    // outside of every other call, and `Coprocessor` checks that its seams do so too.
    @exclusivity(unchecked) private var session: DeviceSession
    private let log: (LogLevel, String) -> Void
    private let whenClosed: (UInt64) -> Void
    private var registration: Registration?
    /// Edge-triggered: each epoll_wait would check a level-triggered descriptor once more.
    @exclusivity(unchecked) private var interest: Interest = [.readable, .edgeTriggered]
    @exclusivity(unchecked) private var timer: (id: TimerID, deadline: MonotonicInstant)?
    private var windowsDropped = 0
    @exclusivity(unchecked) private var isClosed = false

    init(
        id: UInt64, channel: HostChannel, descriptor: consuming FileDescriptor, configuration: Configuration,
        address: IPv4Address, bindAddress: IPv4Address,
        environment: NetworkEnvironment, storage: DirectoryStorage, logLevel: LogLevel,
        log: @escaping (LogLevel, String) -> Void,
        whenClosed: @escaping (UInt64) -> Void
    ) {
        self.id = id
        self.channel = channel
        self.address = address
        hardwareAddress = configuration.hardwareAddress
        self.descriptor = descriptor
        self.environment = environment
        self.log = log
        self.whenClosed = whenClosed
        network = LinuxNetwork(
            ownAddress: address, bindAddress: bindAddress,
            resolverOwner: configuration.hardwareAddress.rawValue, environment: environment, log: log)
        self.storage = storage
        bluetooth = environment.bluetooth.map { LinuxBluetooth($0, environment: environment, log: log) }
        coprocessor = Coprocessor(
            configuration, network: network, tls: environment.tls, storage: storage, bluetooth: bluetooth)
        coprocessor.log = log
        coprocessor.logLevel = logLevel
        session = DeviceSession(device: coprocessor)
        coprocessor.onChange = { [unowned self] in coprocessorChanged() }
    }

    /// Receives the windows, lines and starts of this link; nil when nothing is traced.
    var observer: (any LinkObserver)? { didSet { session.observer = LinkObserverPair.of(observer, watcher) } }
    /// Receives them too, while somebody watches.
    var watcher: (any LinkObserver)? { didSet { session.observer = LinkObserverPair.of(observer, watcher) } }

    /// Changes what is around the coprocessor.
    func apply(_ change: Change) throws(ChangeError) { try coprocessor.apply(change, at: now) }

    /// The state of the coprocessor.
    func report() -> ModuleReport { coprocessor.report(at: now) }

    /// Whether the host has sent its greeting.
    var isGreeted: Bool { session.isGreeted }

    /// Whether the host has closed its socket: this coprocessor will be off as soon as it has received what was sent.
    var hasHungUp: Bool {
        (try? DescriptorWait.wait(descriptor.rawValue, for: .readable, deadline: 0))?.contains(.hangUp) ?? false
    }

    private var reactor: Reactor { environment.reactor }
    private var now: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }

    /// Powers the coprocessor on.
    func start() throws(LinuxError) {
        registration = try reactor.add(descriptor.rawValue, interest, handler: self)
        session.start(at: now)
        settle()
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard !isClosed else { return }
        if !events.isDisjoint(with: [.readable, .hangUp, .error]), interest.contains(.readable),
            !receiveAll(isEnding: !events.isDisjoint(with: [.peerClosed, .hangUp]))
        {
            // A host that has only closed its sending direction still reads the replies.
            _ = flush()
            close()
            return
        }
        settle()
    }

    /// Receives the host's bytes. Returns false when it is gone or violated the protocol.
    /// - Parameter isEnding: the end of the stream has also arrived, and will not be reported again.
    private func receiveAll(isEnding: Bool) -> Bool {
        for _ in 0..<Self.receivesInQuantum where session.output.count <= Self.outputLimit {
            switch receive() {
            case .nothing: return true
            case .drained where !isEnding: return true
            case .drained, .more: if channel.repliesFirst, !flush() { return false }
            case .ended: return false
            }
        }
        // Yield to other connections; setting the interest again re-arms the edge for the rest.
        guard let registration else { return true }
        return (try? reactor.modify(registration, interest: interest)) != nil
    }

    private enum Receipt { case nothing, drained, more, ended }

    private func receive() -> Receipt {
        var result = ReceiveResult.wouldBlock
        var room = 0
        let number = descriptor.rawValue
        session.input.fill { space in
            room = space.count
            result = channel.receive(number, into: space)
            if case .received(let count) = result { return count }
            return 0
        }
        guard case .received(let count) = result else { return result == .wouldBlock ? .nothing : .ended }
        do throws(LinkError) {
            try session.receive(at: now)
        } catch {
            let detail = session.input.unknownType.map { Self.describe(unknownType: $0) } ?? ""
            log(.warning, "the host is disconnected: \(error)\(detail)")
            return .ended
        }
        if session.windowsDropped > windowsDropped {
            windowsDropped = session.windowsDropped
            log(.warning, "the host sent a window while a command ran (\(windowsDropped) so far): dropped")
        }
        return count < room && channel.isDrainedByShortReceive ? .drained : .more
    }

    /// The byte, and what such hosts usually have got wrong.
    private static func describe(unknownType byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        let guess = byte == Frame.start ? " (a NINA frame without the link's header?)" : ""
        return " 0x\(digits.count < 2 ? "0" : "")\(digits)\(guess)"
    }

    /// An event was processed: sends the reply and IRQ if they changed.
    private func coprocessorChanged() {
        guard !isClosed else { return }
        session.update(at: now)
        settle()
    }

    func timerFired(token: UInt64) {
        timer = nil
        guard !isClosed else { return }
        session.device.advance(to: now)
        session.update(at: now)
        settle()
    }

    /// Sends pending output to the host, and sets the timer for the next deadline.
    private func settle() {
        guard flush() else {
            close()
            return
        }
        let deadline = session.nextDeadline
        guard deadline != timer?.deadline else { return }
        if let timer { reactor.cancel(timer.id) }
        timer = deadline.map { ($0.id(in: reactor, for: self), $0) }
    }

    private func flush() -> Bool {
        if !session.output.isEmpty {
            let number = descriptor.rawValue
            switch session.output.withUnsafeBytes({ channel.send(number, $0) }) {
            case .sent(let count): session.output.removeFirst(count)
            case .wouldBlock: break
            case .failed: return false
            }
        }
        var wanted: Interest = session.output.count > Self.outputLimit ? .edgeTriggered : [.readable, .edgeTriggered]
        if !session.output.isEmpty { wanted.insert(.writable) }
        guard wanted != interest, let registration else { return true }
        interest = wanted
        return (try? reactor.modify(registration, interest: wanted)) != nil
    }

    /// Powers the coprocessor off.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let registration { reactor.remove(registration) }
        if let timer { reactor.cancel(timer.id) }
        session.device.halt(at: now)
        storage.close()
        whenClosed(id)
    }
}

extension MonotonicInstant {
    fileprivate func id(in reactor: Reactor, for handler: any ReactorTimerHandler) -> TimerID {
        reactor.schedule(at: nanoseconds, handler: handler)
    }
}
