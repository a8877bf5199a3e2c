import NINALink
import NINAWire

/// The coprocessor: a device on a link, and the observer of its seams. It does no I/O and reads no clock.
///
/// A command is answered immediately or later. Until then READY stays high and the process continues with other work: a
/// slow connect or look-up does not block other coprocessors.
///
/// All state is in one structure, which each call accesses once. ``log`` and the configuration's clock must not call
/// back into the coprocessor, and a seam must not deliver events from inside a call.
public final class Coprocessor: LinkDevice {
    /// The settings.
    public let configuration: Configuration
    /// The receiver of log lines at or above ``logLevel``.
    public var log: ((LogLevel, String) -> Void)? {
        didSet { wireLog() }
    }
    /// The least important level that is logged.
    public var logLevel = LogLevel.warning {
        didSet { wireLog() }
    }
    /// Receives what happens in the module; nil for nobody. It must not call back into the coprocessor.
    public var onEvent: ((ModuleEvent) -> Void)? {
        didSet { access { $0.context.events = onEvent } }
    }
    /// Called after each event of the network, the storage or the Bluetooth controller, because the reply or IRQ may
    /// have changed. Not called for events that arrive during ``finish(into:at:)``.
    public var onChange: (() -> Void)?
    private var isPolling = false

    private let network: any Network
    private let storage: (any Storage)?
    // The run time does not check exclusive access, which would cost 110 instructions each time: `access` does.
    @exclusivity(unchecked) private(set) var device: Device
    @exclusivity(unchecked) private var isAccessed = false

    /// Makes a coprocessor that is off. A seam that is nil is absent: its commands answer like firmware without it.
    /// - Parameter tls: the TLS engine; without it handshakes fail.
    public init(
        _ configuration: Configuration = Configuration(), network: any Network, tls: (any TLSEngine)? = nil,
        storage: (any Storage)? = nil, bluetooth: (any BluetoothController)? = nil
    ) {
        self.configuration = configuration
        self.network = network
        self.storage = storage
        let streams = SecureStreams(network, engine: tls, sendBuffer: configuration.sendBufferLimit)
        device = Device(
            Context(configuration, streams: streams, network: network, storage: storage),
            bluetooth: bluetooth)
        network.observer = self
        storage?.observer = self
        bluetooth?.observer = self
    }

    /// The only access that changes the device.
    private func access<Result>(_ body: (inout Device) -> Result) -> Result {
        precondition(!isAccessed, "a seam or the log has called the coprocessor from inside a call")
        isAccessed = true
        defer { isAccessed = false }
        return body(&device)
    }

    /// The firmware it runs.
    public var firmware: Firmware { configuration.firmware }

    /// The pins; tests may read and set them from outside.
    public var pins: PinBank {
        get { access { $0.pins } }
        set { access { $0.pins = newValue } }
    }

    // MARK: Control

    /// Changes what is around the module.
    /// - Parameter now: on the clock of the link.
    public func apply(_ change: Change, at now: MonotonicInstant) throws(ChangeError) {
        let result = access { device in
            Result { () throws(ChangeError) in try device.apply(change, at: now) }
        }
        try result.get()
        reportChange()
    }

    /// The state of the module.
    /// - Parameter now: on the clock of the link.
    public func report(at now: MonotonicInstant) -> ModuleReport { access { $0.report(at: now) } }

    private func wireLog() {
        let log = DeviceLog(level: logLevel, sink: log)
        access {
            $0.context.log = log
            $0.context.streams.log = log
        }
    }

    // MARK: LinkDevice

    /// Starts with fresh state. Returns false when chip select requested Bluetooth and the firmware supports that.
    public func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        access { $0.boot(bluetooth: bluetooth, at: now) }
    }

    /// Closes every socket. Operations of the storage already started complete; their completions are ignored.
    public func halt(at now: MonotonicInstant) { access { $0.halt(at: now) } }

    /// Runs a command.
    public func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        access { $0.run(window, reply: &reply, at: now) }
    }

    /// Fetches the reply of the pending command.
    public func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        access { $0.tick(now) }
        isPolling = true
        network.poll()
        storage?.poll()
        isPolling = false
        return access { $0.finish(into: &reply) }
    }

    /// Runs the timers due by this time.
    public func advance(to now: MonotonicInstant) { access { $0.advance(to: now) } }

    /// The configuration's.
    public var timing: LinkTiming? { configuration.timing }

    /// Logs what happens on the link besides commands.
    public func noteLinkEvent(_ event: LinkEvent) { access { $0.noteLinkEvent(event) } }

    /// The IRQ level, derived from the state of the slots.
    public var interrupt: Bool { access { $0.interrupt } }

    /// The next timer: the end of a join, of a wait, or of a reservation that keeps a client waiting.
    public var nextDeadline: MonotonicInstant? { access { $0.nextDeadline } }

    /// The IRQ level and the next timer, by one access to the device.
    public var status: DeviceStatus { access { $0.status } }
}

extension Coprocessor: NetworkObserver, StorageObserver, BluetoothObserver {
    private func reportChange() { if !isPolling { onChange?() } }

    /// Processes an event of the network.
    public func networkEvent(_ event: NetworkEvent) {
        access { $0.networkEvent(event) }
        reportChange()
    }

    /// Processes the completion of an operation of the storage.
    public func storageEvent(token: UInt32, _ result: StorageResult) {
        access { $0.storageEvent(token: token, result) }
        reportChange()
    }

    /// Processes an event of the Bluetooth controller.
    public func bluetoothEvent(_ event: BluetoothEvent) {
        access { $0.bluetoothEvent(event) }
        reportChange()
    }
}
