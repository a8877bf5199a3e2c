import NINALink
import NINAWire

/// The coprocessor: a device on a link, and the receiver of its seams' events. It does no I/O and reads no clock.
///
/// A command is answered now or later. While it is later, READY stays high and the process goes on with other work: a slow
/// connect or look-up never stops another coprocessor.
///
/// All state is in one structure, which a call accesses once. Neither ``log`` nor the clock of the configuration may call back into
/// the coprocessor, nor may a seam deliver events from inside a call.
public final class Coprocessor: LinkDevice {
    /// What it is made of.
    public let configuration: Configuration
    /// Receives log lines at or above ``logLevel``.
    public var log: ((LogLevel, String) -> Void)? {
        didSet { wireLog() }
    }
    /// The least important lines that are logged.
    public var logLevel = LogLevel.warning {
        didSet { wireLog() }
    }
    /// Called after each event of the network, the storage or the Bluetooth controller: a reply or IRQ may be due. Not called
    /// for events that arrive while a reply is asked for.
    public var onChange: (() -> Void)?
    private var isPolling = false

    private let network: any Network
    private let storage: (any Storage)?
    private(set) var device: Device

    /// Makes a coprocessor that is off. A part that is not given is absent: its commands answer as firmware without it does.
    /// - Parameter tls: gives clients TLS; without it their handshakes fail.
    public init(
        _ configuration: Configuration = Configuration(), network: any Network, tls: (any TLSEngine)? = nil,
        storage: (any Storage)? = nil, bluetooth: (any BluetoothController)? = nil
    ) {
        self.configuration = configuration
        self.network = network
        self.storage = storage
        let streams = SecureStreams(network, engine: tls)
        device = Device(
            Context(configuration, streams: streams, network: network, storage: storage),
            bluetooth: bluetooth)
        network.observer = self
        storage?.observer = self
        bluetooth?.observer = self
    }

    /// The firmware it runs.
    public var firmware: Firmware { configuration.firmware }

    /// The pins, which the world outside may read and set.
    public var pins: PinBank {
        get { device.pins }
        set { device.pins = newValue }
    }

    private func wireLog() {
        device.context.log = DeviceLog(level: logLevel, sink: log)
        device.context.streams.log = { [log, logLevel] level, text in if level <= logLevel { log?(level, text) } }
    }

    // MARK: LinkDevice

    /// Starts with fresh state; false when chip select asked for Bluetooth and the firmware obeys.
    public func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool { device.boot(bluetooth: bluetooth, at: now) }

    /// Closes every socket. Operations of the storage that have started complete; their completions are ignored.
    public func halt(at now: MonotonicInstant) { device.halt(at: now) }

    /// Runs a command.
    public func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        device.run(window, reply: &reply, at: now)
    }

    /// Asks for the reply of the command that waits.
    public func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        device.tick(now)
        isPolling = true
        network.poll()
        storage?.poll()
        isPolling = false
        return device.finish(into: &reply)
    }

    /// Ends what is due by this time.
    public func advance(to now: MonotonicInstant) { device.advance(to: now) }

    /// The IRQ level, derived from what the slots hold.
    public var interrupt: Bool { device.interrupt }

    /// When something is due: the end of a join, of a wait, of a reservation that keeps a client out.
    public var nextDeadline: MonotonicInstant? { device.nextDeadline }
}

extension Coprocessor: NetworkObserver, StorageObserver, BluetoothObserver {
    private func reportChange() { if !isPolling { onChange?() } }

    /// Takes an event of the network.
    public func networkEvent(_ event: NetworkEvent) {
        device.networkEvent(event)
        reportChange()
    }

    /// Takes the completion of an operation of the storage.
    public func storageEvent(token: UInt32, _ result: StorageResult) {
        device.storageEvent(token: token, result)
        reportChange()
    }

    /// Takes an event of the Bluetooth controller.
    public func bluetoothEvent(_ event: BluetoothEvent) {
        device.bluetoothEvent(event)
        reportChange()
    }
}
